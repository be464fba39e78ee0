"""`manage.py sweep`: carries on whatever waits in the database, whether or not the bell rings."""

import logging
import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Event
from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, InterfaceError, close_old_connections
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


class Command(BaseCommand):
    help = "Runs every stage's waiting work again and again, with PostgreSQL only."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--once` is for tests and for hand-made repairs."""
        parser.add_argument("--once", action="store_true", help="one round, then end")

    def handle(self, *_args: Any, once: bool = False, **_options: Any) -> None:
        """Sweep every SWEEP_SECONDS until TERM or INT; the round that runs is finished first."""
        tasks = [(name, import_string(name)) for name in schedule.SWEEP]
        if once:
            sweep(tasks)
            return
        stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            began = time.monotonic()
            sweep(tasks)
            _heartbeat()
            stop.wait(max(1.0, settings.SWEEP_SECONDS - (time.monotonic() - began)))


def sweep(tasks: Iterable[tuple[str, Callable[[], object]]]) -> None:
    """Give each task its turn; one that fails is logged by name and tried again next round."""
    for name, task in tasks:
        close_old_connections()
        try:
            task()
        except FAULTS as fault:
            logger.error("sweep failed: %s", name, exc_info=fault)
    close_old_connections()


def _heartbeat() -> None:
    """Show that rounds are being finished: the age of this file is the sweep's silence."""
    if settings.SWEEP_HEARTBEAT_FILE:
        try:
            Path(settings.SWEEP_HEARTBEAT_FILE).touch()
        except OSError:
            logger.error("sweep heartbeat cannot be written")
