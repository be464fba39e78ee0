"""The auditor reads who did what, and that reading is on the record too."""

import html
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from accounts.models import Team, User
from cases.models import Case
from privacy import audit, chain
from privacy.access import acting
from privacy.clock import database_now
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


def test_d7_who_saw_a_case_when_and_why_is_answered(case: Case, aude: User, amina: User) -> None:
    page = enter(aude).get(f"/audit/?folder={case.folder_id}").content.decode()
    answer = page.partition("Who looked at this case")[2].partition("Every entry")[0]
    for words in ("Amina", "Their story", "The counsellor who has the case"):
        assert words in answer


def test_d7_what_amina_saw_last_week_is_answered(
    case: Case, team: Team, aude: User, amina: User
) -> None:
    other = people.case_of(amina, team=team)
    long_ago = database_now() - timedelta(days=9)
    AuditEvent.objects.create(
        at=long_ago,
        actor_kind="person",
        actor=str(amina.pk),
        verb="viewed",
        folder=other.folder_id,
    )
    browser = enter(aude)
    lately = browser.get(f"/audit/?person={amina.pk}&days=7").content.decode()
    assert "Which cases Amina looked at" in lately
    assert case.code in lately
    assert other.code not in lately
    assert other.code in browser.get(f"/audit/?person={amina.pk}&days=31").content.decode()


def test_d7_older_entries_are_a_step_away(case: Case, aude: User, amina: User) -> None:
    with acting(user=amina):
        for _ in range(60):
            audit.record("test", folder=case.folder_id)
    browser = enter(aude)
    first = browser.get(f"/audit/?folder={case.folder_id}").content.decode()
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older
    second = browser.get("/audit/" + html.unescape(older[1])).content.decode()
    assert "narrative" not in first.partition("Every entry")[2]
    assert "narrative" in second


def test_d7_the_team_sees_on_the_case_page_who_looked(
    client: Client, case: Case, amina: User, sofia: User, ben: User
) -> None:
    browser = enter(amina)
    address = f"/cases/{case.pk}/looked/"
    assert address in browser.get(f"/cases/{case.pk}/").content.decode()
    enter(sofia).get(f"/cases/{case.pk}/")
    page = browser.get(address).content.decode()
    for words in ("Sofia", "Amina", "Their story", "The counsellor who has the case"):
        assert words in page
    assert "canary" not in page
    assert enter(ben).get(address).status_code == 404
    read = AuditEvent.objects.filter(verb="audit_read", folder=case.folder_id)
    assert [row.actor for row in read] == [str(amina.pk)]


def test_d7_reading_the_record_is_on_the_record(case: Case, aude: User) -> None:
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
