"""Passwords: long, in no breach, without our own words, and nothing else is asked of them."""

import threading

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connections
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts import services
from accounts.models import Team, UsedCode, User
from accounts.passwords import _breached, is_breached
from tests import people
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def refusal(password: str, user: User | None = None) -> set[str]:
    """The codes of what is wrong with a password; nothing when it will do."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        return {str(one.code) for one in error.error_list}
    return set()


@pytest.mark.parametrize(
    "password",
    [
        "seven quiet herons",
        "पंद्रह अक्षर से लंबा",
        "كلمات كثيرة معا هنا",
        "no capital, no figure",
        "🦢🌿🪵🪺🌧🦋🍋🧵🪁🧊🎻🥁🪕🌙⭐",
        "x9" + "quiet heron " * 10,
    ],
)
def test_a8_any_long_words_will_do(password: str, amina: User) -> None:
    assert refusal(password, amina) == set()


def test_a8_fifteen_characters_or_twelve_with_a_key(amina: User) -> None:
    assert refusal("quiet herons!", amina) == {"password_too_short"}
    Authenticator.objects.create(user=amina, type="webauthn", data={})
    assert refusal("quiet herons!", amina) == set()
    assert refusal("quiet heron", amina) == {"password_too_short"}


def test_a8_up_to_128_characters(amina: User) -> None:
    words = "".join(chr(97 + number % 23) + chr(65 + number % 19) for number in range(70))
    assert refusal(words[:128], amina) == set()
    assert refusal(words[:129], amina) == {"password_too_long"}


@pytest.mark.parametrize(
    "password",
    ["passwordpassword", "1234567890123456", "qwertyuiopasdfgh", "iloveyouforever2024!",
     "AdministratorS", "abcabcabcabcabcabc", "aaaaaaaaaaaaaaaaaaaa", "1111111111111112"],
)  # fmt: skip
def test_a8_what_guessers_try_first_is_refused(password: str) -> None:
    assert refusal(password) & {"password_too_common", "password_too_short"}
    assert len(password) < 15 or "password_too_common" in refusal(password)


def test_a8_the_list_is_large_and_at_hand() -> None:
    assert len(_breached()) > 40_000
    assert min(map(len, _breached())) >= 12
    assert is_breached("Unbelievable123")


@pytest.mark.parametrize(
    "password", ["my Amaan desk 4711", "h3lpl1ne every day", "the North team rules"]
)
def test_a8_our_own_words_are_refused(password: str, team: Team) -> None:
    assert team.name == "North"
    assert refusal(password) == {"password_our_words"}


def test_a8_other_words_of_the_organisation_are_set(settings: Settings) -> None:
    assert refusal("a lantern for everyone") == set()
    settings.ORGANISATION_WORDS = ["Lantern"]
    assert refusal("a lantern for everyone") == {"password_our_words"}


def test_a8_ones_own_name_is_refused(team: Team) -> None:
    person = people.make_person("annapurna", team, role="counsellor")
    assert "password_too_similar" in refusal("annapurna@helpline", person)


def test_a8_the_page_refuses_it_too(client: Client, amina: User) -> None:
    client.force_login(amina)
    for new in ("passwordpassword", "my Amaan desk 4711"):
        told = {"oldpassword": PASSWORD, "password1": new, "password2": new}
        assert client.post(reverse("account_change_password"), told).status_code == 200
    amina.refresh_from_db()
    assert amina.check_password(PASSWORD)


def test_a8_argon2id_at_full_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # the cheap hashes of these tests
    assert (Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost) == (2, 102_400)
    assert make_password("x").startswith("argon2$argon2id$v=19$m=102400,t=2,p=8$")


@pytest.mark.django_db(transaction=True)
def test_a4_two_processes_that_get_the_same_code_at_once_let_one_in() -> None:
    user = User.objects.create_user("noor@helpline.example", name="Noor")
    start, opened = threading.Barrier(6), []

    def one_of_them() -> None:
        start.wait()
        opened.append(services.use_code(user, code="123456"))
        connections.close_all()

    threads = [threading.Thread(target=one_of_them) for _one in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(opened) == [False] * 5 + [True]
    assert UsedCode.objects.filter(user=user).count() == 1
