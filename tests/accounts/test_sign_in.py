"""The two doors: a password, then a second factor, and nothing before both."""

from base64 import b64encode
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts import services
from accounts.models import Team, User
from tests import people
from tests.accounts.conftest import (
    PASSWORD,
    WRONG,
    App,
    enrol_app,
    give_code,
    give_password,
    is_inside,
)

pytestmark = pytest.mark.django_db


def test_a_demo_person_enters_with_a_password_in_practice(client: Client, amina: User) -> None:
    assert give_password(client, amina).status_code == 302
    assert is_inside(client)


def test_a2_a_demo_person_needs_the_factor_outside_practice(
    client: Client, amina: User, real: None
) -> None:
    give_password(client, amina)
    assert client.get(reverse("accounts:me")).headers["Location"] == reverse("mfa_activate_totp")


def test_a_demo_person_cannot_enter_a_real_helpline(
    client: Client, amina: User, settings: Settings
) -> None:
    client.force_login(amina, backend="accounts.backends.PasswordBackend")
    settings.PRACTICE, settings.PRODUCTION = False, True
    assert not is_inside(client)
    stranger = Client()
    give_password(stranger, amina)
    assert "_auth_user_id" not in stranger.session


def test_a2_a_colleague_needs_the_factor_even_in_practice(client: Client, team: Team) -> None:
    real = services.create_person("noor@helpline.org", name="Noor", password=PASSWORD, by=None)
    services.give_duty(real, team=team, role="counsellor", by=None)
    give_password(client, real)
    assert client.get(reverse("accounts:me")).headers["Location"] == reverse("mfa_activate_totp")


def test_a2_before_enrolment_only_enrolment_and_the_way_out_are_open(
    client: Client, amina: User, real: None
) -> None:
    give_password(client, amina)
    assert client.get("/").status_code == 302
    assert client.get("/api/cases/").status_code == 403
    assert client.get(reverse("mfa_index")).status_code == 200
    assert client.post(reverse("account_logout")).status_code == 302


def test_enrolling_opens_the_desk(client: Client, amina: User, real: None) -> None:
    give_password(client, amina)
    enrol_app(client)
    assert is_inside(client)


def test_a2_the_password_alone_gives_no_session(
    client: Client, amina: User, app_of: Callable[[User], App]
) -> None:
    app_of(amina)
    answer = give_password(client, amina)
    assert answer.headers["Location"] == reverse("mfa_authenticate")
    assert not is_inside(client)
    assert client.get(reverse("mfa_index")).status_code == 302


def test_password_and_code_open_the_desk(
    client: Client, amina: User, app_of: Callable[[User], App]
) -> None:
    app = app_of(amina)
    give_password(client, amina)
    assert give_code(client, app.code()).status_code == 302
    assert is_inside(client)


def test_a4_a_code_opens_once_even_after_the_cache_is_emptied(
    amina: User, app_of: Callable[[User], App]
) -> None:
    app = app_of(amina)
    code = app.code()
    first, second = Client(), Client()
    give_password(first, amina)
    give_code(first, code)
    assert is_inside(first)
    cache.clear()  # as another web process sees it, or the same one after a restart
    give_password(second, amina)
    assert give_code(second, f" {code[:3]} {code[3:]} ").status_code == 200
    assert not is_inside(second)


def test_a4_the_code_of_the_enrolment_opens_nothing(
    client: Client, amina: User, real: None
) -> None:
    give_password(client, amina)
    app = enrol_app(client)  # with the code of one step ago, still within tolerance
    cache.clear()
    other = Client()
    give_password(other, amina)
    give_code(other, app.code(steps=-1))
    assert not is_inside(other)


def test_a2_a_session_that_waited_for_the_enrolment_is_ended_by_it(amina: User, real: None) -> None:
    stranger, owner = Client(), Client()
    give_password(stranger, amina)
    give_password(owner, amina)
    enrol_app(owner)
    assert stranger.get(reverse("mfa_index")).status_code == 302
    assert not is_inside(stranger)
    assert is_inside(owner)


def test_a3_no_other_door_takes_a_password(
    client: Client, amina: User, app_of: Callable[[User], App]
) -> None:
    app_of(amina)
    basic = "Basic " + b64encode(f"{amina.email}:{PASSWORD}".encode()).decode()
    for path in ("/", "/api/cases/", "/api/schema/", "/admin/login/", "/accounts/me/"):
        assert client.get(path, headers={"authorization": basic}).status_code != 200
        client.post(
            path,
            {"username": amina.email, "login": amina.email, "password": PASSWORD},
            headers={"authorization": basic},
        )
        assert "_auth_user_id" not in client.session
        assert not is_inside(client)


def test_e7_seeds_are_sealed_at_rest(amina: User, app_of: Callable[[User], App]) -> None:
    app = app_of(amina)
    for factor in Authenticator.objects.filter(user=amina):
        assert app.secret not in str(factor.data)
    kept = Authenticator.objects.get(user=amina, type="totp")
    assert kept.wrap().validate_code(app.code())


def test_a2_who_supervises_needs_a_key(client: Client, sofia: User, real: None) -> None:
    give_password(client, sofia)
    add = reverse("mfa_add_webauthn")
    assert client.get("/").headers["Location"] == add
    enrol_app(client)
    assert client.get("/").headers["Location"] == add


def test_nobody_signs_up(client: Client, team: Team) -> None:
    page = client.get(reverse("account_signup"))
    assert b'type="password"' not in page.content
    client.post(reverse("account_signup"), {"email": "x@helpline.example", "password1": PASSWORD})
    assert not User.objects.filter(email="x@helpline.example").exists()


@pytest.mark.parametrize("path", ["email/", "login/code/", "confirm-email/x/", "social/signup/"])
def test_doors_that_are_not_used_are_not_there(client: Client, amina: User, path: str) -> None:
    client.force_login(amina)
    assert client.get(f"/accounts/{path}").status_code == 404


def test_a8_a_short_password_is_refused(client: Client, amina: User) -> None:
    client.force_login(amina)
    short = {"oldpassword": PASSWORD, "password1": "Short-Words-14", "password2": "Short-Words-14"}
    assert client.post(reverse("account_change_password"), short).status_code == 200
    amina.refresh_from_db()
    assert amina.check_password(PASSWORD)
    assert amina.password.startswith("argon2$argon2id$")


def test_an_account_without_a_password_opens_to_none(client: Client, team: Team) -> None:
    person = people.make_person("ben", team)
    person.set_unusable_password()
    person.save(update_fields=["password"])
    for guess in ("", "!", PASSWORD, WRONG):
        give_password(client, person, guess)
        assert not is_inside(client)
