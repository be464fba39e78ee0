"""Alerts of the record: more cases in an hour than work needs, cases opened outside a shift."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, F, Max, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import Shift, User
from insight.models import Alert, AlertSeen
from privacy import audit
from privacy.access import NotAllowed, teams_of
from privacy.clock import database_now
from privacy.models import AuditEvent, Glass

HOUR: Final = timedelta(hours=1)
# How far back opened cases are looked at: further than from one watch to the next, so that none
# that missed a turn leaves a gap.
LATELY: Final = timedelta(minutes=15)
SHOWN_FOR: Final = timedelta(days=30)
# The standing capacities that are told: who oversees a team, and who audits it.
TOLD: Final = ("supervise", "audit")


@dataclass(frozen=True)
class Notice:
    """An alert as somebody who is told reads it."""

    alert: Alert
    who: str
    own: bool  # about themselves: somebody else looks at it


def watch() -> int:
    """Look through the latest of the record and raise what is due; how many alerts are new."""
    now = database_now()
    return sum(_raise(*one) for one in (*_many(now), *_off_shift(now)))


def note_glass(opened: Glass) -> None:
    """A case was opened to somebody whose it is not: told at once, in the same transaction."""
    Alert(
        kind=opened.kind,
        person_id=opened.user_id,
        period=opened.opened_at,
        folder=opened.folder_id,
    ).save(force_insert=True)


def waiting(user: User) -> list[Notice]:
    """The alerts about colleagues of one's teams that one has not looked at yet; newest first."""
    rows = _told(user).select_related("person").order_by("-at")
    return [Notice(one, one.person.name, one.person_id == user.pk) for one in rows]


@transaction.atomic
def look_at(alert: Alert, *, by: User) -> None:
    """Say that one has looked into an alert. Who it is about cannot put it away."""
    if not _told(by).filter(pk=alert.pk).exists() or alert.person_id == by.pk:
        raise NotAllowed("alert")
    AlertSeen.objects.get_or_create(alert=alert, by=by)
    audit.record("alert_seen", subject="alert", subject_id=alert.pk, reason=alert.kind)


def _told(user: User) -> QuerySet[Alert]:
    """What this person should look at and has not."""
    teams = {team for capacity in TOLD for team in teams_of(user, capacity)}
    seen = AlertSeen.objects.filter(alert=OuterRef("pk"), by=user)
    rows = Alert.objects.filter(at__gt=database_now() - SHOWN_FOR).exclude(Exists(seen))
    return rows.filter(person__duties__team__in=teams).distinct()


def _looks(since: datetime) -> QuerySet[AuditEvent]:
    return AuditEvent.objects.filter(
        at__gt=since, actor_kind="person", verb__in=audit.LOOKING, folder__isnull=False
    )


def _many(now: datetime) -> Iterable[tuple[str, UUID, datetime, int]]:
    """Who opened more cases in the last hour than anybody's work needs."""
    most = settings.ALERT_CASES_AN_HOUR
    rows = _looks(now - HOUR).order_by().values("actor").annotate(n=Count("folder", distinct=True))
    began = datetime.fromtimestamp(now.timestamp() // 3600 * 3600, UTC)
    for row in rows.filter(n__gt=most) if most else ():
        yield Alert.Kind.MANY_CASES, UUID(row["actor"]), began, row["n"]


def _off_shift(now: datetime) -> Iterable[tuple[str, UUID, datetime, int]]:
    """Who opened a case lately while none of their shifts ran; one alert for each day."""
    if settings.ALERT_OFF_SHIFT_MINUTES < 0:
        return
    allowed = timedelta(minutes=settings.ALERT_OFF_SHIFT_MINUTES)
    rows = _looks(now - LATELY).order_by().values("actor")
    for row in rows.annotate(last=Max("at"), n=Count("folder", distinct=True)):
        shifts = Shift.objects.filter(
            user=UUID(row["actor"]),
            starts_at__lte=row["last"] + allowed,
            ends_at__gt=row["last"] - allowed,
        )
        if not shifts.exists():
            day = timezone.localtime(row["last"]).replace(hour=0, minute=0, second=0, microsecond=0)
            yield Alert.Kind.OFF_SHIFT, UUID(row["actor"]), day, row["n"]


def _raise(kind: str, person: UUID, period: datetime, cases: int) -> bool:
    """Raise it once a period; a count that grew is written over the one before."""
    made, new = Alert.objects.get_or_create(
        kind=kind, person_id=person, period=period, folder=None, defaults={"cases": cases}
    )
    Alert.objects.filter(pk=made.pk, cases__lt=cases).update(cases=cases, at=F("at"))
    return new
