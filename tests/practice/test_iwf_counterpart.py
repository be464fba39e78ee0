"""The world's IWF checks every field of both its doors."""

from typing import Any

import httpx
import pytest

from tests.counterparts import SECRETS, World

LOGIN = (SECRETS["IWF_USER"], SECRETS["IWF_PASSWORD"])
REPORT: dict[str, Any] = {
    "Reporting_Type": "R",
    "Live_Report": "T",
    "Media_Type_ID": 1,
    "Report_Channel_ID": 51,
    "Origin_ID": 5,
    "Submission_Type_ID": 1,
    "Reported_Category_ID": 2,
    "Reported_URL": "https://pictures.example/1",
    "Reporter_Anonymous": "N",
    "Reporter_First_Name": "Practice",
    "Reporter_Last_Name": "Helpline",
    "Reporter_Email_ID": "hello@helpline.example",
    "Reporter_Country_ID": None,
    "Reporter_Description": None,
}


def file(world: World, report: Any, login: tuple[str, str] = LOGIN) -> httpx.Response:
    return httpx.post(f"{world.url}/iwf/report", json=report, auth=login, trust_env=False)


def ask(world: World, **form: str) -> dict[str, Any]:
    right = {
        "secret_key": SECRETS["IWF_SECRET_KEY"],
        "case_number": "c0ffee",
        "user_age_range": "13-15",
    }
    answer = httpx.post(f"{world.url}/iwf/case", data=right | form, trust_env=False)
    found: dict[str, Any] = answer.json()
    return found


def test_a_full_report_is_taken_and_gets_a_number(world: World) -> None:
    answer = file(world, REPORT)
    assert answer.status_code == 200
    number = answer.json()["IWFReportService1.0"]["responseData"]
    assert world.iwf()["reports"][0]["id"] == number


@pytest.mark.parametrize(
    "name",
    [name for name in REPORT if not name.startswith("Reporter_") or "Anon" in name],
)
def test_a_missing_field_is_refused(world: World, name: str) -> None:
    answer = file(world, {key: value for key, value in REPORT.items() if key != name})
    assert answer.status_code == 400
    description = answer.json()["IWFReportService1.0"]["responseDescription"]
    assert description == f"{name} is missing"
    assert world.iwf()["reports"] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Reporting_Type", "X"),
        ("Live_Report", "L"),
        ("Media_Type_ID", "1"),
        ("Media_Type_ID", True),
        ("Report_Channel_ID", "51"),
        ("Origin_ID", 6),
        ("Submission_Type_ID", 2),
        ("Reported_Category_ID", 3),
        ("Reported_URL", ""),
        ("Reported_URL", "hxxps://pictures.example/1"),
        ("Reported_URL", "https://pictures.example/" + "a" * 1000),
        ("Reporter_Anonymous", "yes"),
        ("Reporter_First_Name", "a" * 51),
        ("Reporter_Last_Name", 5),
        ("Reporter_Email_ID", "a" * 101),
        ("Reporter_Country_ID", "356"),
        ("Reporter_Description", "a" * 501),
        ("Child_Name", "nobody"),
    ],
)
def test_a_wrong_field_is_refused(world: World, name: str, value: object) -> None:
    answer = file(world, REPORT | {name: value})
    assert answer.status_code == 400
    assert name in answer.json()["IWFReportService1.0"]["responseDescription"]


def test_a_live_report_is_taken_only_by_the_live_hotline(world: World) -> None:
    world.configure(iwf_live=True)
    assert file(world, REPORT).status_code == 400
    assert file(world, REPORT | {"Live_Report": "L"}).status_code == 200


def test_a_wrong_login_and_a_form_are_refused(world: World) -> None:
    assert file(world, REPORT, ("practice", "wrong")).status_code == 401
    form = httpx.post(f"{world.url}/iwf/report", data={"a": "b"}, auth=LOGIN, trust_env=False)
    assert form.status_code == 400


def test_a_childs_link_opens_once(world: World) -> None:
    token = ask(world)["message"]["access_token"]
    page = f"{world.url}/iwf/link/?t={token}"
    assert [httpx.get(page, trust_env=False).status_code for _ in range(2)] == [
        200,
        410,
    ]
    assert httpx.get(f"{world.url}/iwf/link/?t=0", trust_env=False).status_code == 404


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        ({"secret_key": "wrong"}, "Invalid secret key"),
        ({"user_age_range": "13"}, "Invalid user_age_range"),
        ({"user_age_range": "18+"}, "Invalid user_age_range"),
        ({"case_number": ""}, "Invalid case_number"),
        (
            {"name": "nobody"},
            "The fields are secret_key, case_number and user_age_range",
        ),
    ],
)
def test_a_wrong_request_for_a_link_is_refused(
    world: World, form: dict[str, str], reason: str
) -> None:
    assert ask(world, **form) == {"result": "ERROR", "message": reason}
    assert world.iwf()["links"] == []


def test_a_case_number_is_never_used_twice(world: World) -> None:
    assert ask(world)["result"] == "OK"
    assert ask(world)["message"] == "case_number has been used"
