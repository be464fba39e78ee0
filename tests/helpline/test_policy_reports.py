"""Browsers tell us when a page broke its policy: which rule, and nothing of what was on it."""

import json
import logging

import pytest
from django.test import Client

from helpline import views

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_told_yet() -> None:
    views._told.clear()


def report(**told: str) -> str:
    return json.dumps({"csp-report": told})


def test_j5_a_broken_policy_is_told_by_its_rule_alone(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    body = report(
        **{"effective-directive": "script-src-elem", "blocked-uri": "https://secret.example"}
    )
    with caplog.at_level(logging.ERROR):
        assert (
            client.post("/policy/", body, content_type="application/csp-report").status_code == 204
        )
    assert caplog.messages == ["a page broke its policy: script-src"]


@pytest.mark.parametrize("body", ["", "{", "[]", '{"csp-report": 1}', "x" * 100_000, report()])
def test_j5_what_is_no_report_is_taken_and_told_once(
    client: Client, caplog: pytest.LogCaptureFixture, body: str
) -> None:
    with caplog.at_level(logging.ERROR):
        for _turn in range(3):
            assert client.post("/policy/", body, content_type="application/json").status_code == 204
    assert caplog.messages == ["a page broke its policy: unreadable"]


def test_j5_pages_ask_for_reports(client: Client) -> None:
    assert "report-uri /policy/" in client.get("/accounts/login/")["Content-Security-Policy"]
