"""Broken glass on the page: asked for a factor first, the same answer to whatever opens nothing."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from cases.conflicts import note
from cases.models import Case
from privacy.access import acting
from privacy.models import Glass
from tests.cases.conftest import grow_stale

_CHANCE = re.compile(r'(value|nonce)="[^"]*"|"X-CSRFToken": "[^"]*"')


@pytest.fixture
def browser(ben: User, at_desk: Callable[[User], Client]) -> Client:
    """Ben's browser; the case is amina's."""
    browser = at_desk(ben)
    browser.get("/")
    return browser


def test_c8_the_factor_is_asked_for_before_anything_is_typed(case: Case, browser: Client) -> None:
    grow_stale(browser)
    for answer in (
        browser.get("/glass/"),
        browser.post("/glass/", {"code": case.code, "reason": "complaint"}),
    ):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/")
        assert "next=%2Fglass%2F" in answer["Location"]
    with acting(part="glass"):
        assert not Glass.objects.exists()
    api = browser.post("/api/cases/break-glass/", {"code": case.code, "reason": "complaint"})
    assert api.status_code == 403


def test_c8_one_tap_opens_the_case_to_read_and_says_until_when(case: Case, browser: Client) -> None:
    page = browser.get("/glass/").content.decode()
    assert "whoever holds it cannot be reached" in page
    answer = browser.post("/glass/", {"code": case.code.lower(), "reason": "holder_away"})
    assert answer["Location"] == f"/cases/{case.pk}/"
    page = browser.get(f"/cases/{case.pk}/").content.decode()
    assert "he wants money" in page
    assert "to read only" in page
    assert 'name="text"' not in page, "there is nothing to write in"
    assert f"You looked into {case.code}. Say why" in browser.get("/").content.decode()


def test_c8_unknown_forbidden_and_excluded_codes_are_answered_alike(
    case: Case, ben: User, sofia: User, browser: Client
) -> None:
    with acting(user=sofia):
        note(case, person=ben, by=sofia)
    answers = {
        (answer.status_code, _CHANCE.sub("", answer.content.decode()))
        for answer in (
            browser.post("/glass/", {"code": code, "reason": "complaint"})
            for code in (case.code, "KA-0000")
        )
    }
    assert len(answers) == 1
    (status, page) = answers.pop()
    assert status == 422
    assert "This code opens nothing" in page


def test_c8_supervisor_and_auditor_hear_of_it_at_once(
    case: Case,
    browser: Client,
    sofia: User,
    aude: User,
    at_desk: Callable[[User], Client],
) -> None:
    browser.post("/glass/", {"code": case.code, "reason": "holder_away"})
    told = "A colleague looked or acted beyond their own cases."
    page, amina = at_desk(sofia).get("/").content.decode(), case.holder
    assert amina is not None
    assert told in page
    assert case.code not in page, "a notice names no case and no colleague"
    assert told not in at_desk(amina).get("/").content.decode()
    assert "Ben" in at_desk(sofia).get("/team/reviews/").content.decode()
    assert "Ben" in at_desk(aude).get("/audit/").content.decode()
    assert "Ben opened the whole case" in at_desk(amina).get(f"/cases/{case.pk}/").content.decode()


def test_a_reveal_asks_for_the_factor_but_for_danger(
    case: Case, amina: User, at_desk: Callable[[User], Client]
) -> None:
    mine = at_desk(amina)
    mine.post(
        f"/cases/{case.pk}/change/people/", {"name": "Zoya Q", "language": "en", "region": ""}
    )
    grow_stale(mine)
    address = f"/cases/{case.pk}/reveal/name/{case.pk}/"
    page = mine.get(address).content.decode()
    assert "Show that it is me" in page
    assert "to call them back" not in page
    told = {"words": "somebody must be called"}
    assert mine.post(address, {"purpose": "call_back", **told}).status_code == 422
    assert mine.get(f"{address}?prove")["Location"].startswith("/accounts/")
    assert mine.post(address, {"purpose": "danger", **told}).status_code == 302
    body = {"what": "name", "row": str(case.pk), **told}
    api = f"/api/cases/{case.pk}/reveal/"
    assert mine.post(api, {**body, "purpose": "call_back"}, "application/json").status_code == 403
    danger = mine.post(api, {**body, "purpose": "danger"}, "application/json")
    assert danger.json()["value"] == "Zoya Q"
