"""How a due moment follows from a rule and a start. Pure arithmetic: no database, no clock."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from reference.models import ClockRule
from reference.vocabulary import Reckoning

# Says when so much working time has passed since a moment; both moments are aware.
WorkingTime = Callable[[datetime, timedelta], datetime]

_FRIDAY: Final = 4
_LOOK_AHEAD_DAYS: Final = 400


@dataclass(frozen=True)
class Opening:
    """A stretch of a weekday (0 is Monday) in which the desk is open, on its zone's clocks."""

    weekday: int
    opens: time
    closes: time
    zone: str

    def on(self, day: datetime) -> tuple[datetime, datetime]:
        """Its two ends on the day of an aware moment in its zone."""
        zone = ZoneInfo(self.zone)
        return (
            datetime.combine(day.date(), self.opens, zone),
            datetime.combine(day.date(), self.closes, zone),
        )


def reckon(
    rule: ClockRule, start: datetime, *, told: datetime | None, working: WorkingTime
) -> datetime:
    """The moment by which a rule started at `start` wants its act. Never before the start.

    Raises ValueError when the rule runs to a moment that was told and none is given.
    """
    if rule.reckoning == Reckoning.AS_TOLD:
        if told is None:
            raise ValueError(f"{rule.code} runs to the moment that was told or promised")
        return max(told, start)
    span = rule.duration or rule.house_duration or timedelta()
    if rule.reckoning == Reckoning.WORKING_TIME:
        return working(start, span)
    if rule.reckoning == Reckoning.WORKING_DAY:
        return add_working_days(start, span.days, rule.zone)
    return start + span


def add_working_days(start: datetime, days: int, zone: str) -> datetime:
    """The same time of day after so many days from Monday to Friday in a zone."""
    moment = start.astimezone(ZoneInfo(zone))
    while days > 0:
        moment += timedelta(days=1)
        if moment.weekday() <= _FRIDAY:
            days -= 1
    return moment


def add_open_time(week: Sequence[Opening], start: datetime, span: timedelta) -> datetime:
    """The moment at which the desk has been open for `span` since `start`.

    A desk without any opening hours counts as always open.
    """
    if not week:
        return start + span
    for begin, end in _stretches(week, start):
        if begin + span <= end:
            return begin + span
        span -= end - begin
    raise ValueError("the desk is not open often enough to reckon by its hours")


def _stretches(week: Sequence[Opening], start: datetime) -> list[tuple[datetime, datetime]]:
    """The open stretches from `start` on, in order, for a little over a year."""
    found = []
    for opening in week:
        local = start.astimezone(ZoneInfo(opening.zone))
        first = (opening.weekday - local.weekday()) % 7
        for offset in range(first, _LOOK_AHEAD_DAYS, 7):
            begin, end = opening.on(local + timedelta(days=offset))
            if end > start:
                found.append((max(begin, start), end))
    return sorted(found)
