"""A key that cannot be phished, with Chromium's own authenticator: set up, used, and asked for."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import CDPSession, expect

from tests.browser.desk_page import Seat, Seats

pytestmark = pytest.mark.browser

WHO = "omar"  # nobody else's test needs him
LATER = re.compile(r"/accounts/2fa/authenticate/")


@pytest.fixture(scope="module")
def seat(seats: Seats) -> Seat:
    """A browser that nobody has signed in with."""
    return seats.stranger()


@pytest.fixture(scope="module")
def authenticator(seat: Seat) -> Iterator[tuple[CDPSession, str]]:
    """A key in this computer that recognises its owner's finger."""
    session = seat.context.new_cdp_session(seat.page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield session, made["authenticatorId"]
    session.send("WebAuthn.disable")


def give_password(seat: Seat) -> None:
    seat.go("/accounts/login/")
    seat.page.fill("[name=login]", f"{WHO}@helpline.example")
    seat.page.fill("[name=password]", seat.desk.password)
    seat.page.locator("main form button.primary").click()


def sign_out(seat: Seat) -> None:
    seat.go("/accounts/logout/")
    with seat.page.expect_navigation():
        seat.page.locator("main form button.primary").click()


def test_a2_a_key_is_set_up_and_then_asked_for_at_every_sign_in(
    seat: Seat, authenticator: tuple[CDPSession, str]
) -> None:
    session, key = authenticator
    give_password(seat)
    expect(seat.page.locator("details.menu:not(.more)")).to_be_visible()
    seat.go("/accounts/2fa/webauthn/add/")
    seat.page.fill("[name=password]", seat.desk.password)
    seat.page.locator("main form button.primary").click()
    with seat.page.expect_navigation():
        seat.page.locator("#mfa_webauthn_add").click()
    expect(seat.page).not_to_have_url(re.compile("/webauthn/add/"))
    kept = session.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]
    assert len(kept) == 1

    sign_out(seat)
    give_password(seat)
    expect(seat.page).to_have_url(LATER)
    seat.go("/me/")
    expect(seat.page).to_have_url(LATER)


def test_the_key_opens_the_desk(seat: Seat, authenticator: tuple[CDPSession, str]) -> None:
    seat.go("/")
    expect(seat.page).to_have_url(LATER)
    seat.page.locator("#mfa_webauthn_authenticate").click()
    expect(seat.page.locator("details.menu:not(.more)")).to_be_visible()


def test_a2_a_key_that_does_not_know_its_owner_opens_nothing(
    seat: Seat, authenticator: tuple[CDPSession, str]
) -> None:
    session, key = authenticator
    sign_out(seat)
    session.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
    give_password(seat)
    seat.page.locator("#mfa_webauthn_authenticate").click()
    expect(seat.page.locator("[data-key-failed]")).to_be_visible()
    seat.go("/me/")
    expect(seat.page).to_have_url(LATER)
