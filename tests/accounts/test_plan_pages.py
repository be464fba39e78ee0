"""The week plan as a supervisor and an administrator use it."""

from datetime import date, timedelta

import pytest
from django.test import Client

from accounts.models import Holiday, Role, Shift, Team, User
from privacy.clock import database_now
from tests import people


@pytest.fixture
def browser(sofia: User) -> Client:
    """Sofia's, who supervises the team."""
    client = Client()
    client.force_login(sofia, backend="accounts.backends.PasswordBackend")
    return client


def monday(weeks: int = 1) -> date:
    today = database_now().date()
    return today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)


def hours(team: Team, user: User, **other: object) -> dict[str, object]:
    """What the form sends."""
    week = monday()
    return {
        "team": str(team.pk),
        "week": week.isoformat(),
        "user": str(user.pk),
        "days": [week.isoformat(), (week + timedelta(days=1)).isoformat()],
        "start": "09:00",
        "end": "17:00",
        "kind": "shift",
        **other,
    }


def test_a_week_shows_who_is_on_when_on_the_clocks_of_the_team(
    browser: Client, amina: User, team: Team
) -> None:
    Shift.objects.filter(user=amina).delete()
    answer = browser.post("/shifts/add/", hours(team, amina))
    assert answer.status_code == 302
    page = browser.get(answer["Location"]).content.decode()
    assert page.count("09:00–17:00") == 4, "two shifts, and the desk open on two days"
    assert "clocks of Asia/Kolkata" in page
    assert page.count("nobody") >= 5, "the other days say that nobody is on"


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    browser: Client, amina: User, team: Team
) -> None:
    answer = browser.post("/shifts/add/", hours(team, amina, days=[], start="25:00"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#id_days' in page
    assert 'href="#id_start"' in page
    assert 'value="17:00"' in page


def test_on_call_needs_a_duty_that_opens_something(
    browser: Client, amina: User, team: Team
) -> None:
    answer = browser.post("/shifts/add/", hours(team, amina, kind="call_1"))
    assert answer.status_code == 422
    omar = people.make_person("omar", team, role=Role.ON_CALL)
    assert browser.post("/shifts/add/", hours(team, omar, kind="call_2")).status_code == 302
    assert set(omar.shifts.values_list("on_call", "turn")) == {(True, 2)}


def test_a_removed_shift_is_put_back_with_one_key_for_two_minutes(
    browser: Client, amina: User, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.post("/shifts/add/", hours(team, amina))
    shift = amina.shifts.latest("starts_at")
    page = browser.post(f"/shifts/{shift.pk}/remove/", follow=True).content.decode()
    assert "Put it back" in page
    assert not Shift.objects.filter(pk=shift.pk).exists()
    browser.post("/shifts/undo/")
    back = amina.shifts.latest("starts_at")
    assert (back.starts_at, back.ends_at) == (shift.starts_at, shift.ends_at)
    assert "Put it back" not in browser.get("/shifts/").content.decode()


def test_after_two_minutes_there_is_nothing_to_put_back(
    browser: Client, amina: User, team: Team
) -> None:
    browser.post("/shifts/add/", hours(team, amina))
    shift = amina.shifts.latest("starts_at")
    browser.post(f"/shifts/{shift.pk}/remove/")
    session = browser.session
    session["plan_undo"] = {**session["plan_undo"], "at": session["plan_undo"]["at"] - 121}
    session.save()
    before = amina.shifts.count()
    browser.post("/shifts/undo/")
    assert amina.shifts.count() == before


def test_a_week_is_copied_from_the_one_before(browser: Client, amina: User, team: Team) -> None:
    browser.post("/shifts/add/", hours(team, amina))
    target = monday(2)
    browser.post("/shifts/copy/", {"team": str(team.pk), "week": target.isoformat()})
    found = Shift.objects.filter(user=amina, starts_at__date__gte=target)
    assert found.count() == 2


def test_days_closed_are_added_pasted_removed_and_put_back(browser: Client, team: Team) -> None:
    told = {"team": str(team.pk)}
    browser.post("/shifts/holidays/add/", {**told, "on": "2099-01-26", "name": "Republic Day"})
    text = "2099-08-15 Independence Day\n2099-10-02 Gandhi Jayanti"
    browser.post("/shifts/holidays/paste/", {**told, "text": text})
    page = browser.get("/shifts/holidays/").content.decode()
    assert all(name in page for name in ("Republic Day", "Independence Day", "Gandhi Jayanti"))
    day = Holiday.objects.get(name="Republic Day")
    browser.post(f"/shifts/holidays/{day.pk}/remove/")
    assert not Holiday.objects.filter(name="Republic Day").exists()
    browser.post("/shifts/undo/")
    assert Holiday.objects.get(name="Republic Day").on == date(2099, 1, 26)


def test_a_pasted_line_that_is_no_day_is_named(browser: Client, team: Team) -> None:
    answer = browser.post(
        "/shifts/holidays/paste/", {"team": str(team.pk), "text": "2099-01-01 a\nsoon"}
    )
    assert answer.status_code == 422
    assert "line 2" in answer.content.decode()
    assert not Holiday.objects.exists()


def test_another_teams_plan_is_not_there_for_a_supervisor(browser: Client, team: Team) -> None:
    south = people.make_team("South")
    assert browser.get(f"/shifts/?team={south.pk}").status_code == 404
    made = Holiday.objects.create(team=south, on=date(2099, 1, 1), name="a feast")
    assert browser.post(f"/shifts/holidays/{made.pk}/remove/").status_code == 404


def test_an_administrator_plans_every_team(adil: User, team: Team) -> None:
    south = people.make_team("South")
    client = Client()
    client.force_login(adil, backend="accounts.backends.PasswordBackend")
    assert client.get(f"/shifts/?team={south.pk}").status_code == 200
    assert "South" in client.get("/shifts/").content.decode()
