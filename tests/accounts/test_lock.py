"""The lock: what opens it again, what keeps it away, and whose sessions end when."""

import re
import time

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts import presence, services
from accounts.models import AskedDuty, Duty, SignedIn, Team, User
from accounts.sessions import digest
from intake.models import LiveCall
from intake.ringing import is_talking
from privacy.access import NotAllowed
from privacy.clock import database_now
from tests.accounts.conftest import PASSWORD, enrol_app, give_code, give_password, is_inside
from tests.accounts.softkey import SoftKey
from tests.installation import ROOT

pytestmark = pytest.mark.django_db


def nobody_is_there(client: Client, seconds: int = 601) -> None:
    """Time passes without a human action; what was proved lies as far back."""
    session = client.session
    session["last_human_action"] = int(time.time()) - seconds
    session.save()


def lock(client: Client) -> None:
    nobody_is_there(client)
    assert client.get("/me/").status_code == 401


@pytest.mark.usefixtures("real")
def test_b4_a_code_opens_the_lock_where_it_fell_and_a_password_does_not(amina: User) -> None:
    client = Client()
    give_password(client, amina)
    app = enrol_app(client)
    lock(client)
    page = client.get("/me/telephone/")
    assert "/accounts/2fa/reauthenticate/?next=%2Fme%2Ftelephone%2F" in page.content.decode()
    for door in ("account_login", "account_reauthenticate"):
        client.post(reverse(door), {"login": amina.email, "password": PASSWORD})
        assert not is_inside(client)
    client.post(reverse("mfa_reauthenticate"), {"code": "000000"})
    assert not is_inside(client)
    answer = client.post(
        reverse("mfa_reauthenticate"), {"code": app.code(), "next": "/me/telephone/"}
    )
    assert answer.headers["Location"] == "/me/telephone/"
    assert is_inside(client)


@pytest.mark.usefixtures("real")
def test_b4_a_key_opens_the_lock(sofia: User) -> None:
    client, key = Client(), SoftKey()
    give_password(client, sofia)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    key.enrol(client)
    lock(client)
    key.show_again(client)
    assert is_inside(client)


def test_b4_the_lock_leads_back_to_no_other_site(client: Client, amina: User) -> None:
    client.force_login(amina)
    for elsewhere in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        found = client.get(reverse("accounts:locked"), {"next": elsewhere})
        assert found.headers["Location"] == "/"
    lock(client)
    page = client.get(reverse("accounts:locked"), {"next": "//evil.example/"})
    assert page.status_code == 401
    assert 'reauthenticate/?next=%2F"' in page.content.decode()


@pytest.mark.usefixtures("real")
def test_b4_a_lock_that_nothing_could_open_is_a_way_out(amina: User) -> None:
    client = Client()
    give_password(client, amina)  # and no factor is enrolled
    nobody_is_there(client)
    client.get("/me/")
    assert "_auth_user_id" not in client.session


def test_b2_a_live_call_keeps_the_session_open_until_it_ends(client: Client, amina: User) -> None:
    client.force_login(amina)
    assert is_inside(client)
    call = LiveCall.objects.create(key="one", state=LiveCall.State.CONNECTED, ringing=amina)
    assert is_talking in presence.in_live_call
    nobody_is_there(client, 3000)
    assert is_inside(client)
    call.state, call.ended_at = LiveCall.State.ENDED, database_now()
    call.save(update_fields=["state", "ended_at"])
    nobody_is_there(client)
    assert not is_inside(client)


def test_b2_somebody_elses_call_does_not(client: Client, amina: User, ben: User) -> None:
    client.force_login(amina)
    assert is_inside(client)
    LiveCall.objects.create(key="one", state=LiveCall.State.CONNECTED, ringing=ben)
    nobody_is_there(client)
    assert not is_inside(client)


def test_b2_who_reads_and_scrolls_is_there(client: Client, amina: User) -> None:
    client.force_login(amina)
    assert is_inside(client)
    nobody_is_there(client, 590)
    assert client.post(reverse("accounts:here")).status_code == 204
    nobody = time.time() - client.session["last_human_action"]
    assert nobody < 5


@pytest.mark.usefixtures("real")
def test_b1_every_step_of_signing_in_has_a_new_key(amina: User) -> None:
    first = Client()
    give_password(first, amina)
    app = enrol_app(first)
    client, keys = Client(), []
    client.get("/accounts/login/")
    give_password(client, amina)
    keys.append(client.session.session_key)
    give_code(client, app.code())
    keys.append(client.session.session_key)
    client.post(reverse("mfa_reauthenticate"), {"code": app.code(steps=1)})
    keys.append(client.session.session_key)
    assert is_inside(client)
    assert len(set(keys)) == 3
    assert not SignedIn.objects.filter(session_key__in=map(digest, map(str, keys[:2]))).exists()


def test_b1_the_cookie_is_for_this_site_and_no_script(client: Client, amina: User) -> None:
    give_password(client, amina)
    for name in (settings.SESSION_COOKIE_NAME, settings.PLACE_COOKIE_NAME):
        cookie = client.cookies[name]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert not cookie["domain"]
        assert cookie["path"] == "/"


def test_b1_who_reads_the_table_of_sessions_enters_nowhere(client: Client, amina: User) -> None:
    client.force_login(amina)
    row = SignedIn.objects.get(user=amina)
    assert client.session.session_key not in (row.session_key, row.session_data)
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = row.session_key
    assert not is_inside(thief)


def test_b3_a_session_that_signed_out_opens_nothing_again(client: Client, amina: User) -> None:
    client.force_login(amina)
    copied = Client()
    copied.cookies[settings.SESSION_COOKIE_NAME] = client.session.session_key or ""
    assert is_inside(copied)
    client.post(reverse("account_logout"))
    assert not is_inside(copied)


def test_b3_an_open_page_asks_within_five_seconds_and_is_told_that_it_is_over(
    client: Client, amina: User, sofia: User
) -> None:
    client.force_login(amina)
    assert client.get("/live/").status_code == 200
    services.switch_person(amina, active=False, by=sofia)
    assert client.get("/live/", headers={"HX-Request": "true"}).status_code == 401
    pages = [path.read_text("utf-8") for path in (ROOT / "templates").rglob("*.html")]
    pauses = [int(found) for page in pages for found in re.findall(r"every (\d+)s", page)]
    assert pauses
    assert max(pauses) <= 5


def test_b3_a_role_taken_away_closes_its_pages_at_the_next_request(
    client: Client, adil: User, ben: User
) -> None:
    client.force_login(ben)
    assert client.get("/").status_code == 200
    own = Client()
    own.force_login(adil)
    own.post(reverse("accounts:duty_end", args=[Duty.objects.get(user=ben).pk]))
    assert client.get("/live/").status_code == 404
    assert "results" not in client.get("/api/cases/").json()


def test_b6_a_person_sees_and_ends_their_own_sessions(amina: User, ben: User) -> None:
    here, there, bens = (
        Client(),
        Client(headers={"user-agent": "Mozilla Firefox/1 Windows"}),
        Client(),
    )
    for client, user in ((here, amina), (there, amina), (bens, ben)):
        client.force_login(user)
        assert is_inside(client)
    page = here.get(reverse("accounts:sessions")).content.decode()
    assert "Firefox, Windows" in page
    assert page.count('name="session"') == 1  # there; not this one, not Ben's
    theirs = digest(str(bens.session.session_key))
    assert here.post(reverse("accounts:session_end"), {"session": theirs}).status_code == 404
    assert is_inside(bens)
    mine = digest(str(there.session.session_key))
    here.post(reverse("accounts:session_end"), {"session": mine})
    assert not is_inside(there)
    assert is_inside(here)


def test_b6_all_but_this_one(amina: User) -> None:
    here, there = Client(), Client()
    for client in (here, there):
        client.force_login(amina)
    here.post(reverse("accounts:session_end"), {"others": "1"})
    assert is_inside(here)
    assert not is_inside(there)


def test_b6_who_configures_ends_anybodys_and_everybodys(adil: User, amina: User, ben: User) -> None:
    admin, one, other = Client(), Client(), Client()
    for client, user in ((admin, adil), (one, amina), (other, ben)):
        client.force_login(user)
    admin.post(reverse("accounts:person_sessions_end", args=[amina.pk]))
    assert not is_inside(one)
    assert is_inside(other)
    admin.post(reverse("accounts:everybodys_sessions_end"))
    assert not is_inside(other)
    assert is_inside(admin)


def test_b6_nobody_else_does(amina: User, ben: User) -> None:
    bens = Client()
    bens.force_login(ben)
    row = SignedIn.objects.get(user=ben)
    with pytest.raises(NotAllowed):
        services.end_session(row, by=amina)
    with pytest.raises(NotAllowed):
        services.end_everybodys_sessions(by=amina)
    assert is_inside(bens)


def test_a_role_asked_for_counts_once_a_second_person_agrees(
    adil: User, sofia: User, ben: User, team: Team
) -> None:
    admin, other = Client(), Client()
    admin.force_login(adil)
    other.force_login(sofia)
    ask = {"team": team.pk, "role": "referral_coordinator"}
    admin.post(reverse("accounts:person_duty_ask", args=[ben.pk]), ask)
    asked = AskedDuty.objects.get(user=ben)
    decide = reverse("accounts:duty_decide", args=[asked.pk])
    admin.post(decide, {"agree": "1"})  # who asked
    assert not ben.duties.filter(role="referral_coordinator").exists()
    other.post(decide, {"agree": "1"})
    assert ben.duties.filter(role="referral_coordinator").exists()
