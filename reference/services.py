"""Running clocks and counting facts; what is known is asked through here too."""

import json
import re
import uuid
from datetime import date, datetime, timedelta
from typing import Final

from django.db import connection, transaction

from privacy import audit
from privacy.access import Person
from privacy.clock import database_now
from privacy.models import Folder
from reference.models import Clock, ClockRule
from reference.numbers import add_number, doubt_number, verify_number
from reference.reading import (
    About,
    desk_time,
    due_in,
    emergency_numbers,
    is_code,
    label,
    labels,
    rule_at,
    rules_for,
    running_clock,
    targets,
)
from reference.reckoning import WorkingTime, reckon
from reference.vocabulary import Evidence, Kind, PauseReason, Reckoning, Risk, Subject

__all__ = [
    "About",
    "UnknownRule",
    "add_number",
    "count_fact",
    "desk_time",
    "doubt_number",
    "due_in",
    "emergency_numbers",
    "label",
    "labels",
    "pause_clock",
    "recompute",
    "renew_clock",
    "resume_clock",
    "rule_at",
    "rules_for",
    "running_clock",
    "start_clock",
    "stop_clock",
    "targets",
    "verify_number",
]


class UnknownRule(LookupError):
    """No row of this code exists in any jurisdiction: a slip of the programmer, not of the law."""


_PAUSE_FIELDS: Final = ("paused_at", "pause_reason", "paused_total", "due_at")


# --- clocks --------------------------------------------------------------------------------------


@transaction.atomic
def start_clock(
    folder: Folder,
    code: str,
    *,
    subject: About,
    evidence: Evidence,
    at: datetime | None = None,
    risk: Risk | None = None,
    due: datetime | None = None,
    working: WorkingTime | None = None,
    by: Person | None,
) -> Clock | None:
    """Start a rule's clock on evidence, or return the one that already runs on the subject.

    `at` is when the triggering thing happened (default: now, by the database). `risk` picks a
    variant; `due` is the moment told or promised, for rules that run to one; `working` replaces the
    desk's own hours. None: no enabled rule of this code covers the moment, so nothing runs.
    Whether `by` may do this is the calling service's question; the wall refuses the row otherwise.
    Raises UnknownRule for a code nobody seeded; ValueError for a subject the rule is not about, a
    risk or a moment that the rule needs and was not given.
    """
    at = at or database_now()
    rule = _rule_for(code, at, risk or "")
    if rule is None or not rule.enabled:
        return None
    if rule.applies_to not in (subject.kind, Subject.ANY):
        raise ValueError(f"{code} is a clock on a {rule.applies_to}, not on a {subject.kind}")
    clock, started = Clock.objects.get_or_create(
        rule=rule,
        subject=subject.kind,
        subject_id=subject.id,
        stopped_at=None,
        defaults={
            "folder": folder,
            "risk": risk or "",
            "started_at": at,
            "start_evidence": Evidence(evidence),
            "due_at": reckon(rule, at, told=due, working=working or desk_time),
            "paused_total": timedelta(),
        },
    )
    if started:
        _note("clock_started", clock, rule.code)
    return clock


@transaction.atomic
def renew_clock(clock: Clock, *, evidence: Evidence, at: datetime, by: Person | None) -> None:
    """Begin a running clock anew from a later moment, as each inbound message does a window."""
    clock = _running(clock)
    if at <= clock.started_at:
        return
    clock.started_at, clock.start_evidence = at, Evidence(evidence)
    clock.paused_at, clock.pause_reason, clock.paused_total = None, "", timedelta()
    clock.due_at = _due(clock, clock.rule)
    clock.save(update_fields=["started_at", "start_evidence", *_PAUSE_FIELDS])
    _note("clock_renewed", clock, clock.rule.code)


@transaction.atomic
def pause_clock(clock: Clock, *, reason: PauseReason, by: Person | None) -> Clock:
    """Let a clock stand still for a reason; the time it had left is kept. Twice is once."""
    clock = _running(clock)
    if clock.paused_at is None:
        clock.paused_at, clock.pause_reason = database_now(), PauseReason(reason)
        clock.save(update_fields=["paused_at", "pause_reason"])
        _note("clock_paused", clock, reason)
    return clock


@transaction.atomic
def resume_clock(clock: Clock, *, by: Person | None) -> Clock:
    """Let a paused clock run on with the time it had left."""
    clock = _running(clock)
    if clock.paused_at is not None:
        _end_pause(clock, database_now())
        clock.save(update_fields=_PAUSE_FIELDS)
        _note("clock_resumed", clock, clock.rule.code)
    return clock


@transaction.atomic
def stop_clock(
    clock: Clock, *, evidence: Evidence, at: datetime | None = None, by: Person | None
) -> Clock:
    """End a clock on recorded evidence, at the moment of that evidence (default: now)."""
    clock = Clock.objects.select_for_update(of=("self",)).select_related("rule").get(pk=clock.pk)
    if clock.stopped_at is None:
        moment = max(at or database_now(), clock.started_at)
        if clock.paused_at is not None:
            _end_pause(clock, max(moment, clock.paused_at))
        clock.stopped_at, clock.stop_evidence = moment, Evidence(evidence)
        clock.save(update_fields=["stopped_at", "stop_evidence", *_PAUSE_FIELDS])
        _note("clock_stopped", clock, evidence)
    return clock


@transaction.atomic
def recompute(code: str, *, by: Person | None = None) -> int:
    """Reckon every running clock of a rule again after the rule changed; returns how many moved.

    Each clock follows the row in force when it started. Moments that were told stay as told. Must
    run inside `acting` of a part that may write operational data.
    """
    moved = 0
    clocks = Clock.objects.running().select_for_update(of=("self",)).select_related("rule")
    for clock in clocks.filter(rule__code=code):
        rule = rule_at(code, clock.rule.jurisdiction, clock.started_at, risk=clock.risk)
        if rule is None or rule.reckoning == Reckoning.AS_TOLD:
            continue
        due = _due(clock, rule)
        if (rule.pk, due) != (clock.rule_id, clock.due_at):
            clock.rule, clock.due_at = rule, due
            clock.save(update_fields=["rule", "due_at"])
            _note("clock_recomputed", clock, code)
            moved += 1
    return moved


def _rule_for(code: str, at: datetime, risk: str) -> ClockRule | None:
    variants = set(
        ClockRule.objects.filter(code=code).values_list("jurisdiction", "risk").distinct()
    )
    if not variants:
        raise UnknownRule(code)
    jurisdiction = min(variants)[0]
    wanted = risk if (jurisdiction, risk) in variants else ""
    if (jurisdiction, wanted) not in variants:
        raise ValueError(f"{code} differs by risk: say which")
    return rule_at(code, jurisdiction, at, risk=wanted)


def _running(clock: Clock) -> Clock:
    running: Clock = (
        Clock.objects.running()
        .select_for_update(of=("self",))
        .select_related("rule")
        .get(pk=clock.pk)
    )
    return running


def _due(clock: Clock, rule: ClockRule) -> datetime:
    due = reckon(rule, clock.started_at, told=clock.due_at, working=desk_time)
    return due + clock.paused_total


def _end_pause(clock: Clock, moment: datetime) -> None:
    stood = moment - (clock.paused_at or moment)
    clock.paused_total += stood
    clock.due_at += stood
    clock.paused_at, clock.pause_reason = None, ""


def _note(verb: str, clock: Clock, reason: str) -> None:
    audit.record(
        verb,
        folder=clock.folder_id,
        subject="clock",
        subject_id=clock.pk,
        reason=reason.lower(),  # the record takes small letters only; a rule's id has capitals
    )


# --- facts ---------------------------------------------------------------------------------------

# Dimensions whose values are codes of ours, and those that only have the shape of one.
_CODED: Final = {
    kind.value: kind
    for kind in (
        Kind.HARM,
        Kind.ORIGIN,
        Kind.MEDIUM,
        Kind.PLACE,
        Kind.OUTCOME,
        Kind.RELATION,
        Kind.AGE_BAND,
        Kind.GENDER,
        Kind.ADULT_KNOWS,
        Kind.KNOWS_PERSON,
        Kind.REFERRAL_KIND,
        Kind.REFERRAL_OUTCOME,
        Kind.DECLINE_REASON,
        Kind.CONTACT_TYPE,
    )
}
_SHAPED: Final = frozenset(
    {"channel", "language", "country", "region", "platform", "route", "risk", "rule", "result"}
)
_SHAPE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
_ADD: Final = """
INSERT INTO reference_dailyfact AS f (id, day, measure, dimensions, count)
VALUES (%s, %s, %s, %s::jsonb, %s)
ON CONFLICT (day, measure, dimensions) DO UPDATE SET count = f.count + EXCLUDED.count
"""


def count_fact(day: date, measure: str, amount: int = 1, /, **dimensions: str) -> None:
    """Add to how often something happened on a day; safe under any number of writers.

    Dimensions are codes (`harm=`, `age_band=`, `channel=`, `team=` by key, ...). Anything that may
    be a person's word, name, number or address is refused with ValueError, which never repeats it.
    """
    for name, value in dimensions.items():
        if not _is_fact(name, value):
            raise ValueError(f"not a code for the dimension {name}")
    if not _SHAPE.fullmatch(measure):
        raise ValueError("a measure is named by a code")
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [uuid.uuid4(), day, measure, json.dumps(dimensions), amount])


def _is_fact(name: str, value: str) -> bool:
    if name in _CODED:
        return is_code(_CODED[name], value)
    if name == "team":
        return _is_key(value)
    return name in _SHAPED and _SHAPE.fullmatch(value) is not None


def _is_key(value: str) -> bool:
    try:
        return str(uuid.UUID(value)) == value
    except ValueError:
        return False
