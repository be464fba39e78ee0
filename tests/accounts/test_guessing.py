"""Who guesses is slowed; nobody else is, and nobody learns who has an account."""

import re
import time
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core import mail
from django.db import connection
from django.db.models import F
from django.forms import model_to_dict
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import guessing, tasks
from accounts.models import Team, User, WrongTry
from privacy.models import AuditEvent
from tests import people
from tests.accounts.conftest import LOGIN, PASSWORD, WRONG, give_password, is_inside

pytestmark = pytest.mark.django_db

OFFICE, ELSEWHERE = "192.0.2.1", "198.51.100.7"
TRIES = 5


def try_from(
    address: str, login: str, password: str = WRONG, **headers: str
) -> tuple[Client, HttpResponse]:
    client = Client(REMOTE_ADDR=address)
    answer = client.post(LOGIN, {"login": login, "password": password}, headers=headers)
    return client, answer  # type: ignore[return-value]


def guess(login: str, address: str = ELSEWHERE, times: int = TRIES) -> HttpResponse:
    for _turn in range(times):
        _client, answer = try_from(address, login)
    return answer


def test_a5_five_wrong_passwords_from_one_address_slow_that_account_there(amina: User) -> None:
    assert guess(amina.email).status_code == 200
    client, answer = try_from(ELSEWHERE, amina.email, PASSWORD)
    assert answer.status_code == 429
    assert not is_inside(client)


def test_a5_a_stranger_cannot_lock_out_a_counsellor_at_another_address(amina: User) -> None:
    guess(amina.email, times=2 * TRIES)
    client, _answer = try_from(OFFICE, amina.email, PASSWORD)
    assert is_inside(client)


def test_a5_nineteen_colleagues_behind_the_same_address_still_get_in(
    amina: User, team: Team
) -> None:
    guess(amina.email, OFFICE)
    for number in range(19):
        colleague = people.make_person(f"c{number}", team, role="counsellor", password=PASSWORD)
        client, _answer = try_from(OFFICE, colleague.email, PASSWORD)
        assert is_inside(client)


def test_a5_a_forged_forwarding_header_changes_nothing(amina: User) -> None:
    for number in range(TRIES):
        try_from(ELSEWHERE, amina.email, **{"x-forwarded-for": f"203.0.113.{number}"})
    headers = {"x-forwarded-for": "203.0.113.99", "forwarded": "for=203.0.113.99"}
    _client, answer = try_from(ELSEWHERE, amina.email, PASSWORD, **headers)
    assert answer.status_code == 429


def pass_minutes(minutes: int) -> None:
    WrongTry.objects.update(at=F("at") - timedelta(minutes=minutes))


def come_in_from(address: str, user: User) -> Client:
    """Signed in, so that the browser and the address are known from now on."""
    client, _answer = try_from(address, user.email, PASSWORD)
    assert is_inside(client)
    return client


def test_a5_a_thousand_addresses_are_no_better_than_one(amina: User) -> None:
    for number in range(guessing.FROM_STRANGERS):
        guess(amina.email, f"203.0.113.{number}", times=1)
    client, answer = try_from("198.51.100.99", amina.email, PASSWORD)
    assert answer.status_code == 429
    assert not is_inside(client)


def test_a5_nor_do_they_lock_out_the_counsellor_on_duty(amina: User) -> None:
    """Where she has come in before, at home or at the desk, only her own mistakes count."""
    browser = come_in_from(OFFICE, amina)
    browser.post(reverse("account_logout"))
    for number in range(guessing.FROM_STRANGERS + 5):
        guess(amina.email, f"203.0.113.{number}", times=1)
    assert is_inside(come_in_from(OFFICE, amina))  # another computer at the desk
    taken_home = Client(REMOTE_ADDR="198.51.100.50")
    taken_home.cookies[settings.PLACE_COOKIE_NAME] = browser.cookies[
        settings.PLACE_COOKIE_NAME
    ].value
    give_password(taken_home, amina)
    assert is_inside(taken_home)


def test_a5_a_made_up_browser_cookie_is_no_familiar_place(amina: User) -> None:
    come_in_from(OFFICE, amina)
    for number in range(guessing.FROM_STRANGERS):
        client = Client(REMOTE_ADDR="203.0.113.1")
        client.cookies[settings.PLACE_COOKIE_NAME] = f"{number:032x}"
        answer = give_password(client, amina, WRONG)
    assert answer.status_code == 429


def test_a5_one_address_that_tries_everybody_is_slowed_for_everybody_it_is_strange_to(
    amina: User, ben: User
) -> None:
    for number in range(guessing.BY_ONE_STRANGER):
        WrongTry.objects.create(
            what="password",
            account_hash=guessing.account_of(f"c{number}@helpline.example"),
            place_hash=guessing._hash("address", ELSEWHERE),
        )
    assert try_from(ELSEWHERE, ben.email)[1].status_code == 429
    assert is_inside(come_in_from(OFFICE, amina))


def test_a5_the_owner_is_told_of_wrong_passwords_once_an_hour(amina: User) -> None:
    guess(amina.email, times=TRIES - 1)
    tasks.tell_owners()
    assert mail.outbox == []
    guess(amina.email, times=1)
    guess("nobody@helpline.example")
    tasks.tell_owners()
    guess(amina.email, "203.0.113.9")
    tasks.tell_owners()
    assert [letter.to for letter in mail.outbox] == [[amina.email]]
    assert "Somebody tried to sign in" in mail.outbox[0].body
    assert "helpline" not in mail.outbox[0].subject.lower()


def test_a5_a_wrong_password_is_on_the_record_without_the_address_typed(amina: User) -> None:
    guess(amina.email, times=1)
    event = AuditEvent.objects.get(verb="sign_in_failed")
    assert "amina" not in str(model_to_dict(event))


def test_a5_another_spelling_of_the_address_is_the_same_account(amina: User) -> None:
    for spelling in ("AMINA", "Amina", "amina", "aMina", "amIna"):
        try_from(ELSEWHERE, f" {spelling}@helpline.example ")
    _client, answer = try_from(ELSEWHERE, amina.email, PASSWORD)
    assert answer.status_code == 429


def test_a5_the_lock_ends_by_itself(amina: User) -> None:
    guess(amina.email, times=TRIES + 3)
    pass_minutes(16)
    client, _answer = try_from(ELSEWHERE, amina.email, PASSWORD)
    assert is_inside(client)


def test_a6_known_and_unknown_look_alike_at_sign_in(amina: User) -> None:
    known = [try_from(ELSEWHERE, amina.email)[1] for _turn in range(TRIES + 1)]
    unknown = [try_from(ELSEWHERE, "nobody@helpline.example")[1] for _turn in range(TRIES + 1)]
    assert [a.status_code for a in known] == [a.status_code for a in unknown]
    for one, other in zip(known, unknown, strict=True):
        assert plain(one, amina.email) == plain(other, "nobody@helpline.example")


def test_a6_every_wrong_try_costs_one_hash_and_as_many_statements(
    amina: User, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the time an answer takes tells nobody who has an account."""
    unset = people.make_person("ben", team)
    off = people.make_person("rana", team, password=PASSWORD)
    User.objects.filter(pk=off.pk).update(is_active=False)
    counted: list[str] = []
    statements: set[int] = set()
    for name in ("encode", "verify"):
        real = getattr(Argon2PasswordHasher, name)

        def count(*given: Any, real: Any = real, **named: Any) -> Any:
            counted.append("hash")
            return real(*given, **named)

        monkeypatch.setattr(Argon2PasswordHasher, name, count)
    for login in (amina.email, "nobody@helpline.example", unset.email, off.email):
        counted.clear()
        with CaptureQueriesContext(connection) as asked:
            try_from(ELSEWHERE, login)
        assert len(counted) == 1, login
        statements.add(len(asked))
    assert max(statements) - min(statements) <= 1, statements


def test_a6_answers_to_a_reset_take_equally_long(client: Client, amina: User) -> None:
    for address in (amina.email, "nobody@helpline.example"):
        began = time.monotonic()
        client.post(reverse("account_reset_password"), {"email": address})
        assert time.monotonic() - began >= guessing.EVEN_SECONDS


def test_a6_known_and_unknown_look_alike_at_reset(client: Client, amina: User) -> None:
    for address in (amina.email, "nobody@helpline.example"):
        answer = client.post(reverse("account_reset_password"), {"email": address})
        assert answer.status_code == 302
        assert answer.headers["Location"] == reverse("account_reset_password_done")
    assert [letter.to for letter in mail.outbox] == [[amina.email], ["nobody@helpline.example"]]
    assert "/accounts/signup" not in mail.outbox[1].body


def test_a7_a_reset_link_works_once_and_keeps_the_factor_in_the_way(
    client: Client, amina: User, real: None
) -> None:
    client.post(reverse("account_reset_password"), {"email": amina.email})
    link = re.search(r"https?://\S+(/accounts/password/reset/key/\S+)", str(mail.outbox[0].body))
    assert link
    new = {"password1": "a quite new long password", "password2": "a quite new long password"}
    form = client.get(link[1], follow=True)
    client.post(form.request["PATH_INFO"], new)
    assert "_auth_user_id" not in client.session
    amina.refresh_from_db()
    assert amina.check_password("a quite new long password")
    again = Client().get(link[1], follow=True)
    assert b'type="password"' not in again.content
    give_password(client, amina, "a quite new long password")
    assert not is_inside(client)


def plain(answer: HttpResponse, address: str) -> str:
    """A page without what differs by chance: tokens, nonces and the address typed."""
    text = answer.content.decode().replace(address, "")
    return re.sub(r'(value|nonce)="[^"]*"', "", text)
