"""One week of a team's plan as a page shows it: who is on when, and when the desk is open."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.models import Holiday, Role, Shift, Team, User


@dataclass(frozen=True)
class Day:
    """A day of the week on the team's clocks."""

    on: date
    holiday: str
    open: list[tuple[datetime, datetime]]
    """When somebody who answers is on shift; empty on a holiday."""

    on_call: list[User]
    """Who is on call at any time of that day, in the order they are called."""


@dataclass(frozen=True)
class Line:
    """A colleague, and their shifts by day, each on the day it begins."""

    user: User
    days: list[tuple[date, list[Shift]]]


@dataclass(frozen=True)
class Week:
    """What the plan says of one week."""

    team: Team
    monday: date
    days: list[Day]
    lines: list[Line] = field(default_factory=list)

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def before(self) -> date:
        return self.monday - timedelta(days=7)

    @property
    def after(self) -> date:
        return self.monday + timedelta(days=7)


def week_of(team: Team, day: date, *, people: Iterable[User]) -> Week:
    """The week in which a day lies; `people` are shown even when nothing is planned for them."""
    zone = team.zone
    monday = day - timedelta(days=day.weekday())
    dates = [monday + timedelta(days=number) for number in range(7)]
    begin, end = _midnight(dates[0], zone), _midnight(dates[-1] + timedelta(days=1), zone)
    shifts = list(
        Shift.objects.filter(team=team, starts_at__lt=end, ends_at__gt=begin)
        .select_related("user")
        .prefetch_related("user__duties")
        .order_by("starts_at", "turn")
    )
    closed = dict(Holiday.objects.filter(team=team, on__in=dates).values_list("on", "name"))
    known = {user.pk: user for user in (*people, *(shift.user for shift in shifts))}
    by_day: dict[tuple[object, date], list[Shift]] = defaultdict(list)
    for shift in shifts:
        by_day[shift.user_id, shift.starts_at.astimezone(zone).date()].append(shift)
    return Week(
        team,
        monday,
        [_day(on, closed.get(on, ""), shifts, zone) for on in dates],
        [
            Line(user, [(on, by_day[user.pk, on]) for on in dates])
            for user in sorted(known.values(), key=lambda user: user.name)
        ],
    )


def _day(on: date, holiday: str, shifts: list[Shift], zone: ZoneInfo) -> Day:
    begin, end = _midnight(on, zone), _midnight(on + timedelta(days=1), zone)
    here = [shift for shift in shifts if shift.starts_at < end and shift.ends_at > begin]
    answering = [
        (max(shift.starts_at, begin), min(shift.ends_at, end))
        for shift in here
        if not shift.on_call and _answers(shift)
    ]
    called = sorted((shift for shift in here if shift.on_call), key=lambda shift: shift.turn)
    people = list(dict.fromkeys(shift.user for shift in called))
    return Day(on, holiday, [] if holiday else _together(answering), people)


def _answers(shift: Shift) -> bool:
    """Whether reporters are answered on this shift: as `intake.hours` says."""
    duties = shift.user.duties.all()
    counsels = any(
        duty.team_id == shift.team_id and duty.role == Role.COUNSELLOR for duty in duties
    )
    return shift.user.is_active and counsels


def _together(hours: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Stretches that touch or overlap, as one."""
    joined: list[tuple[datetime, datetime]] = []
    for begin, end in sorted(hours):
        if joined and begin <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((begin, end))
    return joined


def _midnight(on: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(on, time(), zone).astimezone(UTC)
