"""How the tests sign in as a colleague does: with a browser, a password and an app for codes."""

import base64
import hmac
import re
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import Team, User
from tests import people

PASSWORD = "correct horse battery"
WRONG = "incorrect horse battery"
LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def _fresh_counts() -> Iterator[None]:
    """Rate limits of one test do not reach into the next."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _light_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2id as ever, but cheap: these tests hash hundreds of passwords."""
    for name, cost in (("time_cost", 1), ("memory_cost", 8), ("parallelism", 1)):
        monkeypatch.setattr(Argon2PasswordHasher, name, cost)


@pytest.fixture
def amina(team: Team) -> User:
    """Counsels, and signs in with a password."""
    return people.make_person("amina", team, password=PASSWORD)


@pytest.fixture
def sofia(team: Team) -> User:
    """Supervises, and signs in with a password."""
    return people.make_person("sofia", team, password=PASSWORD)


@pytest.fixture
def real(settings: Settings) -> None:
    """A helpline that is not a practice desk."""
    settings.PRACTICE = False


@dataclass
class App:
    """An app on a phone that makes six figures from a secret (RFC 6238, 30 seconds, SHA-1)."""

    secret: str

    def code(self, *, steps: int = 0) -> str:
        """The code of this half minute, or of one so many steps away."""
        counter = struct.pack(">Q", int(time.time()) // 30 + steps)
        digest = hmac.new(base64.b32decode(self.secret), counter, "sha1").digest()
        start = digest[-1] & 15
        return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


def give_password(client: Client, user: User, password: str = PASSWORD) -> HttpResponse:
    """What the door answers to an address and a password."""
    return client.post(LOGIN, {"login": user.email, "password": password})  # type: ignore[return-value]


def give_code(client: Client, code: str) -> HttpResponse:
    """What the second door answers."""
    return client.post(reverse("mfa_authenticate"), {"code": code})  # type: ignore[return-value]


def enrol_app(client: Client) -> App:
    """Set up codes from an app, as the signed-in person; proves the password once more."""
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    found = re.search(r"<code[^>]*>([A-Z2-7]+)</code>", page.content.decode())
    assert found, "the page shows the secret"
    app = App(found[1])
    answer = client.post(reverse("mfa_activate_totp"), {"code": app.code(steps=-1)})
    assert answer.status_code == 302
    return app


@pytest.fixture
def app_of(real: None) -> Callable[[User], App]:
    """Enrols an app for a person, in a browser that is then put away."""

    def enrol(user: User) -> App:
        client = Client()
        give_password(client, user)
        return enrol_app(client)

    return enrol


def is_inside(client: Client) -> bool:
    """Whether the browser's session reaches a page of the desk."""
    return client.get(reverse("accounts:me")).status_code == 200
