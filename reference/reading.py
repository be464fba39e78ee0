"""Asking what is known: labels, maps, rules in force, numbers to call, time left."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from threading import Lock
from time import monotonic
from typing import Final, NamedTuple
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from privacy.clock import database_now
from reference.models import Clock, ClockRule, Code, CodeMap, DeskHours, EmergencyNumber
from reference.reckoning import Opening, add_open_time
from reference.vocabulary import Kind, Subject, Whose

# A changed label reaches every process within this time; the process that changed it, at once.
_FRESH_SECONDS: Final = 60.0

_lock = Lock()
_known: dict[str, tuple[float, dict[str, Code]]] = {}


class About(NamedTuple):
    """What a clock is about: the kind of row and its key."""

    kind: Subject
    id: UUID


# --- codes ---------------------------------------------------------------------------------------


def label(kind: Kind | str, code: str, language: str) -> str:
    """The label of a code, retired or not; the bare code when nobody seeded it."""
    found = _codes(kind).get(code)
    return found.label(language) if found else code


def labels(kind: Kind | str, language: str) -> list[tuple[str, str]]:
    """(code, label) of the codes to offer today, in their order; made for a form's choices."""
    today = timezone.now().date()  # no deadline hangs on it, and a page asks many times
    return [
        (code.code, code.label(language))
        for code in _codes(kind).values()
        if code.active and (code.retired_on is None or code.retired_on > today)
    ]


def is_code(kind: Kind | str, code: str) -> bool:
    """Whether the list has this code, retired or not."""
    return code in _codes(kind)


def forget_labels() -> None:
    """Read the codes anew at the next question; called by whatever changes them."""
    with _lock:
        _known.clear()


def targets(
    scheme: str, kind: Kind | str, code: str, *, whose: Whose = Whose.ANY, on: date | None = None
) -> list[str]:
    """What a code is called in another scheme on a day (default: today); may be nothing.

    `whose` says whether the person in the content is a child or an adult; with ANY only the maps
    that hold for both are used.
    """
    day = on or database_now().date()
    rows = CodeMap.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        scheme=scheme,
        code__kind=kind,
        code__code=code,
        applies_to__in={Whose.ANY, whose},
        valid_from__lte=day,
    )
    return sorted(set(rows.values_list("target", flat=True)))


def _codes(kind: Kind | str) -> dict[str, Code]:
    name = str(Kind(kind))
    with _lock:
        read_at, codes = _known.get(name, (0.0, {}))
        if not codes or monotonic() - read_at > _FRESH_SECONDS:
            codes = {row.code: row for row in Code.objects.filter(kind=name)}
            _known[name] = (monotonic(), codes)
    return codes


# --- rules and clocks ----------------------------------------------------------------------------


def rule_at(code: str, jurisdiction: str, when: datetime, *, risk: str = "") -> ClockRule | None:
    """The row of a rule in force at a moment (aware), by calendar days where the law applies.

    A rule with variants by risk is asked for with one. None: no such law that day. The row may be
    one that is shipped disabled; no clock starts on those.
    """
    rows = ClockRule.objects.filter(code=code, jurisdiction=jurisdiction, risk=risk)
    return next((row for row in rows if row.covers(when)), None)


def rules_for(
    jurisdiction: str, subject: Subject, *, harms: Iterable[str], when: datetime
) -> list[ClockRule]:
    """The enabled rules of a jurisdiction that speak of a subject with these harms at a moment."""
    rows = ClockRule.objects.filter(jurisdiction=jurisdiction, applies_to=subject, enabled=True)
    named = frozenset(harms)
    return [row for row in rows if row.covers(when) and row.concerns(named)]


def running_clock(code: str, subject: About) -> Clock | None:
    """The clock of a rule that runs on a subject now, if one does."""
    found: Clock | None = (
        Clock.objects.running()
        .select_related("rule")
        .filter(rule__code=code, subject=subject.kind, subject_id=subject.id)
        .first()
    )
    return found


def due_in(clock: Clock, *, now: datetime | None = None) -> timedelta | None:
    """The time left; negative when overdue; frozen while paused; None once stopped."""
    if clock.stopped_at is not None:
        return None
    return clock.due_at - (clock.paused_at or now or database_now())


def desk_time(start: datetime, span: timedelta) -> datetime:
    """When the desk will have been open for `span` since `start`, by its own hours.

    A span of nothing gives the moment at which the desk is next open.
    """
    week = [
        Opening(weekday, opens, closes, zone)
        for weekday, opens, closes, zone in DeskHours.objects.values_list(
            "weekday", "opens", "closes", "zone"
        )
    ]
    return add_open_time(week, start, span)


# --- numbers -------------------------------------------------------------------------------------


def emergency_numbers(country: str) -> list[EmergencyNumber]:
    """Whom to call in a country (ISO 3166, two letters), most urgent first; may be empty.

    Unverified numbers are included: `verified_on` is None, and the page says so.
    """
    return list(EmergencyNumber.objects.filter(country=country.upper()))
