"""The auditor reads who did what, and that reading is on the record too."""

import pytest
from django.db import connection
from django.test import Client

from accounts.models import Team, User
from cases.models import Case
from privacy import chain
from privacy.access import acting
from privacy.minimise import minimised
from privacy.models import AuditEvent
from tests import people


def enter(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


@pytest.fixture
def case(amina: User, team: Team) -> Case:
    made = people.case_of(amina, team=team, text="canary-61", summary="canary-62")
    with acting(user=amina):
        assert minimised(made, amina).summary == "canary-62"
    return made


def test_aude_sees_that_amina_read_the_story_and_not_the_story(case: Case, aude: User) -> None:
    browser = enter(aude)
    found = browser.post("/audit/find/", {"code": case.code.lower()})
    assert found.status_code == 302
    assert case.code not in found["location"]
    page = browser.get(found["location"]).content.decode()
    assert "Amina" in page
    assert "narrative" in page
    assert "canary" not in page


def test_reading_the_record_is_on_the_record(case: Case, aude: User) -> None:
    enter(aude).get("/audit/")
    event = AuditEvent.objects.get(verb="audit_read")
    assert event.actor == str(aude.pk)


def test_a_colleagues_deeds_can_be_asked_for(
    case: Case, aude: User, amina: User, ben: User
) -> None:
    browser = enter(aude)
    assert "Amina" in browser.get(f"/audit/?person={amina.pk}").content.decode()
    page = browser.get(f"/audit/?person={ben.pk}").content.decode()
    assert case.code not in page


def test_another_teams_case_is_not_found(aude: User) -> None:
    south = people.make_team("South")
    mary = people.make_person("mary", south, role="counsellor")
    other = people.case_of(mary, team=south)
    browser = enter(aude)
    answer = browser.post("/audit/find/", {"code": other.code}, follow=True)
    assert "no such case" in answer.content.decode()
    assert other.code not in browser.get("/audit/").content.decode()


def test_nobody_else_reads_it(amina: User, sofia: User, adil: User, anil: User) -> None:
    for person in (amina, sofia, adil, anil):
        assert enter(person).get("/audit/").status_code == 404
        assert enter(person).post("/audit/verify/").status_code == 404


def test_aude_is_told_whether_the_record_is_whole(case: Case, aude: User) -> None:
    chain.chain()
    browser = enter(aude)
    told = browser.post("/audit/verify/", follow=True).content.decode()
    assert "The record is whole" in told
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE privacy_auditevent DISABLE TRIGGER append_only")
        cursor.execute("UPDATE privacy_auditevent SET reason = 'changed' WHERE verb = 'read'")
        cursor.execute("ALTER TABLE privacy_auditevent ENABLE TRIGGER append_only")
    told = browser.post("/audit/verify/", follow=True).content.decode()
    assert "broken at entry" in told
