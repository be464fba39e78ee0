"""When the desk is open, who speaks a language then, and whom to call when it is closed."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Final

from django.db.models import QuerySet

from accounts.eligibility import tags_of
from accounts.models import Holiday, Role, Shift, Team, User

# Who answers reporters; others may be on shift while the desk is closed.
ANSWERS: Final = Role.COUNSELLOR
# Whose duty opens what danger brings; on the rota without it, a person could do nothing.
COMES: Final = (Role.ON_CALL, Role.SUPERVISOR)

_DAY: Final = timedelta(days=1)


def is_open(team: Team, at: datetime) -> bool:
    """Whether somebody who answers is on an ordinary shift, on a day that is no holiday there."""
    return _on(_answering(team), at) and not _is_holiday(team, at)


def next_opening(team: Team, at: datetime) -> datetime | None:
    """When the desk is next open (UTC): `at` itself if it is now, None while nothing is planned."""
    return _first_open(team, _answering(team), at)


def speakers(team: Team, language: str, at: datetime) -> bool:
    """Whether somebody on shift at an open desk counsels in this language (BCP 47)."""
    return _on(_speaking(team, language), at) and not _is_holiday(team, at)


def next_speaker(team: Team, language: str, at: datetime) -> datetime | None:
    """When somebody who counsels in this language is next on shift (UTC); who, is not told."""
    return _first_open(team, _speaking(team, language), at)


def on_call(team: Team, at: datetime) -> list[User]:
    """Whom to call for danger now, in the order of the rota; holidays change nothing."""
    rota = Shift.objects.filter(
        team=team,
        on_call=True,
        starts_at__lte=at,
        ends_at__gt=at,
        user__is_active=True,
        user__duties__team=team,
        user__duties__role__in=COMES,
    )
    rows = rota.select_related("user").order_by("turn", "starts_at", "user_id").distinct()
    return list(dict.fromkeys(shift.user for shift in rows))


def local(team: Team, at: datetime) -> datetime:
    """The same moment on the clocks of the team."""
    return at.astimezone(team.zone)


def _answering(team: Team) -> QuerySet[Shift]:
    """Ordinary shifts of people who answer reporters in this team."""
    return Shift.objects.filter(
        team=team,
        on_call=False,
        user__is_active=True,
        user__duties__team=team,
        user__duties__role=ANSWERS,
    )


def _speaking(team: Team, language: str) -> QuerySet[Shift]:
    return _answering(team).filter(user__languages__language__in=tags_of(language))


def _on(shifts: QuerySet[Shift], at: datetime) -> bool:
    return shifts.filter(starts_at__lte=at, ends_at__gt=at).exists()


def _is_holiday(team: Team, at: datetime) -> bool:
    return Holiday.objects.filter(team=team, on=local(team, at).date()).exists()


def _first_open(team: Team, shifts: QuerySet[Shift], at: datetime) -> datetime | None:
    """The first moment of these shifts from `at` on that lies on no holiday.

    Shifts come in the order they start, and skipping holidays keeps that order, so the first that
    has such a moment has the earliest.
    """
    closed = set(Holiday.objects.filter(team=team).values_list("on", flat=True))
    hours: Iterable[tuple[datetime, datetime]] = (
        shifts.filter(ends_at__gt=at).order_by("starts_at").values_list("starts_at", "ends_at")
    )
    for starts_at, ends_at in hours:
        moment = max(starts_at, at)
        while (day := local(team, moment).date()) in closed:
            midnight = datetime.combine(day + _DAY, time(), team.zone)
            moment = midnight.astimezone(moment.tzinfo)
        if moment < ends_at:
            return moment
    return None
