"""Who guesses is slowed; nobody else is, and nobody learns who has an account."""

import re
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import Team, User
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


def test_five_wrong_passwords_from_one_address_slow_that_pair(amina: User) -> None:
    assert guess(amina.email).status_code == 429
    client, answer = try_from(ELSEWHERE, amina.email, PASSWORD)
    assert answer.status_code == 429
    assert not is_inside(client)


def test_a_stranger_cannot_lock_out_a_counsellor_on_duty(amina: User) -> None:
    guess(amina.email, times=2 * TRIES)
    client, _answer = try_from(OFFICE, amina.email, PASSWORD)
    assert is_inside(client)


def test_colleagues_behind_the_same_address_still_get_in(amina: User, team: Team) -> None:
    guess(amina.email, OFFICE)
    for number in range(19):
        colleague = people.make_person(f"c{number}", team, role="counsellor", password=PASSWORD)
        client, _answer = try_from(OFFICE, colleague.email, PASSWORD)
        assert is_inside(client)


def test_a_forged_forwarding_header_changes_nothing(amina: User) -> None:
    for number in range(TRIES):
        _client, answer = try_from(
            ELSEWHERE, amina.email, **{"x-forwarded-for": f"203.0.113.{number}"}
        )
    assert answer.status_code == 429


def test_another_spelling_of_the_address_is_the_same_account(amina: User) -> None:
    for spelling in ("AMINA", "Amina", "amina", "aMina", "amIna"):
        _client, answer = try_from(ELSEWHERE, f" {spelling}@helpline.example ")
    assert answer.status_code == 429


def test_the_lock_ends_by_itself(amina: User) -> None:
    guess(amina.email, times=TRIES + 3)
    for attempt in AccessAttempt.objects.all():
        attempt.attempt_time -= timedelta(minutes=16)
        attempt.save(update_fields=["attempt_time"])
    client, _answer = try_from(ELSEWHERE, amina.email, PASSWORD)
    assert is_inside(client)


def test_known_and_unknown_look_alike_at_sign_in(amina: User) -> None:
    known = [try_from(ELSEWHERE, amina.email)[1] for _turn in range(TRIES + 1)]
    unknown = [try_from(ELSEWHERE, "nobody@helpline.example")[1] for _turn in range(TRIES + 1)]
    assert [a.status_code for a in known] == [a.status_code for a in unknown]
    for one, other in zip(known, unknown, strict=True):
        assert plain(one, amina.email) == plain(other, "nobody@helpline.example")


def test_every_wrong_try_costs_one_hash(
    amina: User, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the time an answer takes tells nobody who has an account."""
    unset = people.make_person("ben", team)
    off = people.make_person("rana", team, password=PASSWORD)
    User.objects.filter(pk=off.pk).update(is_active=False)
    counted: list[str] = []
    for name in ("encode", "verify"):
        real = getattr(Argon2PasswordHasher, name)

        def count(*given: Any, real: Any = real, **named: Any) -> Any:
            counted.append("hash")
            return real(*given, **named)

        monkeypatch.setattr(Argon2PasswordHasher, name, count)
    for login in (amina.email, "nobody@helpline.example", unset.email, off.email):
        counted.clear()
        try_from(ELSEWHERE, login)
        assert len(counted) == 1, login


def test_known_and_unknown_look_alike_at_reset(client: Client, amina: User) -> None:
    for address in (amina.email, "nobody@helpline.example"):
        answer = client.post(reverse("account_reset_password"), {"email": address})
        assert answer.status_code == 302
        assert answer.headers["Location"] == reverse("account_reset_password_done")
    assert [letter.to for letter in mail.outbox] == [[amina.email], ["nobody@helpline.example"]]
    assert "/accounts/signup" not in mail.outbox[1].body


def test_a_reset_link_works_once_and_keeps_the_factor_in_the_way(
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
