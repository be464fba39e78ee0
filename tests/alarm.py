"""The alarm of tests in one process: no young person's words in logs, tasks, cache keys, addresses.

Put the fixture to work in a folder's conftest:

    from tests.alarm import Alarm, leak_alarm  # noqa: F401

    @pytest.fixture(autouse=True)
    def _listen(leak_alarm: Alarm) -> None: ...

and let every message of its tests carry `alarm.MARK`. A test in which the mark comes up anywhere it
must not fails at its end. The bell is unplugged meanwhile: `leak_alarm.rung` tells what it would
have sent. (`tests.leaks` looks through the files and processes of a whole running desk.)
"""

import logging
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from celery import Celery
from django.core.cache.backends.base import BaseCache
from django.core.handlers.base import BaseHandler
from django.http import HttpRequest

from helpline.logs import ConstantFormatter

MARK = "kestrel-91-quietly"
"""Stands in every message of a test that uses the alarm."""


class Alarm(logging.Handler):
    """Hears everything that is logged, rung, cached and addressed; knows where the mark was."""

    def __init__(self) -> None:
        super().__init__(level=logging.NOTSET)
        self.leaks: list[str] = []
        self.rung: list[tuple[str, set[str]]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Look at a record as any formatter could: message, arguments, extras, frames."""
        facts = {name: fact for name, fact in vars(record).items() if not name.startswith("exc_")}
        said = [record.getMessage(), repr(facts)]
        if record.exc_info:
            said.append(str(ConstantFormatter().formatException(record.exc_info)))
        self.look(f"log of {record.name}", *said)

    def look(self, where: str, *things: object) -> None:
        """Note a leak if the mark is in any of these."""
        if any(MARK in str(thing) for thing in things):
            self.leaks.append(where)


@pytest.fixture
def leak_alarm(monkeypatch: pytest.MonkeyPatch) -> Iterator[Alarm]:
    """Listens for the whole test, and fails it if the mark came up."""
    alarm = Alarm()
    loggers = [logging.getLogger(name) for name in ("", "django", "uvicorn", "celery")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(alarm)
        logger.setLevel(logging.DEBUG)
    logging.getLogger("httpcore").setLevel(logging.INFO)
    _watch_bell(monkeypatch, alarm)
    _watch_addresses(monkeypatch, alarm)
    yield alarm
    for logger, level in zip(loggers, before, strict=True):
        logger.removeHandler(alarm)
        logger.setLevel(level)
    assert alarm.leaks == [], "a young person's words came up where they must not"


def _watch_bell(monkeypatch: pytest.MonkeyPatch, alarm: Alarm) -> None:
    def sent(_app: Celery, name: str, *, args: list[str], **options: Any) -> None:
        alarm.look("task", name, args, options)
        alarm.rung.append((name, set(args)))

    monkeypatch.setattr(Celery, "send_task", sent)


def _watch_addresses(monkeypatch: pytest.MonkeyPatch, alarm: Alarm) -> None:
    make_key, answer = BaseCache.make_key, BaseHandler.get_response
    send = httpx.Client.send

    def keyed(cache: BaseCache, key: Any, version: int | None = None) -> str:
        alarm.look("cache key", key)
        return make_key(cache, key, version)

    def answered(handler: BaseHandler, request: HttpRequest) -> Any:
        alarm.look("address", request.get_full_path())
        return answer(handler, request)

    def fetched(client: httpx.Client, request: httpx.Request, **options: Any) -> httpx.Response:
        alarm.look("address", request.url, request.headers)
        return send(client, request, **options)

    monkeypatch.setattr(BaseCache, "make_key", keyed)
    monkeypatch.setattr(BaseHandler, "get_response", answered)
    monkeypatch.setattr(httpx.Client, "send", fetched)
