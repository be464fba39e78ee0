"""The sweep gives every stage its turn, and the bell carries no words."""

import base64
import json
import uuid
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from celery import Task, current_app, shared_task
from django.conf import settings as django_settings
from django.db import DatabaseError
from django.utils.module_loading import import_string
from kombu.transport.virtual import QoS
from pytest_django import Settings
from redis import Redis

from helpline import schedule
from helpline.management.commands.sweep import Heart, Lane, sweep
from privacy.crypto import KeyUnavailable


@pytest.mark.django_db
@pytest.mark.parametrize("fault", [DatabaseError, KeyUnavailable, ValueError, KeyError, OSError])
def test_a_stage_that_fails_does_not_keep_the_next_from_its_turn(
    fault: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    turns = []

    def broken() -> None:
        raise fault("a young person's words")

    sweep([("cases.tasks.broken", broken), ("takedowns.tasks.next", lambda: turns.append(1))])
    assert turns == [1]
    assert [record.getMessage() for record in caplog.records] == [
        "sweep failed: cases.tasks.broken"
    ]


@pytest.mark.parametrize("name", [name for lane in schedule.LANES.values() for name in lane])
def test_everything_swept_is_a_task_that_needs_nothing_told(name: str) -> None:
    task = import_string(name)
    assert isinstance(task, Task)
    assert task.name == name


def test_the_heart_beats_only_when_every_lane_came_round(
    tmp_path: Path, settings: Settings
) -> None:
    settings.SWEEP_HEARTBEAT_FILE = str(tmp_path / "alive")
    heart = Heart({"arrivals", "sending"})
    for _ in range(3):
        heart.beat("arrivals")
    assert not (tmp_path / "alive").exists()
    heart.beat("sending")
    assert (tmp_path / "alive").exists()


def test_a_lane_that_ends_unforeseen_ends_the_others_and_says_so() -> None:
    def broken() -> None:
        raise SystemError

    stop = Event()
    lane = Lane("arrivals", [("cases.tasks.broken", broken)], stop, Heart({"arrivals"}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("threading.excepthook", lambda _: None)
        lane.start()
        lane.join(10)
    assert stop.is_set()
    assert lane.broken


@shared_task(name="tests.told")
def told(_word: str) -> None:
    """A task that needs something told, as ours never carry more than a key."""


@pytest.mark.parametrize("by_name", [True, False])
def test_l2_the_bell_writes_no_argument_where_logs_look(by_name: bool) -> None:
    queue = f"test-{uuid.uuid4()}"
    if by_name:
        current_app.send_task("privacy.tasks.chain_audit", args=["a word"], queue=queue)
    else:
        told.apply_async(args=("a word",), queue=queue)
    (raw,) = Redis.from_url(django_settings.CELERY_BROKER_URL).lrange(queue, 0, -1)
    Redis.from_url(django_settings.CELERY_BROKER_URL).delete(queue)
    message = json.loads(raw)
    assert "a word" in base64.b64decode(message.pop("body")).decode()
    assert "a word" not in json.dumps(message)


def test_bells_that_could_not_be_acknowledged_make_no_worker_deaf() -> None:
    """Kombu counts them for ever; the worker hears on only while no number of them is a limit."""
    with current_app.connection_for_read() as connection, connection.channel() as channel:
        limit = django_settings.CELERY_WORKER_PREFETCH_MULTIPLIER * 2  # as two children ask for it
        qos: Any = QoS(channel, prefetch_count=limit)  # type: ignore[arg-type]
        for tag in range(1000):
            qos.append(object(), tag)
        hears = qos.can_consume()
        qos._delivered.clear()  # so that none of them is put back at the end
    assert hears
