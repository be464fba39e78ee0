"""The session: it ends by itself, at once when it must, and leaves nothing behind."""

import time

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path, reverse
from pytest_django import Settings

from accounts import services
from accounts.models import User
from tests.accounts.conftest import PASSWORD, give_password, is_inside

pytestmark = pytest.mark.django_db

ME = "/me/"


def news(request: HttpRequest) -> HttpResponse:
    return HttpResponse("news")


@login_not_required
def anybody(request: HttpRequest) -> HttpResponse:
    return HttpResponse("welcome")


urlpatterns = [
    path("news/", news, name="news_live"),
    path("open/", anybody, name="open"),
    path("", include("helpline.urls")),
]


@pytest.fixture(autouse=True)
def _news(settings: Settings) -> None:
    """A page that asks for news by itself."""
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def desk(client: Client, amina: User) -> Client:
    """Amina's browser, signed in."""
    client.force_login(amina)
    assert is_inside(client)
    return client


def pass_time(
    client: Client, seconds: int, *, keys: tuple[str, ...] = ("last_human_action",)
) -> None:
    session = client.session
    for key in keys:
        session[key] = int(time.time()) - seconds
    session.save()


@pytest.mark.parametrize("where", [ME, "/", "/accounts/2fa/", "/open/"])
def test_b2_ten_minutes_without_anybody_lock_the_session(desk: Client, where: str) -> None:
    pass_time(desk, 601)
    for answer in (desk.get(where), desk.post(where), desk.get(where)):
        assert answer.status_code == 401
        assert "Amina" not in answer.content.decode()


def test_b2_nine_minutes_do_not(desk: Client) -> None:
    pass_time(desk, 540)
    assert is_inside(desk)
    pass_time(desk, 1)
    assert is_inside(desk)


def test_b2_a_page_that_asks_by_itself_keeps_nobody_signed_in(desk: Client) -> None:
    pass_time(desk, 500)
    assert desk.get("/news/").status_code == 200
    assert int(time.time()) - desk.session["last_human_action"] >= 500
    pass_time(desk, 601)
    assert desk.get("/news/").status_code == 401
    assert desk.get("/news/").status_code == 401  # and so it stays


def test_b2_a_background_request_of_a_page_is_answered_401(desk: Client) -> None:
    pass_time(desk, 601)
    assert desk.get(ME, headers={"HX-Request": "true"}).status_code == 401
    assert desk.get(ME, headers={"HX-Request": "true"}).json() == {"locked": True}


def test_b2_the_programs_door_is_locked_too(desk: Client) -> None:
    pass_time(desk, 601)
    assert desk.get("/api/schema/").status_code == 401


def test_b2_no_session_is_longer_than_twelve_hours(desk: Client) -> None:
    pass_time(desk, 12 * 3600 + 1, keys=("signed_in_at",))
    assert not is_inside(desk)
    assert "_auth_user_id" not in desk.session


def test_b5_signing_out_leaves_nothing_in_the_browser(desk: Client) -> None:
    left = desk.post(reverse("account_logout"))
    assert left.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert not is_inside(desk)


def test_signing_out_by_a_link_only_asks(desk: Client) -> None:
    assert desk.get(reverse("account_logout")).status_code == 200
    assert is_inside(desk)


def test_b5_nor_what_the_lock_shows(desk: Client) -> None:
    pass_time(desk, 601)
    assert "no-store" in desk.get(ME).headers["Cache-Control"]


@pytest.mark.parametrize("where", [ME, "/accounts/2fa/", "/nowhere/", "/news/", "/open/"])
def test_b5_nothing_a_signed_in_person_gets_is_stored(desk: Client, where: str) -> None:
    assert "no-store" in desk.get(where).headers["Cache-Control"]


def test_b3_who_is_switched_off_is_out_at_the_next_request(
    desk: Client, amina: User, sofia: User
) -> None:
    services.switch_person(amina, active=False, by=sofia)
    assert not is_inside(desk)


def test_a7_a_new_password_ends_the_other_sessions_and_is_told(amina: User) -> None:
    here, there = Client(), Client()
    for browser in (here, there):
        give_password(browser, amina)
    new = "a quite new long password"
    here.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )
    assert is_inside(here)
    assert not is_inside(there)


def test_b1_signing_in_changes_the_session_key(client: Client, amina: User) -> None:
    client.get("/accounts/login/")
    session = client.session
    session["before"] = 1
    session.save()
    client.cookies["sessionid"] = str(session.session_key)
    give_password(client, amina)
    assert client.session.session_key != session.session_key
    assert is_inside(client)
