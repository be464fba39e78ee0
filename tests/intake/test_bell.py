"""The bell may be lost: it never delays, never raises, and rings at most twenty times a second."""

import logging
import time
import uuid

import pytest
from celery import Celery
from kombu.exceptions import OperationalError

from intake import bell
from tests.alarm import Alarm


def wait_for(alarm: Alarm, count: int, seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while len(alarm.rung) < count and time.monotonic() < end:
        time.sleep(0.01)


def test_many_rings_are_gathered_into_few(leak_alarm: Alarm) -> None:
    ringer = bell.Ringer()
    keys = [uuid.uuid4() for _ in range(40)]
    for key in keys:
        ringer.add("intake.tasks.process", (key,))
    end = time.monotonic() + 5
    while time.monotonic() < end:
        if set().union(*(sent for _, sent in leak_alarm.rung)) == set(map(str, keys)):
            break
        time.sleep(0.01)
    assert set().union(*(sent for _, sent in leak_alarm.rung)) == set(map(str, keys))
    assert len(leak_alarm.rung) < 20


def test_a_broker_that_does_not_answer_is_left_alone_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tries: list[float] = []

    def refused(_name: str, _keys: set[str]) -> bool:
        tries.append(time.monotonic())
        return False

    monkeypatch.setattr(bell, "send", refused)
    monkeypatch.setattr(bell, "SILENCE", 0.6)
    logging.getLogger("helpline.bell").setLevel(logging.CRITICAL)
    ringer = bell.Ringer()
    end = time.monotonic() + 1.0
    while time.monotonic() < end:
        began = time.monotonic()
        ringer.add("intake.tasks.process", (uuid.uuid4(),))
        assert time.monotonic() - began < 0.1
        time.sleep(0.01)
    assert len(tries) <= 3
    assert ringer.unheard == len(tries)


def test_more_keys_than_a_ring_carries_mean_all_that_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[list[str]] = []
    monkeypatch.setattr(
        Celery,
        "send_task",
        lambda _app, _name, args, **_: sent.append(args),
    )
    bell.send("intake.tasks.process", {str(uuid.uuid4()) for _ in range(bell.MOST_KEYS + 1)})
    bell.send("intake.tasks.process", {bell.EVERYTHING, "a"})
    bell.send("intake.tasks.process", {"b", "a"})
    assert sent == [[], [], ["a", "b"]]


def test_an_error_of_the_broker_is_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OperationalError

    monkeypatch.setattr(Celery, "send_task", fails)
    assert bell.send("intake.tasks.process", {"a"}) is False
