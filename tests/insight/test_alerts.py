"""Who opens more than their work needs, or at another time, is asked about it by others."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Shift, Team, User
from cases.models import Case
from insight import alerts
from insight.models import Alert
from insight.tasks import watch_record
from privacy import audit, glass
from privacy.access import acting
from privacy.models import AuditEvent, Folder
from tests import people


def enter(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


@pytest.fixture
def cases(amina: User, team: Team) -> list[Case]:
    return [people.case_of(amina, team=team) for _ in range(4)]


def _open(cases: list[Case], by: User) -> None:
    for case in cases:
        with acting(user=by):
            audit.note_viewed(case.folder_id)


def test_d7_more_cases_in_an_hour_than_work_needs_raise_an_alert(
    cases: list[Case], amina: User, settings: Settings
) -> None:
    settings.ALERT_CASES_AN_HOUR = 3
    _open(cases[:3] * 2, amina)
    assert watch_record() == 0
    _open(cases[3:], amina)
    assert watch_record() == 1
    assert watch_record() == 0  # once an hour
    found = Alert.objects.get()
    assert (found.kind, found.person_id, found.cases) == ("many_cases", amina.pk, 4)


def test_d7_a_case_opened_outside_ones_shift_raises_an_alert(
    cases: list[Case], amina: User
) -> None:
    Shift.objects.filter(user=amina).update(
        starts_at=timezone.now() - timedelta(hours=9), ends_at=timezone.now() - timedelta(hours=1)
    )
    _open(cases[:1], amina)
    assert watch_record() == 1
    assert watch_record() == 0  # once a day
    assert Alert.objects.get().kind == "off_shift"


def test_d7_who_stays_a_quarter_of_an_hour_longer_is_not_asked(
    cases: list[Case], amina: User, settings: Settings
) -> None:
    ended = timezone.now() - timedelta(minutes=15)
    Shift.objects.filter(user=amina).update(starts_at=ended - timedelta(hours=8), ends_at=ended)
    _open(cases[:1], amina)
    assert watch_record() == 0
    settings.ALERT_OFF_SHIFT_MINUTES = 10
    assert watch_record() == 1
    Alert.objects.all().delete()
    settings.ALERT_OFF_SHIFT_MINUTES = -1
    assert watch_record() == 0


def test_d7_a_broken_glass_is_told_at_once_to_who_oversees_and_who_audits(
    cases: list[Case], sofia: User, aude: User, ben: User, adil: User
) -> None:
    folder = Folder.objects.filter(pk=cases[0].folder_id)
    with acting(part="counting"):
        found = folder.get()
    with acting(user=sofia):
        glass.open_glass(found, kind="break_glass", reason="court", by=sofia)
    for person, told in ((aude, 1), (sofia, 1), (ben, 0), (adil, 0)):
        with acting(user=person):
            assert len(alerts.waiting(person)) == told


def test_d7_sofia_and_aude_each_put_an_alert_away_and_that_is_on_record(
    cases: list[Case], amina: User, sofia: User, aude: User
) -> None:
    alert = Alert.objects.create(kind="many_cases", person=amina, period=timezone.now(), cases=40)
    assert "opened many cases in an hour" in enter(sofia).get("/team/").content.decode()
    assert enter(sofia).post(f"/team/alerts/{alert.pk}/").status_code == 302
    assert "opened many cases" not in enter(sofia).get("/team/").content.decode()
    page = enter(aude).get("/audit/").content.decode()
    assert "Amina" in page
    assert "opened many cases in an hour" in page
    assert enter(aude).post(f"/audit/alerts/{alert.pk}/").status_code == 302
    seen = AuditEvent.objects.filter(verb="alert_seen", subject_id=alert.pk)
    assert {row.actor for row in seen} == {str(sofia.pk), str(aude.pk)}


def test_d7_nobody_puts_away_what_is_about_themselves(sofia: User) -> None:
    alert = Alert.objects.create(kind="off_shift", person=sofia, period=timezone.now())
    assert "somebody else looks into" in enter(sofia).get("/team/").content.decode()
    assert enter(sofia).post(f"/team/alerts/{alert.pk}/").status_code == 404
    assert not alert.seen.exists()


def test_d7_another_teams_alerts_are_not_shown(amina: User, sofia: User) -> None:
    south = people.make_team("South")
    mary = people.make_person("mary", south, role="counsellor")
    alert = Alert.objects.create(kind="off_shift", person=mary, period=timezone.now())
    assert "Mary" not in enter(sofia).get("/team/").content.decode()
    assert enter(sofia).post(f"/team/alerts/{alert.pk}/").status_code == 404
