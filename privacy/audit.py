"""The record of who read and changed what: codes and keys, never a word of anybody's story."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import DatabaseError, models
from django.db.models import Count, Max, Min

from privacy.actor import Actor, Noted, current_actor
from privacy.clock import database_now
from privacy.fields import SealedField
from privacy.models import AuditEvent
from privacy.policy import CAPACITIES

READ: Final = "read"
VIEWED: Final = "viewed"
# What counts as looking at somebody's case: it was opened, something in it was read or printed.
LOOKING: Final = (VIEWED, READ, "reveal", "print")
_LONGEST: Final = 60  # letters of a reason


def record(
    verb: str,
    *,
    folder: UUID | None = None,
    subject: str = "",
    subject_id: UUID | None = None,
    classes: Iterable[str] = (),
    reason: str = "",
) -> None:
    """Write one event in the caller's transaction: without its row, the deed does not happen.

    Every argument is a code or a key; words, names, numbers and addresses have no place here, and
    the database takes none. Whoever swallows the DatabaseError of a row that could not be written
    gains nothing: the request's answer is an error all the same (`privacy.middleware`).
    """
    actor = current_actor().answerable
    actor.refused = actor.refused or verb == "refused"
    event = AuditEvent(
        at=database_now(),
        actor_kind=actor.kind,
        actor=actor.name,
        verb=verb,
        folder=folder,
        subject=subject,
        subject_id=subject_id,
        classes=",".join(sorted(classes)),
        reason=reason.lower(),  # the codes of rules and laws have capitals
    )
    try:
        event.save(force_insert=True)
    except DatabaseError:
        for one in _chain_of(current_actor()):
            one.unrecorded = True
        raise


def note_read(folder: UUID, klass: str) -> None:
    """Record, once in a request or task, that a class of a folder was read, and as what."""
    _once(READ, folder, klass)


def note_viewed(folder: UUID) -> None:
    """Record, once in a request, that somebody opened a case's page, whatever they see there."""
    _once(VIEWED, folder, "")


def note_opening(row: models.Model, field: SealedField) -> None:
    """Called by every sealed field before it is opened: nothing is decrypted off the record."""
    folder = getattr(row, "folder_id", None)
    if folder is not None:
        note_read(folder, field.data_class)


@dataclass(frozen=True)
class Look:
    """That somebody looked at a case: how often, from when to when, what and as what."""

    actor_kind: str
    actor: str  # a person's key, a part's name, a link's key
    verb: str
    classes: tuple[str, ...]
    reason: str  # the capacities they had, or the purpose of a reveal
    times: int
    first: datetime
    last: datetime


def looks(folder: UUID, *, since: datetime | None = None) -> list[Look]:
    """Who looked at what lies in a folder, when and why; the latest first. Keys and codes only.

    Whoever shows it says so on the record (verb `audit_read`).
    """
    rows = AuditEvent.objects.filter(folder=folder, verb__in=LOOKING)
    if since is not None:
        rows = rows.filter(at__gte=since)
    found = (
        rows.order_by()
        .values("actor_kind", "actor", "verb", "classes", "reason")
        .annotate(times=Count("pk"), first=Min("at"), last=Max("at"))
        .order_by("-last", "actor", "verb", "classes")
    )
    return [_look(row) for row in found]


def _look(row: Mapping[str, Any]) -> Look:
    classes = tuple(row["classes"].split(",")) if row["classes"] else ()
    return Look(**{**row, "classes": classes})


def _once(verb: str, folder: UUID, klass: str) -> None:
    actor = current_actor()
    noted = actor.noted.get((folder, f"{verb}:{klass}"))
    if noted is not None and noted.stands:
        return
    classes = [klass] if klass else []
    record(verb, folder=folder, classes=classes, reason=_as_what(actor, folder, klass))
    actor.noted[folder, f"{verb}:{klass}"] = Noted()


def _as_what(actor: Actor, folder: UUID, klass: str) -> str:
    """The capacities that let this actor read the class, as far as this request asked for them."""
    held: set[str] = set()
    for one in _chain_of(actor):
        for (_who, where), names in one.held.items():
            if where == folder:
                held |= names
    fitting = [name for name in sorted(held) if not klass or CAPACITIES[name].get(klass)]
    return "+".join(fitting)[:_LONGEST]


def _chain_of(actor: Actor) -> Iterable[Actor]:
    one: Actor | None = actor
    while one is not None:
        yield one
        one = one.behind
