"""The bell: tells a worker that something waits. It may be lost without harm; the sweep remains.

A request never waits for it. Rings are gathered and sent by a thread of their own, at most twenty a
second, and for ten seconds not at all after the broker did not answer.
"""

import logging
import os
import time
from threading import Condition, Lock, Thread
from typing import Final
from uuid import UUID

from celery import current_app
from django.db import transaction
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

PAUSE: Final = 0.05  # seconds between two sendings: twenty a second
SILENCE: Final = 10.0  # seconds after a failure
MOST_KEYS: Final = 50  # more than this is rung without keys: "all that waits"
EVERYTHING: Final = ""  # stands among the keys for a ring without any
SCHEMA: Final = 1  # version of a task's arguments, sent in its header

logger = logging.getLogger("helpline.bell")


def ring(task_name: str, *keys: UUID) -> None:
    """After the commit, have a worker run a task with these keys. Best effort, never raises."""
    transaction.on_commit(lambda: _ringer().add(task_name, keys))


class Ringer:
    """Gathers rings and sends them from its own thread."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self.unheard = 0  # rings that did not reach the broker
        self._waiting: dict[str, set[str]] = {}
        self._some = Condition()
        self._thread = Thread(target=self._run, name="bell", daemon=True)
        self._thread.start()

    def add(self, task_name: str, keys: tuple[UUID, ...]) -> None:
        """Note a ring; returns at once."""
        with self._some:
            self._waiting.setdefault(task_name, set()).update(map(str, keys or (EVERYTHING,)))
            self._some.notify()

    def _run(self) -> None:
        while True:
            with self._some:
                while not self._waiting:
                    self._some.wait()
                waiting, self._waiting = self._waiting, {}
            heard = all([send(name, keys) for name, keys in waiting.items()])
            if not heard:
                self.unheard += 1
                logger.warning("the bell was not heard: %d", self.unheard)
            time.sleep(PAUSE if heard else SILENCE)


def send(task_name: str, keys: set[str]) -> bool:
    """Send one ring now; False when the broker did not take it."""
    try:
        current_app.send_task(
            task_name,
            args=[] if EVERYTHING in keys or len(keys) > MOST_KEYS else sorted(keys),
            headers={"schema": SCHEMA},
            retry=False,
            ignore_result=True,
            argsrepr="",
            kwargsrepr="",
        )
    except (KombuError, RedisError, OSError):
        return False
    return True


_one: list[Ringer] = []
_making = Lock()


def _ringer() -> Ringer:
    """This process's ringer; a forked child makes its own."""
    with _making:
        if not _one or _one[0].process != os.getpid():
            _one[:] = [Ringer()]
        return _one[0]
