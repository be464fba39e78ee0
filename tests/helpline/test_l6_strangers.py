"""Health, errors and refusals tell a stranger no version, no count, no key of anything."""

import re
import uuid
from typing import Final

import django
import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import Team, User
from privacy import audit
from tests import people

VERSIONS: Final = re.compile(
    rf"django|python|uvicorn|postgres|psycopg|allauth|\b{re.escape(django.__version__)}\b"
    r"|\bversion\b|traceback|line \d+|/\w+\.py\b",
    re.IGNORECASE,
)
KEY: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# What a page or a header may say by number: its size and its own layout; never how many of what.
HEADERS: Final = {
    "content-type",
    "content-length",
    "content-language",
    "vary",
    "cache-control",
    "referrer-policy",
    "x-content-type-options",
    "x-frame-options",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "content-security-policy",
    "permissions-policy",
    "strict-transport-security",
    "retry-after",
    "allow",
    "location",
    "reporting-endpoints",
    "expires",
    "clear-site-data",
}


@pytest.fixture
def stranger() -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture
def case_key(amina: User, team: Team) -> uuid.UUID:
    return people.case_of(amina, team=team).pk


def _tells(stranger: Client, path: str, method: str = "get", **more: str) -> str:
    """What an answer gives away, if anything."""
    answer = getattr(stranger, method)(path, **more)
    text = answer.content.decode()
    shown = re.sub(r'(nonce|value|content)="[^"]*"', "", text)
    found = [word for word in VERSIONS.findall(shown) if word not in ("django_language",)]
    found += KEY.findall(shown)
    found += sorted({name.lower() for name in answer.headers} - HEADERS)
    return f"{method} {path} {answer.status_code}: {found}" if found else ""


@pytest.mark.django_db
def test_l6_no_answer_to_a_stranger_tells_versions_counts_or_keys(
    stranger: Client, case_key: uuid.UUID
) -> None:
    paths = (
        *("/health/", "/nowhere/", "/metrics", "/metrics/", "/status/", "/server-status"),
        *("/.git/config", "/robots.txt", "/api/", "/api/cases/", "/api/schema/", "/admin/"),
        *(f"/cases/{case_key}/", f"/api/cases/{case_key}/", f"/cases/{uuid.uuid4()}/"),
        *("/accounts/login/", "/p/no-such-token/", "/hooks/whatsapp/", "/hooks/meta/"),
    )
    told = [_tells(stranger, path) for path in paths]
    told += [_tells(stranger, path, "post") for path in paths]
    assert [one for one in told if one] == []


@pytest.mark.django_db
def test_l6_an_error_of_ours_tells_nothing_of_where_it_was(
    stranger: Client, monkeypatch: pytest.MonkeyPatch, amina: User
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("SELECT 417 FROM cases_case")

    monkeypatch.setattr(audit, "record", broken)
    stranger.force_login(amina)
    answer = stranger.get("/team/")
    assert answer.status_code == 500
    text = answer.content.decode()
    assert "417" not in text
    assert VERSIONS.findall(text) == []


@pytest.mark.django_db
@pytest.mark.parametrize("refused", ["host", "token", "body"])
def test_l6_a_request_that_is_refused_is_told_no_reason_of_ours(
    stranger: Client, refused: str
) -> None:
    checking = Client(enforce_csrf_checks=True, raise_request_exception=False)
    answer = {
        "host": lambda: stranger.get("/", headers={"Host": "elsewhere.example"}),
        "token": lambda: checking.post("/accounts/login/", {"login": "x", "password": "y"}),
        "body": lambda: stranger.patch("/api/cases/1/", "{", content_type="application/json"),
    }[refused]()
    assert 400 <= answer.status_code < 500
    assert VERSIONS.findall(answer.content.decode()) == []


@pytest.mark.django_db
@pytest.mark.parametrize("shown", ["", "Bearer ", "Bearer wrong", "monitoring"])
def test_l6_health_tells_a_stranger_only_that_it_is_well(
    stranger: Client, settings: Settings, shown: str
) -> None:
    settings.HEALTH_TOKEN = "monitoring-token"
    answer = stranger.get("/health/", headers={"Authorization": shown})
    assert answer.content == b"ok\n"
    settings.HEALTH_TOKEN = ""  # none is configured: nobody brings the right one
    assert stranger.get("/health/", headers={"Authorization": shown}).content == b"ok\n"


@pytest.mark.django_db
def test_l6_monitoring_is_told_seconds_and_names_of_lanes_and_no_count(
    stranger: Client, settings: Settings, case_key: uuid.UUID
) -> None:
    settings.HEALTH_TOKEN = "monitoring-token"
    told = stranger.get("/health/", headers={"Authorization": "Bearer monitoring-token"}).json()
    assert set(told) == {"waiting_seconds", "late"}
    assert KEY.findall(str(told)) == []
