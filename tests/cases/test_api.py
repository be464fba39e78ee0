"""The same over the API: the same rights, the same services, absent what may not be read."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from cases import services
from cases.models import Case
from intake.models import Message
from privacy.access import acting, grant
from privacy.models import Folder

Sit = Callable[[User], Client]


def send(client: Client, method: str, address: str, told: dict[str, Any]) -> Any:
    return client.generic(method, address, data=json.dumps(told), content_type="application/json")


@pytest.fixture
def api(case: Case) -> str:
    return f"/api/cases/{case.pk}/"


def test_amina_lists_and_opens_her_case(browser: Client, amina: User, case: Case, api: str) -> None:
    with acting(user=amina):
        services.update_case(case, changes={"summary": "short", "name": "Asha Rao"}, by=amina)
    (row,) = browser.get("/api/cases/").json()["results"]
    assert row["code"] == case.code
    assert "summary" not in row
    shown = browser.get(api).json()
    assert shown["summary"] == "short"
    assert shown["name"] == "A••• R•••"


@pytest.mark.parametrize("name", ["ben", "tariq", "rana", "lea", "anil", "adil", "aude"])
def test_for_everybody_else_there_is_nothing(
    request: pytest.FixtureRequest, name: str, at_desk: Sit, case: Case, api: str
) -> None:
    client = at_desk(request.getfixturevalue(name))
    listed = client.get("/api/cases/")
    assert listed.status_code == 404 or listed.json()["results"] == []
    assert client.get(api).status_code == 404
    assert client.get(f"{api}notes/").status_code == 404
    assert send(client, "POST", f"{api}notes/", {"body": "x"}).status_code == 404
    assert send(client, "POST", f"{api}close/", {"reason": "helped"}).status_code == 404
    assert send(client, "PATCH", api, {"summary": "x"}).status_code == 404


def test_nobody_signed_in_gets_nothing(client: Client, api: str) -> None:
    assert client.get(api).status_code in (302, 401, 403)


def test_sofia_gets_no_story_and_no_notes(
    at_desk: Sit, sofia: User, amina: User, case: Case, api: str
) -> None:
    with acting(user=amina):
        services.update_case(case, changes={"summary": "short", "name": "Asha"}, by=amina)
        services.add_note(case, body="calm", by=amina)
    client = at_desk(sofia)
    shown = client.get(api).json()
    assert shown["code"] == case.code
    assert not {"summary", "name", "flags", "call_me", "safe_words"} & shown.keys()
    assert client.get(f"{api}notes/").json() == []
    assert send(client, "POST", f"{api}notes/", {"body": "x"}).status_code == 404
    assert send(client, "PATCH", api, {"age_band": "13_15"}).status_code == 404
    (conversation,) = client.get("/api/conversations/").json()["results"]
    said = client.get(f"/api/conversations/{conversation['id']}/messages/").json()
    assert said["results"] == []


def test_tariq_gets_categories_only(
    at_desk: Sit, tariq: User, amina: User, case: Case, api: str
) -> None:
    with acting(user=amina):
        services.update_case(case, changes={"summary": "short", "age_band": "13_15"}, by=amina)
    with acting(part="takedowns"):
        grant(Folder.objects.get(pk=case.folder_id), "takedown", to=tariq, by=None)
    shown = at_desk(tariq).get(api).json()
    assert shown["age_band"] == "13_15"
    assert not {"summary", "name", "flags"} & shown.keys()


def test_amina_changes_facts_and_an_unknown_one_refuses_all(browser: Client, api: str) -> None:
    assert send(browser, "PATCH", api, {"age_band": "13_15"}).json()["age_band"] == "13_15"
    assert send(browser, "PATCH", api, {"age_band": "10_12", "holder": "x"}).status_code == 400
    assert send(browser, "PATCH", api, {"age_band": "twelve"}).status_code == 409
    assert browser.get(api).json()["age_band"] == "13_15"


def test_amina_notes_names_harms_and_closes(browser: Client, api: str) -> None:
    assert send(browser, "POST", f"{api}notes/", {"body": "calm"}).status_code == 201
    assert browser.get(f"{api}notes/").json()[0]["body"] == "calm"
    told = {"codes": ["grooming"]}
    assert send(browser, "POST", f"{api}harms/", told).json()["harms"] == ["grooming"]
    assert send(browser, "POST", f"{api}close/", {"reason": "because"}).status_code == 400
    assert send(browser, "POST", f"{api}close/", {"reason": "helped"}).status_code == 204
    assert browser.get(api).status_code == 404


def test_amina_answers_once_per_key(browser: Client, case: Case) -> None:
    (conversation,) = browser.get("/api/conversations/").json()["results"]
    address = f"/api/conversations/{conversation['id']}/"
    told = {"text": "You are not alone.", "client_key": "a1"}
    first = send(browser, "POST", f"{address}reply/", told)
    again = send(browser, "POST", f"{address}reply/", told)
    assert first.status_code == 201
    assert first.json()["id"] == again.json()["id"]
    said = browser.get(f"{address}messages/").json()["results"]
    assert [line["body"] for line in said] == ["he wants money by eight", "You are not alone."]
    with acting(part="intake"):
        assert Message.objects.filter(direction="out").count() == 1


def test_ben_answers_nothing_of_aminas(
    browser: Client, at_desk: Sit, ben: User, case: Case
) -> None:
    (conversation,) = browser.get("/api/conversations/").json()["results"]
    client = at_desk(ben)
    address = f"/api/conversations/{conversation['id']}/"
    told = {"text": "hello", "client_key": "b1"}
    assert client.get(address).status_code == 404
    assert client.get(f"{address}messages/").status_code == 404
    assert send(client, "POST", f"{address}reply/", told).status_code == 404
