"""What runs by itself: in each round of the sweep, every so often, or once a night.

The sweep process does all of it, with PostgreSQL only. Everything here may run twice, or late,
without harm. However many sweeps there are, a period of a periodic thing is begun by one of them;
what was missed while none ran is made up once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from privacy.clock import database_now
from privacy.models import ScheduleRun

# Each lane is a thread of the sweep: its tasks are called one after the other every SWEEP_SECONDS.
# A provider that keeps us waiting holds up what is sent, and not what arrives.
LANES: Final = {
    "arrivals": (
        "intake.tasks.process_waiting",
        "cases.tasks.triage_waiting",
        "intake.tasks.page_on_call",
    ),
    "sending": ("intake.tasks.deliver_waiting",),
    "words": ("privacy.tasks.index_words",),
}
# What the process of the record does (AMAAN_PROCESS=audit), and nobody else may.
RECORD_LANES: Final = {"record": ("privacy.tasks.chain_audit", "privacy.tasks.anchor_audit")}
PERIODIC_LANE: Final = "periodic"


@dataclass(frozen=True)
class Periodic:
    """A task, and either how often or at what time of the night (in settings.TIME_ZONE)."""

    task: str
    every: timedelta | None = None
    at: time | None = None

    def period(self, now: datetime) -> datetime:
        """When the period that `now` lies in began (UTC).

        A night's time that the clocks skip is an hour later that night; one that comes twice is
        the first of the two.
        """
        if self.every is not None:
            return datetime.fromtimestamp(now.timestamp() // self._seconds * self._seconds, UTC)
        zone, day = (
            ZoneInfo(settings.TIME_ZONE),
            now.astimezone(ZoneInfo(settings.TIME_ZONE)).date(),
        )
        tonight = datetime.combine(day, self.at or time(), zone).astimezone(UTC)
        if tonight <= now:
            return tonight
        return datetime.combine(day - timedelta(days=1), self.at or time(), zone).astimezone(UTC)

    @property
    def _seconds(self) -> float:
        return self.every.total_seconds() if self.every else 0.0


PERIODIC: Final = (
    Periodic("takedowns.tasks.check_clocks", every=timedelta(minutes=1)),
    Periodic("insight.tasks.watch_record", every=timedelta(minutes=1)),
    Periodic("accounts.tasks.tell_owners", every=timedelta(minutes=1)),
    Periodic("accounts.tasks.clear_traces", every=timedelta(hours=1)),
    Periodic("intake.tasks.reconcile_arrivals", every=timedelta(minutes=5)),
    Periodic("intake.tasks.destroy_hidden", every=timedelta(minutes=10)),
    Periodic("privacy.tasks.finish_seals", every=timedelta(minutes=10)),
    Periodic("insight.tasks.publish_figures", at=time(2, 15)),
    Periodic("privacy.tasks.forget", at=time(2, 30)),
    Periodic("intake.tasks.forget_dead_letters", at=time(2, 45)),
)

# Periods are written so that a later one sorts after an earlier one: a clock that is set back
# begins none a second time. What was begun and never ended is begun again.
_BEGIN: Final = f"""
INSERT INTO {ScheduleRun._meta.db_table} AS known (name, period, began_at)
VALUES (%s, %s, clock_timestamp())
ON CONFLICT (name) DO UPDATE
    SET period = EXCLUDED.period, began_at = EXCLUDED.began_at, ended_at = NULL
    WHERE known.period < EXCLUDED.period OR known.ended_at IS NULL
"""  # noqa: S608 (the name of our own table)


def run_if_due(one: Periodic, task: Callable[[], object]) -> bool:
    """Run a periodic task unless its present period was begun already; whether it ran.

    What the task raises passes through: the period then counts as not ended, and the next round
    tries again. Nobody else runs it meanwhile; PostgreSQL knows when this process dies.
    """
    with _alone(one.task) as alone:
        if not alone or not _begin(one):
            return False
        task()
        ScheduleRun.objects.filter(name=one.task).update(ended_at=database_now())
    return True


def _begin(one: Periodic) -> bool:
    period = one.period(database_now()).strftime("%Y-%m-%dT%H:%M:%SZ")
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, [one.task, period])
        return bool(cursor.rowcount == 1)


@contextmanager
def _alone(name: str) -> Iterator[bool]:
    """Whether no other process runs this now; it stays so until the end."""
    key = f"schedule:{name}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [key])
        (alone,) = cursor.fetchone()
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [key])
