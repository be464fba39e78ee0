"""`manage.py sweep`: carries on whatever waits in the database, whether or not the bell rings."""

import logging
import signal
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    close_old_connections,
    connections,
)
from django.utils.module_loading import import_string

from helpline import schedule
from privacy.access import NotAllowed
from privacy.crypto import CannotOpen, KeyUnavailable

logger = logging.getLogger("helpline.sweep")

# What one stage's fault may raise without keeping the other stages from their turn.
FAULTS = (
    ArithmeticError,
    AttributeError,
    CannotOpen,
    DatabaseError,
    InterfaceError,
    KeyUnavailable,
    LookupError,
    NotAllowed,
    ObjectDoesNotExist,
    OSError,
    RuntimeError,
    TypeError,
    ValidationError,
    ValueError,
)
SHORTEST: Final = 1.0  # seconds between two rounds, however long the first took

Task = tuple[str, Callable[[], object]]


class Command(BaseCommand):
    help = "Runs every stage's waiting work again and again, with PostgreSQL only."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--once` is for tests and for hand-made repairs."""
        parser.add_argument("--once", action="store_true", help="one round, then end")

    def handle(self, *_args: Any, once: bool = False, **_options: Any) -> None:
        """Sweep every SWEEP_SECONDS until TERM or INT; the rounds that run are finished first.

        While the database is away rounds come to nothing and the next one tries again. Raises
        CommandError when a lane ended for a reason nobody thought of: start it again then.
        """
        if once:
            for tasks in lanes().values():
                sweep(tasks)
            return
        stop, heart = Event(), Heart(set(lanes()))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        started = [Lane(name, tasks, stop, heart) for name, tasks in lanes().items()]
        for lane in started:
            lane.start()
        stop.wait()
        for lane in started:
            lane.join()
        if broken := [lane.name for lane in started if lane.broken]:
            raise CommandError(f"The sweep ended: {', '.join(broken)}")


class Lane(Thread):
    """One lane's rounds, in a thread and on database connections of its own."""

    def __init__(self, name: str, tasks: list[Task], stop: Event, heart: "Heart") -> None:
        super().__init__(name=name)
        self.tasks, self.stop, self.heart = tasks, stop, heart
        self.broken = True  # until it came to its end in order

    def run(self) -> None:
        """Rounds until told to stop; whatever ends them otherwise ends the other lanes too."""
        try:
            while not self.stop.is_set():
                began = time.monotonic()
                sweep(self.tasks)
                self.heart.beat(self.name)
                self.stop.wait(max(SHORTEST, _pause() - (time.monotonic() - began)))
            self.broken = False
        finally:
            self.stop.set()
            connections.close_all()


class Heart:
    """Shows that rounds are being finished: the age of its file is the slowest lane's silence."""

    def __init__(self, names: set[str]) -> None:
        self.names, self.heard, self.lock = names, set[str](), Lock()

    def beat(self, name: str) -> None:
        """A lane finished a round; once all of them have, the file is touched."""
        with self.lock:
            self.heard.add(name)
            if self.heard < self.names:
                return
            self.heard.clear()
        if settings.SWEEP_HEARTBEAT_FILE:
            try:
                Path(settings.SWEEP_HEARTBEAT_FILE).touch()
            except OSError:
                logger.error("sweep heartbeat cannot be written")


def _keeps_record() -> bool:
    """Whether this is the process that chains the record, under a database role of its own."""
    return settings.AMAAN_PROCESS == "audit"


def _pause() -> float:
    return float(settings.AUDIT_SECONDS if _keeps_record() else settings.SWEEP_SECONDS)


def lanes() -> dict[str, list[Task]]:
    """The tasks of each lane by name, periodic ones as what runs them when they are due."""
    mine = schedule.RECORD_LANES if _keeps_record() else schedule.LANES
    found = {lane: [(name, import_string(name)) for name in names] for lane, names in mine.items()}
    if _keeps_record():
        return found
    found[schedule.PERIODIC_LANE] = [
        (one.task, partial(schedule.run_if_due, one, import_string(one.task)))
        for one in schedule.PERIODIC
    ]
    return found


def sweep(tasks: Iterable[Task]) -> None:
    """Give each task its turn; one that fails is logged by name and tried again next round."""
    for name, task in tasks:
        close_old_connections()
        try:
            task()
        except FAULTS as fault:
            # A database that is away is away for all: one line each round says enough.
            away = isinstance(fault, (OperationalError, InterfaceError))
            logger.error("sweep failed: %s", name, exc_info=None if away else fault)
    close_old_connections()
