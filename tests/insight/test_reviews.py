"""The review list: reveals, broken glass, danger covers, until somebody else looked at why."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Team, User
from accounts.services import give_duty
from cases.glass import break_glass
from cases.models import Case
from privacy import glass
from privacy.access import acting
from privacy.clock import database_now
from privacy.models import AuditEvent, Glass, Reveal
from privacy.services import reveal
from tests import people

LINES = {"needed": "it was needed that night", "follows": "nothing follows from it"}


@pytest.fixture
def case(amina: User, team: Team) -> Case:
    """Amina's case; she opened the real name for a report."""
    case = people.case_of(amina, team=team, name="a name")
    with acting(user=amina):
        reveal(case, field="name", purpose="report", words="for the form she wants", by=amina)
    return case


@pytest.fixture
def sit() -> Callable[[User], Client]:
    """Somebody at their browser."""

    def down(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return down


def test_what_amina_revealed_waits_for_somebody_elses_look(
    case: Case, amina: User, sofia: User, sit: Callable[[User], Client]
) -> None:
    browser, row = sit(sofia), Reveal.objects
    page = browser.get("/team/reviews/").content.decode()
    for shown in (case.code, "Amina", "the real name", "for a report they want", "for the form"):
        assert shown in page
    with acting(user=sofia):
        key = row.get().pk
    address = f"/team/reviews/reveal/{key}/"
    assert sit(amina).post(address, {"verdict": "fine"}).status_code == 404
    assert browser.post(address, {"verdict": "perhaps"}).status_code == 422
    assert browser.post(address, {"verdict": "fine"}).status_code == 302
    assert "Nothing to review" in browser.get("/team/reviews/").content.decode()
    event = AuditEvent.objects.get(verb="reveal_reviewed")
    assert (event.actor, event.subject_id, event.reason) == (str(sofia.pk), key, "fine")


def test_the_team_of_the_case_sees_who_looked_and_that_it_was_reviewed(
    case: Case, amina: User, sofia: User, sit: Callable[[User], Client]
) -> None:
    page = sit(amina).get(f"/cases/{case.pk}/").content.decode()
    assert "Amina opened the real name" in page
    assert "not reviewed yet" in page
    assert "for the form she wants" not in page, "the words are the reviewer's"
    with acting(user=sofia):
        key = Reveal.objects.get().pk
    sit(sofia).post(f"/team/reviews/reveal/{key}/", {"verdict": "talk"})
    assert "not reviewed yet" not in sit(amina).get(f"/cases/{case.pk}/").content.decode()
    assert "Sofia would like to talk with you" in sit(amina).get("/").content.decode()


def test_nobody_reviews_what_they_did_themselves(
    team: Team, sofia: User, sit: Callable[[User], Client]
) -> None:
    both = people.make_person("both", team, role="counsellor")
    give_duty(both, team=team, role="supervisor", by=None)
    case = people.case_of(both, team=team, name="a name")
    with acting(user=both):
        made = reveal(case, field="name", purpose="report", words="a filing", by=both)
    browser = sit(both)
    assert (
        "You did this. Somebody else reviews it." in browser.get("/team/reviews/").content.decode()
    )
    browser.post(f"/team/reviews/reveal/{made.pk}/", {"verdict": "fine"})
    assert not AuditEvent.objects.filter(verb="reveal_reviewed").exists()


def test_a_week_without_a_review_or_a_day_without_words_is_overdue(
    case: Case, ben: User, sofia: User, sit: Callable[[User], Client]
) -> None:
    browser = sit(sofia)
    assert "Nothing to review" in browser.get("/team/reviews/?show=overdue").content.decode()
    with acting(user=ben):
        break_glass(case.code, reason="complaint", by=ben)
    with acting(part="glass"):
        Reveal.objects.update(at=database_now() - timedelta(days=8))
        Glass.objects.update(opened_at=database_now() - timedelta(hours=25))
    page = browser.get("/team/reviews/?show=overdue").content.decode()
    assert "not said yet" in page
    assert "Amina" in page
    assert "Ben" in page


def test_the_safeguarding_lead_reviews_what_a_single_supervisor_did(
    case: Case, sofia: User, lea: User, sit: Callable[[User], Client]
) -> None:
    with acting(user=sofia):
        break_glass(case.code, reason="complaint", by=sofia)
        opened = glass.owed(sofia)[0]
        glass.say_why(opened, words="somebody complained about us", by=sofia)
    browser = sit(lea)
    page = browser.get("/team/reviews/").content.decode()
    assert "somebody complained about us" in page
    address = f"/team/reviews/glass/{opened.pk}/"
    assert sit(sofia).post(address, {"verdict": "fine", **LINES}).status_code == 422
    assert browser.post(address, {"verdict": "fine", **LINES}).status_code == 302
    assert browser.get(f"/cases/{case.pk}/").status_code == 404, "lent until then, no longer"


@pytest.mark.parametrize("who", ["amina", "ben", "tariq", "rana", "anil", "adil", "aude"])
def test_the_list_is_for_reviewers_alone(
    case: Case, request: pytest.FixtureRequest, who: str, sit: Callable[[User], Client]
) -> None:
    browser = sit(request.getfixturevalue(who))
    assert browser.get("/team/reviews/").status_code == 404
    assert browser.get("/api/reviews/").status_code == 404


def test_the_api_gives_reviewers_the_same_list(
    case: Case, ben: User, sofia: User, sit: Callable[[User], Client]
) -> None:
    with acting(user=ben):
        break_glass(case.code, reason="complaint", by=ben)
    browser = sit(sofia)
    found = browser.get("/api/reviews/").json()["results"]
    assert [(one["kind"], one["who"]) for one in found] == [
        ("break_glass", "Ben"),
        ("reveal", "Amina"),
    ]
    address = f"/api/reviews/{found[0]['id']}/glass/"
    short = browser.post(address, {"verdict": "fine", "lines": ["yes"]}, "application/json")
    assert short.status_code == 409
    body = {"verdict": "fine", "lines": list(LINES.values())}
    assert browser.post(address, body, "application/json").status_code == 204
    assert len(browser.get("/api/reviews/").json()["results"]) == 1
