"""Planning the desk's hours: shifts of a week, who is on call, and the days it is closed.

All hours are told on the clocks of the team and kept in UTC, so that a shift from nine to five is
that in the week in which the clocks change, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Holiday, Role, Shift, Team, User
from privacy import audit
from privacy.access import NotAllowed
from privacy.clock import database_now
from privacy.services import NotPossible

# Whose duty opens what a call at night is about.
MAY_BE_CALLED: Final = (Role.ON_CALL, Role.SUPERVISOR)
LONGEST_LIST: Final = 200  # days pasted at once

_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True)
class Pasted:
    """What a pasted list of days came to: how many are new, known, and which lines are no day."""

    added: int
    known: int
    unread: tuple[int, ...]


def teams_of_planner(user: User) -> list[Team]:
    """The teams whose hours a person plans: an administrator all, a supervisor their own."""
    if user.duties.filter(role=Role.ADMINISTRATOR).exists():
        return list(Team.objects.order_by("name"))
    mine = user.duties.filter(role=Role.SUPERVISOR).values("team")
    return list(Team.objects.filter(pk__in=mine).order_by("name"))


def colleagues_of(team: Team) -> list[User]:
    """Who can be planned in a team: everybody active who has a duty there."""
    rows = User.objects.filter(is_active=True, duties__team=team)
    return list(rows.order_by("name", "pk").distinct())


@transaction.atomic
def add_shifts(
    user: User,
    *,
    team: Team,
    days: Sequence[date],
    start: time,
    end: time,
    on_call: bool = False,
    turn: int = 1,
    by: User | None,
) -> list[Shift]:
    """Plan the same hours (of the team's zone) on these days; an end before the start is next day.

    Raises NotPossible, and plans nothing, for what is over, overlaps, or is on call without a duty
    that could open anything.
    """
    _require_planner(team, by)
    if on_call and not user.duties.filter(team=team, role__in=MAY_BE_CALLED).exists():
        raise NotPossible(
            _("On call are people with the duty “on call” or “supervisor”: others could not act.")
        )
    return [
        _plan(user, team, *_hours(team, day, start, end), on_call=on_call, turn=turn)
        for day in days
    ]


@transaction.atomic
def remove_shift(shift: Shift, *, by: User | None) -> None:
    """Take a shift out of the plan; one that is over stays, because it happened."""
    _require_planner(shift.team, by)
    if shift.ends_at <= database_now():
        raise NotPossible(_("This shift is over. What happened stays in the plan."))
    shift.delete()
    audit.record("shift_removed", subject="user", subject_id=shift.user_id)


@transaction.atomic
def put_back(
    user: User,
    *,
    team: Team,
    starts_at: datetime,
    ends_at: datetime,
    on_call: bool,
    turn: int,
    by: User,
) -> Shift:
    """Plan a shift that was removed just now as it was (UTC). Raises NotPossible."""
    _require_planner(team, by)
    return _plan(user, team, starts_at, ends_at, on_call=on_call, turn=turn)


@transaction.atomic
def copy_week(team: Team, *, into: date, by: User | None) -> tuple[int, int]:
    """Plan a week (its Monday) like the one before, at the same hours of the team's clocks.

    Returns how many shifts were copied, and how many were not: over, overlapping, or of people who
    are no longer here.
    """
    _require_planner(team, by)
    zone = team.zone
    begin = datetime.combine(into - _WEEK, time(), zone).astimezone(UTC)
    end = datetime.combine(into, time(), zone).astimezone(UTC)
    before = Shift.objects.filter(team=team, starts_at__gte=begin, starts_at__lt=end)
    here = {person.pk for person in colleagues_of(team)}
    copied = left_out = 0
    for shift in before.select_related("user").order_by("starts_at"):
        starts_at, ends_at = (_a_week_on(at, zone) for at in (shift.starts_at, shift.ends_at))
        fits = shift.user_id in here and not _trouble(shift.user, starts_at, ends_at)
        if fits:
            _plan(shift.user, team, starts_at, ends_at, on_call=shift.on_call, turn=shift.turn)
        copied, left_out = copied + fits, left_out + (not fits)
    return copied, left_out


@transaction.atomic
def add_holiday(team: Team, *, on: date, name: str, by: User | None) -> Holiday:
    """Close the desk for a day of its own zone, whatever the shifts say. Raises NotPossible."""
    _require_planner(team, by)
    made, new = Holiday.objects.get_or_create(team=team, on=on, defaults={"name": name})
    if not new:
        raise NotPossible(_("This day is in the list already."))
    audit.record("holiday_added", subject="holiday", subject_id=made.pk)
    return made


@transaction.atomic
def remove_holiday(holiday: Holiday, *, by: User | None) -> None:
    """The desk is open on that day after all, if somebody is on shift."""
    _require_planner(holiday.team, by)
    audit.record("holiday_removed", subject="holiday", subject_id=holiday.pk)
    holiday.delete()


@transaction.atomic
def add_pasted_holidays(team: Team, *, text: str, by: User | None) -> Pasted:
    """Read lines such as "2026-12-25 Christmas Day" and close the desk on those days.

    Nothing is added when a line is no day: `unread` numbers those lines, from 1.
    """
    _require_planner(team, by)
    lines = [line.strip() for line in text.splitlines()]
    found = [(number, _day_of(line)) for number, line in enumerate(lines, start=1) if line]
    unread = tuple(number for number, day in found if day is None)
    if unread or len(found) > LONGEST_LIST:
        return Pasted(0, 0, unread or (LONGEST_LIST + 1,))
    added = 0
    for _number, day in found:
        if day is not None:
            on, name = day
            made, new = Holiday.objects.get_or_create(team=team, on=on, defaults={"name": name})
            added += new
            if new:
                audit.record("holiday_added", subject="holiday", subject_id=made.pk)
    return Pasted(added, len(found) - added, ())


def _require_planner(team: Team, by: User | None) -> None:
    if by is not None and team not in teams_of_planner(by):
        raise NotAllowed("plan")


def _hours(team: Team, day: date, start: time, end: time) -> tuple[datetime, datetime]:
    """A day's hours on the team's clocks, as moments (UTC)."""
    zone = team.zone
    last = day if end > start else day + timedelta(days=1)
    begins, ends = datetime.combine(day, start, zone), datetime.combine(last, end, zone)
    return begins.astimezone(UTC), ends.astimezone(UTC)


def _a_week_on(moment: datetime, zone: ZoneInfo) -> datetime:
    """The same time on the clocks of a place, seven days later."""
    there = moment.astimezone(zone)
    return datetime.combine(there.date() + _WEEK, there.time(), zone).astimezone(UTC)


def _plan(
    user: User, team: Team, starts_at: datetime, ends_at: datetime, *, on_call: bool, turn: int
) -> Shift:
    if trouble := _trouble(user, starts_at, ends_at):
        day = date_format(starts_at.astimezone(team.zone), "j M")
        raise NotPossible(f"{day}: {trouble}")
    made = Shift.objects.create(
        user=user, team=team, starts_at=starts_at, ends_at=ends_at, on_call=on_call, turn=turn
    )
    audit.record("shift_planned", subject="user", subject_id=user.pk)
    return made


def _trouble(user: User, starts_at: datetime, ends_at: datetime) -> str:
    """What stands against these hours, in words; "" when nothing does."""
    if ends_at <= starts_at:
        return _("The hours do not exist on that day: the clocks change.")
    if ends_at <= database_now():
        return _("These hours are over.")
    if Shift.objects.filter(user=user, starts_at__lt=ends_at, ends_at__gt=starts_at).exists():
        return _("They are planned at that time already.")
    return ""


def _day_of(line: str) -> tuple[date, str] | None:
    """A day (ISO 8601) and its name from one line; None when it begins with no day."""
    first, _space, name = line.replace("\t", " ").replace(",", " ").replace(";", " ").partition(" ")
    try:
        return date.fromisoformat(first), name.strip()[:80] or first
    except ValueError:
        return None
