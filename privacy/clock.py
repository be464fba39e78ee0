"""The one clock deadlines are reckoned by: the database's."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

_TICK: Final = timedelta(microseconds=1)


class _Anchor:
    """A moment the database told, and the monotonic time since: nothing jumps, nothing repeats."""

    def __init__(self, told: datetime) -> None:
        self.told, self.heard = told, time.monotonic()
        self.last = told - _TICK

    def now(self) -> datetime:
        """The present moment, later than any this anchor gave before."""
        now = self.told + timedelta(seconds=time.monotonic() - self.heard)
        self.last = max(now, self.last + _TICK)
        return self.last


# Set by `access.acting` for one transaction; outside it the database is asked each time.
_anchor: ContextVar[_Anchor | None] = ContextVar("clock", default=None)


def database_now() -> datetime:
    """The present moment (UTC) as the database knows it, even inside a long transaction.

    Inside `acting` the database is asked once, and monotonic time is added to its answer.
    """
    anchor = _anchor.get()
    if anchor is not None:
        return anchor.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    return now  # type: ignore[no-any-return]


@contextmanager
def anchored(told: datetime) -> Iterator[None]:
    """Reckon from a moment the database has just told, until the end of the block.

    Inside another such block the outer one's reckoning goes on, so that no moment comes again.
    """
    if _anchor.get() is not None:
        yield
        return
    token = _anchor.set(_Anchor(told))
    try:
        yield
    finally:
        _anchor.reset(token)
