"""The board shows the desk and no story; only those who oversee a team have one."""

import pytest
from django.test import Client

from accounts.models import Team, User
from cases.glass import break_glass
from cases.models import Case
from privacy.access import acting, teams_of
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


def test_the_board_counts_what_waits_for_a_review_and_how_often_glass_was_broken(
    case: Case, amina: User, ben: User, sofia: User
) -> None:
    with acting(user=amina):
        reveal(case, field="name", purpose="report", words="canary-reason-57", by=amina)
    with acting(user=ben):
        break_glass(case.code, reason="complaint", by=ben)
    page = enter(sofia).get("/team/").content.decode()
    assert "2 wait for a review" in page
    assert "glass broken 1 time in 30 days" in page
    assert "canary" not in page


def test_sofia_moves_a_case_from_the_board(case: Case, sofia: User, ben: User) -> None:
    browser = enter(sofia)
    assert f"/cases/{case.pk}/assign/" in browser.get("/team/").content.decode()
    assert browser.post(f"/cases/{case.pk}/assign/", {"to": str(ben.pk)}).status_code == 302
    with acting(user=sofia):
        case.refresh_from_db()
    assert case.holder == ben
