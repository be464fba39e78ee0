"""The board shows the desk and no story; only those who oversee a team have one."""

import pytest
from django.test import Client

from accounts.models import Team, User
from cases.models import Case
from privacy.access import acting, teams_of
from privacy.models import AuditEvent
from privacy.services import reveal
from tests import people

CANARIES = {
    "name": "canary-name-51",
    "summary": "canary-summary-52",
    "call_me": "canary-call-53",
    "safety_plan": "canary-plan-54",
}


def enter(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


@pytest.fixture
def case(amina: User, team: Team) -> Case:
    return people.case_of(
        amina, team=team, text="canary-text-55", risk="urgent", language="hi", **CANARIES
    )


def test_sofia_sees_codes_counts_and_loads_and_no_story(
    case: Case, sofia: User, team: Team
) -> None:
    people.arrive("canary-waiting-56", team=team)
    page = enter(sofia).get("/team/").content.decode()
    assert case.code in page
    assert "Amina" in page
    assert "urgent" in page
    assert "2 of 12" in page
    assert "canary" not in page


def test_another_teams_cases_are_not_on_her_board(sofia: User, case: Case) -> None:
    south = people.make_team("South")
    mary = people.make_person("mary", south, role="counsellor")
    other = people.case_of(mary, team=south)
    page = enter(sofia).get("/team/").content.decode()
    assert case.code in page
    assert other.code not in page


def test_only_who_oversees_a_team_has_a_board(
    amina: User, tariq: User, rana: User, anil: User, adil: User
) -> None:
    for person in (amina, tariq, rana, anil, adil):
        assert enter(person).get("/team/").status_code == 404


def test_teams_are_asked_of_privacy_not_of_role_names(sofia: User, amina: User, team: Team) -> None:
    with acting(user=sofia):
        assert teams_of(sofia, "supervise") == [team.pk]
    with acting(user=amina):
        assert teams_of(amina, "supervise") == []


def test_what_amina_revealed_waits_for_somebody_elses_look(
    case: Case, amina: User, sofia: User
) -> None:
    with acting(user=amina):
        reveal(case, field="name", purpose="report", words="canary-reason-57", by=amina)
    browser = enter(sofia)
    page = browser.get("/team/").content.decode()
    assert "for a report" in page
    assert "who they are" in page
    assert "canary" not in page
    event = AuditEvent.objects.get(verb="reveal")
    assert enter(amina).post(f"/team/reviews/{event.pk}/").status_code == 404
    assert browser.post(f"/team/reviews/{event.pk}/").status_code == 302
    assert "Nothing to review" in browser.get("/team/").content.decode()
    assert AuditEvent.objects.filter(verb="reveal_reviewed").count() == 1


def test_nobody_reviews_what_they_opened_themselves(team: Team, sofia: User) -> None:
    both = people.make_person("both", team, role="counsellor")
    from accounts.services import give_duty  # noqa: PLC0415

    give_duty(both, team=team, role="supervisor", by=None)
    case = people.case_of(both, team=team, name="canary-58")
    with acting(user=both):
        reveal(case, field="name", purpose="report", words="a filing", by=both)
    event = AuditEvent.objects.get(verb="reveal")
    enter(both).post(f"/team/reviews/{event.pk}/")
    assert not AuditEvent.objects.filter(verb="reveal_reviewed").exists()


def test_sofia_moves_a_case_from_the_board(case: Case, sofia: User, ben: User) -> None:
    browser = enter(sofia)
    assert f"/cases/{case.pk}/assign/" in browser.get("/team/").content.decode()
    assert browser.post(f"/cases/{case.pk}/assign/", {"to": str(ben.pk)}).status_code == 302
    with acting(user=sofia):
        case.refresh_from_db()
    assert case.holder == ben
