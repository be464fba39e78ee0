"""The same over the API: the same rights, the same services, absent what may not be read."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Team, User
from cases.models import Case
from privacy.models import Consent
from takedowns.models import ReportedContent, TakedownRequest
from tests import people
from tests.takedowns.conftest import CANARY, LINK, enter, fresh

REQUESTS, PLACES = "/api/takedowns/", "/api/takedown-places/"


def post(browser: Client, address: str, told: dict[str, Any] | None = None) -> Any:
    return browser.post(address, told or {}, content_type="application/json")


def test_tariq_lists_and_opens_requests_with_their_clock(
    report: TakedownRequest, tariq: User
) -> None:
    browser = enter(tariq)
    (row,) = browser.get(REQUESTS).json()["results"]
    assert (row["id"], row["route"], row["state"]) == (str(report.pk), "iwf-url", "prepared")
    assert browser.get(f"{REQUESTS}{report.pk}/").json() == row


def test_tariq_notes_a_place_and_asks(case: Case, place: ReportedContent, tariq: User) -> None:
    browser = enter(tariq)
    told = {"case": str(case.pk), "kind": "url", "locator": "https://t.me/x/7", "medium": "video"}
    made = post(browser, PLACES, told)
    assert made.status_code == 201
    assert made.json()["platform"] == "telegram"
    address = f"{PLACES}{made.json()['id']}/prepare/"
    asked = post(browser, address, {"route": "telegram-in-app"})
    assert (asked.status_code, asked.json()["state"]) == (201, "prepared")


def test_a_request_is_marked_sent_and_answered(
    complaint: TakedownRequest, agreed: Consent, tariq: User
) -> None:
    browser = enter(tariq)
    address = f"{REQUESTS}{complaint.pk}/"
    sent = post(browser, f"{address}sent/", {"reference": "IG-5"})
    assert (sent.json()["state"], sent.json()["reference"]) == ("sent", "IG-5")
    assert sent.json()["due_at"]
    told = {"outcome": "removed", "evidence": "platform_answer"}
    assert post(browser, f"{address}outcome/", told).json()["outcome"] == "removed"
    assert post(browser, f"{address}outcome/", told).status_code == 409


def test_what_waits_for_consent_says_so(complaint: TakedownRequest, tariq: User) -> None:
    answer = post(enter(tariq), f"{REQUESTS}{complaint.pk}/sent/")
    assert answer.status_code == 409
    assert "consent" in answer.json()["detail"]


def test_the_connector_sends(report: TakedownRequest, tariq: User) -> None:
    assert post(enter(tariq), f"{REQUESTS}{report.pk}/send/").json()["state"] == "sending"


def test_a_field_nobody_knows_is_refused(complaint: TakedownRequest, tariq: User) -> None:
    answer = post(enter(tariq), f"{REQUESTS}{complaint.pk}/sent/", {"state": "closed"})
    assert answer.status_code == 400
    assert fresh(complaint).state == "prepared"


def test_sofia_gets_states_and_no_reference_and_no_place(
    report: TakedownRequest, sofia: User
) -> None:
    browser = enter(sofia)
    (row,) = browser.get(REQUESTS).json()["results"]
    assert row["state"] == "prepared"
    assert "reference" not in row
    assert browser.get(PLACES).json()["results"] == []
    assert browser.get(f"{PLACES}{report.content_id}/").status_code == 404
    assert post(browser, f"{REQUESTS}{report.pk}/send/").status_code == 404
    assert CANARY not in str(row)


def test_ben_gets_nothing(case: Case, report: TakedownRequest, ben: User) -> None:
    browser = enter(ben)
    assert browser.get(REQUESTS).json()["results"] == []
    assert browser.get(f"{REQUESTS}{report.pk}/").status_code == 404
    told = {"case": str(case.pk), "kind": "url", "locator": LINK}
    assert post(browser, PLACES, told).status_code == 404


@pytest.mark.parametrize("name", ["anil", "adil", "aude"])
def test_others_have_no_such_door(report: TakedownRequest, team: Team, name: str) -> None:
    assert enter(people.make_person(name, team)).get(REQUESTS).status_code == 404
