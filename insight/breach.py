"""The breach pack: which cases, people and fields were within reach of somebody, and when.

For the notice that the law wants within 72 hours. Keys, codes and times only: the pack itself can
be lost without a second breach, and whoever may open a case finds it by its code.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from django.db.models import Count, Max, Min, Q

from cases.models import Case, CaseConversation
from intake.models import Conversation
from privacy import audit
from privacy.access import acting
from privacy.fields import SealedField
from privacy.keys import DataKey
from privacy.models import AuditEvent
from privacy.wall import case_models

COLUMNS: Final = (
    *("case", "case_key", "folder", "people", "classes", "fields", "by", "first", "last", "times"),
)


@dataclass(frozen=True)
class Asked:
    """Whose reach is asked about, and from when to when (UTC); nobody named: everybody's.

    With `keys` it is not who opened what, but everything that keys which existed then could open.
    """

    since: datetime
    until: datetime
    actor: str = ""
    keys: bool = False
    version: int | None = None  # of the master key; none: every version


class Reach(NamedTuple):
    """That something of one folder was within reach of somebody, or of a key."""

    folder: UUID
    by: str
    classes: list[str]
    first: datetime
    last: datetime
    times: int = 1


@dataclass
class Affected:
    """One folder that was within reach: a case, or a conversation that belongs to none."""

    folder: UUID
    by: set[str] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)
    first: datetime | None = None
    last: datetime | None = None
    times: int = 0
    code: str = ""
    case: UUID | None = None
    people: set[UUID] = field(default_factory=set)

    def add(self, reach: Reach) -> None:
        """Take one more thing that was within reach."""
        self.by.add(reach.by)
        self.classes |= {one for one in reach.classes if one}
        self.first = min(reach.first, self.first or reach.first)
        self.last = max(reach.last, self.last or reach.last)
        self.times += reach.times


def pack(asked: Asked) -> list[Affected]:
    """Everything affected, the first reached first. That it was asked for is on record."""
    with acting(part="counting"):
        reason = "keys" if asked.keys else "actor" if asked.actor else "window"
        audit.record("export", subject="breach_pack", reason=reason)
        found: dict[UUID, Affected] = {}
        for reach in _of_keys(asked) if asked.keys else _of_events(asked):
            found.setdefault(reach.folder, Affected(reach.folder)).add(reach)
        _name(found)
    return sorted(found.values(), key=lambda one: (str(one.first), one.code))


def as_csv(affected: Iterable[Affected]) -> str:
    """The pack as a file: one line for each case or conversation."""
    out, known = io.StringIO(), fields_of_classes()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for one in affected:
        fields = sorted(name for klass in one.classes for name in known.get(klass, ()))
        writer.writerow(
            [
                one.code,
                one.case or "",
                one.folder,
                *(" ".join(sorted(map(str, some))) for some in (one.people, one.classes, fields)),
                " ".join(sorted(one.by)),
                *(at.isoformat() if at else "" for at in (one.first, one.last)),
                one.times,
            ]
        )
    return out.getvalue()


def fields_of_classes() -> dict[str, list[str]]:
    """What each protected class is made of: model and field, as they are kept."""
    found: dict[str, list[str]] = {}
    for model in case_models():
        for one in model._meta.fields:
            if isinstance(one, SealedField):
                found.setdefault(one.data_class, []).append(f"{model._meta.label}.{one.name}")
    return found


def _of_events(asked: Asked) -> Iterator[Reach]:
    rows = AuditEvent.objects.filter(
        Q(verb__in=audit.LOOKING) | ~Q(classes=""),
        at__gte=asked.since,
        at__lt=asked.until,
        folder__isnull=False,
    ).exclude(verb__in=("refused", "forgotten", "destroyed"))
    rows = rows.filter(actor=asked.actor) if asked.actor else rows.exclude(actor_kind="part")
    told = (
        rows.order_by()
        .values_list("folder", "actor_kind", "actor", "classes")
        .annotate(first=Min("at"), last=Max("at"), times=Count("pk"))
    )
    for folder, kind, actor, classes, first, last, times in told:
        if folder is not None:
            yield Reach(folder, f"{kind}:{actor}", classes.split(","), first, last, times)


def _of_keys(asked: Asked) -> Iterator[Reach]:
    """Whoever had the master key could open what had a key then; when, nobody knows.

    What two custodians hold the halves of, the master key alone does not open.
    """
    rows = DataKey.objects.filter(created_at__lt=asked.until, custody__isnull=True).filter(
        Q(destroyed_at__isnull=True) | Q(destroyed_at__gt=asked.since)
    )
    if asked.version is not None:
        rows = rows.filter(version=asked.version)
    for key in rows.order_by("created_at"):
        began = max(key.created_at, asked.since)
        ended = min(key.destroyed_at or asked.until, asked.until)
        yield Reach(key.folder, "key", [key.data_class], began, ended)


def _name(found: dict[UUID, Affected]) -> None:
    """Codes of cases, and who wrote: a conversation is one reporter on one channel, by its key.

    A name or a number would be another breach; with these keys the desk finds whom to tell.
    """
    for folder, code, key in Case.objects.filter(folder__in=found).values_list(
        "folder", "code", "pk"
    ):
        found[folder].code, found[folder].case = code, key
    talks = CaseConversation.objects.filter(case__folder__in=found)
    for folder, conversation in talks.values_list("case__folder", "conversation"):
        found[folder].people.add(conversation)
    for folder, key in Conversation.objects.filter(folder__in=found).values_list("folder", "pk"):
        found[folder].people.add(key)
