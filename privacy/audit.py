"""The record of who read and changed what: codes and keys, never a word of anybody's story."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from privacy.actor import current_actor
from privacy.clock import database_now
from privacy.models import AuditEvent, AuditLink

START: Final = "0" * 64
_BATCH: Final = 2000
_LOCK: Final = 0x616D61616E  # "amaan": one writer of the chain at a time


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

    Every argument is a code or a key; words, names, numbers and addresses have no place here.
    """
    actor = current_actor().answerable
    actor.refused = actor.refused or verb == "refused"
    AuditEvent(
        at=database_now(),
        actor_kind=actor.kind,
        actor=actor.name,
        verb=verb,
        folder=folder,
        subject=subject,
        subject_id=subject_id,
        classes=",".join(sorted(classes)),
        reason=reason,
    ).save(force_insert=True)


@transaction.atomic
def chain(limit: int = 5000) -> int:
    """Give every event that has none its place in the chain; returns how many.

    Run by the sweep. An advisory lock keeps one writer at a time; a killed one leaves nothing half
    done, because links are committed together.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    last = AuditLink.objects.order_by("-seq").first()
    seq, digest = (last.seq, last.digest) if last else (0, START)
    linked = AuditLink.objects.values("event_id")
    links = []
    for event in AuditEvent.objects.exclude(pk__in=linked).order_by("at", "pk")[:limit]:
        seq, digest = seq + 1, _digest(digest, event)
        links.append(AuditLink(seq=seq, event=event, digest=digest))
    AuditLink.objects.bulk_create(links)
    return len(links)


@dataclass(frozen=True)
class Verdict:
    """What `verify` found: how many links are sound, and the first that is not."""

    sound: int
    broken_at: int | None = None

    @property
    def whole(self) -> bool:
        return self.broken_at is None


def verify() -> Verdict:
    """Walk the chain and name the first link that does not hold (changed, removed, reordered)."""
    digest, expected = START, 0
    for links in _batched(AuditLink.objects.order_by("seq").iterator(_BATCH)):
        events = AuditEvent.objects.in_bulk([link.event_id for link in links])
        for link in links:
            expected += 1
            event = events.get(link.event_id)
            if link.seq != expected or event is None or _digest(digest, event) != link.digest:
                return Verdict(expected - 1, expected)
            digest = link.digest
    return Verdict(expected)


def _batched(links: Iterable[AuditLink]) -> Iterator[list[AuditLink]]:
    walk = iter(links)
    while batch := list(islice(walk, _BATCH)):
        yield batch


def _digest(before: str, event: AuditEvent) -> str:
    facts = [
        before,
        event.pk.hex,
        event.at.isoformat(),
        event.actor_kind,
        event.actor,
        event.verb,
        str(event.folder),
        event.subject,
        str(event.subject_id),
        event.classes,
        event.reason,
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()
