"""Whatever goes wrong inside, no log says what somebody said: every fault, words in its way."""

import json
import logging
import subprocess
import sys
import uuid
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from celery import shared_task
from celery.app.trace import build_tracer
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts.models import Team, User
from helpline.celery import app
from helpline.logs import ConstantFormatter
from helpline.management.commands.sweep import sweep
from intake.models import Message
from privacy import audit
from privacy.access import acting
from privacy.crypto import CannotOpen
from privacy.fields import unseal
from tests import people
from tests.alarm import MARK
from tests.installation import ROOT


@pytest.fixture(autouse=True)
def log() -> Iterator[StringIO]:
    """All that the handlers of the settings would write, and whatever else is logged besides."""
    told = StringIO()
    handler = logging.StreamHandler(told)
    handler.setFormatter(ConstantFormatter())
    loggers = [logging.getLogger(name) for name in ("", "django", "uvicorn", "celery")]
    for logger in loggers:
        logger.addHandler(handler)
    yield told
    for logger in loggers:
        logger.removeHandler(handler)
    assert MARK not in told.getvalue()


def _sweep_over(fault: Exception) -> None:
    """The sweep meets this fault in its turn, and logs it."""

    def broken() -> None:
        raise fault

    sweep([("cases.tasks.triage_waiting", broken)])


def _enter(user: User) -> Client:
    browser = Client(raise_request_exception=False)
    browser.force_login(user)
    return browser


@pytest.mark.parametrize(
    "fault",
    [RuntimeError(MARK), ValidationError({"body": MARK}), DatabaseError(f"DETAIL: ({MARK})")],
    ids=["500", "validation", "database"],
)
def test_l2_a_page_that_breaks_over_words_logs_none(
    log: StringIO, amina: User, team: Team, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    case = people.case_of(amina, team=team, text=MARK)

    def broken(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr(audit, "record", broken)
    answer = _enter(amina).post(f"/cases/{case.pk}/change/note/", {"body": MARK})
    assert answer.status_code >= 500
    assert MARK not in answer.content.decode()
    assert type(fault).__qualname__ in log.getvalue()
    assert MARK not in log.getvalue()


def test_l2_a_row_that_the_database_refuses_is_not_quoted(log: StringIO, amina: User) -> None:
    refused = pytest.raises(DatabaseError, match=MARK)
    with refused as fault, transaction.atomic(), acting(user=amina):
        audit.record("test", reason=f"{MARK} said")
    _sweep_over(fault.value)
    assert "IntegrityError" in log.getvalue()
    assert MARK not in log.getvalue()


def test_l2_an_api_that_refuses_what_it_was_sent_logs_none(amina: User, team: Team) -> None:
    case = people.case_of(amina, team=team)
    browser = _enter(amina)
    for body in (json.dumps({"language": MARK * 9}), f"{{{MARK}", json.dumps({MARK: MARK})):
        answer = browser.patch(f"/api/cases/{case.pk}/", body, content_type="application/json")
        assert 400 <= answer.status_code < 500


def test_l2_words_that_do_not_open_are_not_quoted(log: StringIO, amina: User, team: Team) -> None:
    case = people.case_of(amina, team=team, text=MARK, summary=MARK)
    with acting(part="intake"), connection.cursor() as cursor:
        for table, column in (("cases_case", "summary"), ("intake_message", "body")):
            cursor.execute(
                f"UPDATE {table} SET {column} = set_byte({column}, 20, get_byte({column}, 20) # 1)"  # noqa: S608
            )

    with pytest.raises(CannotOpen) as fault, acting(part="triage"):
        unseal(Message.objects.get(conversation__filed_to=case.folder_id), "body")
    assert _enter(amina).get(f"/cases/{case.pk}/").status_code == 200
    _sweep_over(fault.value)
    assert CannotOpen.__qualname__ in log.getvalue()
    assert MARK not in log.getvalue()


@shared_task(name="tests.broken")
def broken(_word: str) -> None:
    """A task that was told a word, as ours never are, and breaks over it."""
    raise ValueError(_word)


def test_l2_a_task_that_breaks_names_neither_its_argument_nor_its_fault(log: StringIO) -> None:
    request: dict[str, Any] = {"argsrepr": repr((MARK,)), "kwargsrepr": "{}"}
    trace = build_tracer(broken.name, broken, app=app)
    trace(str(uuid.uuid4()), [MARK], {}, request)
    assert "ValueError" in log.getvalue()
    assert MARK not in log.getvalue()


CRASH = f"""
import django; django.setup()
from django.db import DatabaseError
{{how}}
def migrate():
    raise DatabaseError("Key (name)=({MARK}) already exists.")
{{run}}
"""
WAYS = {
    "a migration": ("", "migrate()"),
    "a thread": ("import threading", "t = threading.Thread(target=migrate); t.start(); t.join()"),
}


@pytest.mark.parametrize("where", WAYS)
def test_l2_what_ends_a_process_is_told_by_its_kind_and_place(where: str) -> None:
    how, run = WAYS[where]
    done = subprocess.run(
        [sys.executable, "-c", CRASH.format(how=how, run=run)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        text=True,
    )
    assert "DatabaseError" in done.stderr
    assert "migrate" in done.stderr
    assert MARK not in done.stderr + done.stdout
