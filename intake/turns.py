"""Whose turn it is: senders one after the other, each with a few arrivals, whoever shouts loudest.

A sender's lane is held by an advisory lock of PostgreSQL's, which ends with the process that holds
it, whatever way that ends.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection

from intake.models import InboundEvent

MOST: Final = 50  # arrivals in one turn
MOST_OF_ONE: Final = 8  # arrivals of one sender in one turn

_TABLE: Final = InboundEvent._meta.db_table
_DUE: Final = "state = 'waiting' AND (leased_until IS NULL OR leased_until <= clock_timestamp())"

# Walks the index from sender to sender instead of reading all that a flood has left waiting.
_LANES: Final = f"""
WITH RECURSIVE turn (lane, place) AS (
    (SELECT lane, 1 FROM {_TABLE}
      WHERE {_DUE} AND lane > %(after)s AND lane <= %(until)s ORDER BY lane LIMIT 1)
    UNION ALL
    SELECT (SELECT e.lane FROM {_TABLE} e
             WHERE {_DUE} AND e.lane > turn.lane AND e.lane <= %(until)s ORDER BY e.lane LIMIT 1),
           turn.place + 1
      FROM turn WHERE turn.lane IS NOT NULL AND turn.place < %(most)s
)
SELECT event.id, turn.lane, event.attempts
  FROM turn, LATERAL (
    SELECT id, attempts, received_at FROM {_TABLE} e
     WHERE {_DUE} AND e.lane = turn.lane ORDER BY received_at, id LIMIT %(each)s) AS event
 ORDER BY turn.place, event.received_at, event.id
"""  # noqa: S608 (the name of our own table)

_LANELESS: Final = f"""
SELECT id, '', attempts FROM {_TABLE} WHERE {_DUE} AND lane = '' ORDER BY received_at LIMIT %(most)s
"""  # noqa: S608
_FIRST, _LAST = "", "~"  # before and after every lane: they are hexadecimal


@dataclass(frozen=True)
class Waiting:
    """One arrival that waits, by its key."""

    key: UUID
    lane: str
    attempts: int

    @property
    def lock(self) -> str:
        """What is held while it is processed: its sender's lane, or itself when it has none."""
        return self.lane or str(self.key)


class Round:
    """Goes round the senders, from wherever the last turn ended."""

    def __init__(self) -> None:
        self._after = secrets.token_hex(4)  # two workers seldom meet

    def next(self) -> list[Waiting]:
        """Whose turn is next, at most MOST arrivals; what failed before comes by itself."""
        rows = self._lanes(self._after, _LAST)
        if len({row.lane for row in rows}) < MOST:
            rows += self._lanes(_FIRST, self._after)
        chosen = _shared_out(rows)
        if chosen:
            self._after = chosen[-1].lane
        room = MOST - len(chosen)
        return chosen + _asked(_LANELESS, most=max(room, MOST_OF_ONE))

    def _lanes(self, after: str, until: str) -> list[Waiting]:
        return _asked(_LANES, after=after, until=until, most=MOST, each=MOST_OF_ONE)


def _shared_out(rows: list[Waiting]) -> list[Waiting]:
    """As many as fit: the first of each sender, then the second of each, in the senders' order."""
    lanes: dict[str, list[Waiting]] = {}
    for row in rows:
        mine = lanes.setdefault(row.lane, [])
        if not (mine and mine[0].attempts):  # nothing overtakes one that is tried again
            mine.append(row)
    each = max(1, min(MOST_OF_ONE, MOST // max(1, len(lanes))))
    return [row for mine in list(lanes.values())[:MOST] for row in mine[:each]]


def _asked(query: str, **values: str | int) -> list[Waiting]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [Waiting(*row) for row in cursor.fetchall()]


@contextmanager
def held(names: set[str], *, wait: bool = False) -> Iterator[set[str]]:
    """Alone on these lanes, or on those of them that nobody else is on unless `wait`."""
    verb = "pg_advisory_lock" if wait else "pg_try_advisory_lock"
    ours = _locks(f"SELECT name, {verb}(hashtextextended(name, 0))::text", sorted(names))
    try:
        yield ours
    finally:
        _locks("SELECT name, pg_advisory_unlock(hashtextextended(name, 0))::text", sorted(ours))


def _locks(query: str, names: list[str]) -> set[str]:
    """The names for which PostgreSQL did not say no."""
    if not names:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(f"{query} FROM unnest(%s::text[]) AS name", [names])
        return {name for name, said in cursor.fetchall() if said != "false"}
