"""The chain of the record: each link's hash covers an event and the hash before it.

Links are written by one process alone, under a database role of its own (`manage.py sweep` with
AMAAN_PROCESS=audit): whoever can write events cannot write links, and the other way round.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privacy.models import AuditEvent, AuditLink

START: Final = "0" * 64
# How far behind the newest chained event one is looked for each time. No page, task or statement
# may take that long (settings); whatever did is found when everything is looked through.
BEHIND: Final = timedelta(minutes=2)
# An event that was dated so long before an anchor that does not count it was written in later.
LATE: Final = timedelta(hours=1)
_BATCH: Final = 2000
_LOCK: Final = 0x616D61616E  # "amaan": one writer of the chain at a time

# What may be wrong with a row; the words are for a person.
WRONG: Final[dict[str, Promise]] = {
    "changed": _("the event was changed, or does not fit the link before it"),
    "missing": _("the event is not there"),
    "out_of_order": _("a link is not there, or was put in"),
    "cut_off": _("the links end before what was anchored"),
    "stamped_anew": _("the links were made anew after this was anchored"),
    "dated_back": _("the event was written later than it says"),
}


def waiting(*, everything: bool = False) -> QuerySet[AuditEvent]:
    """Events without a place in the chain; not `everything`: those of the latest minutes."""
    linked = AuditLink.objects.filter(event_id=OuterRef("pk"))
    found = AuditEvent.objects.filter(~Exists(linked))
    newest = AuditLink.objects.order_by("-seq").values_list("event_id", flat=True).first()
    if newest is None or everything:
        return found
    at = AuditEvent.objects.filter(pk=newest).values_list("at", flat=True).first()
    return found.filter(at__gt=at - BEHIND) if at else found


@transaction.atomic
def chain(limit: int = 5000, *, everything: bool = False) -> int:
    """Give events that have none their place in the chain; returns how many.

    An advisory lock keeps one writer at a time; a killed one leaves nothing half done, because
    links are committed together. An event committed late comes later in the chain: no gap.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    last = AuditLink.objects.order_by("-seq").first()
    seq, digest = (last.seq, last.digest) if last else (0, START)
    links = []
    for event in waiting(everything=everything).order_by("at", "pk")[:limit]:
        seq, digest = seq + 1, _digest(digest, event)
        links.append(AuditLink(seq=seq, event=event, digest=digest))
    AuditLink.objects.bulk_create(links)
    return len(links)


def head() -> tuple[int, str]:
    """How many links there are, and the hash of the last."""
    last = AuditLink.objects.order_by("-seq").first()
    return (last.seq, last.digest) if last else (0, START)


@dataclass(frozen=True)
class Verdict:
    """What `verify` found: how many links are sound, and the first that is not, and why."""

    sound: int
    broken_at: int | None = None
    why: str = ""  # a key of WRONG

    @property
    def whole(self) -> bool:
        return self.broken_at is None


def verify(*, marks: Mapping[int, tuple[str, datetime]] | None = None, first: int = 1) -> Verdict:
    """Walk the chain from link `first` and name the first that does not hold.

    `marks` are what was anchored: after so many links, which hash, and when. A chain that was made
    anew is named at the first link that was not anchored before: where in the minutes between two
    anchors it was changed, nothing can tell.
    """
    walk = _Walk(marks or {}, first)
    for links in _batched(AuditLink.objects.filter(seq__gte=first).order_by("seq")):
        events = AuditEvent.objects.in_bulk([link.event_id for link in links])
        for link in links:
            if why := walk.step(link, events.get(link.event_id)):
                at = walk.anchored + 1 if why == "stamped_anew" else walk.seq
                return Verdict(at - 1, at, why)
    if any(count > walk.seq for count in walk.marks):
        return Verdict(walk.seq, walk.seq + 1, "cut_off")
    return Verdict(walk.seq)


class _Walk:
    """Goes along the chain, link by link."""

    def __init__(self, marks: Mapping[int, tuple[str, datetime]], first: int) -> None:
        self.marks, self.seq = marks, first - 1
        before = AuditLink.objects.filter(seq=first - 1).first()
        self.digest = before.digest if before else START
        self.anchored = first - 1  # the last link that an anchor vouches for
        self.since: datetime | None = None  # when that anchor was made

    def step(self, link: AuditLink, event: AuditEvent | None) -> str:
        """Take the next link; what is wrong with it, or nothing."""
        self.seq += 1
        if link.seq != self.seq:
            return "out_of_order"
        if event is None:
            return "missing"
        if _digest(self.digest, event) != link.digest:
            return "changed"
        self.digest = link.digest
        if self.since is not None and event.at < self.since - LATE:
            return "dated_back"
        return self._anchor(link)

    def _anchor(self, link: AuditLink) -> str:
        if link.seq not in self.marks:
            return ""
        digest, at = self.marks[link.seq]
        if digest != link.digest:
            return "stamped_anew"
        self.anchored, self.since = link.seq, at
        return ""


def _batched(links: QuerySet[AuditLink]) -> Iterator[list[AuditLink]]:
    walk: Iterable[AuditLink] = links.iterator(_BATCH)
    several = iter(walk)
    while batch := list(islice(several, _BATCH)):
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
