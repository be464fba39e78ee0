"""What nothing could be made of: opened by a supervisor, tried again, set aside, or given a sender.

It lies in no folder, so no grant opens it: only who supervises a team may, on the record. It is
forgotten a month after it came, whatever became of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from intake import bell
from intake.inbound import Address, Inbound
from intake.models import Channel, InboundEvent
from privacy import audit, crypto, purposes
from privacy.access import NotAllowed, teams_of
from privacy.classes import CONTACT, NARRATIVE
from privacy.services import NotPossible

State = InboundEvent.State

# Why nothing is to be made of one.
BECAUSE: Final = {
    "advert": _("advertising or spam"),
    "machine": _("sent by a machine"),
    "elsewhere": _("dealt with another way"),
    "nothing": _("nothing in it for us"),
}
# Why nothing could be made of it, by the code its channel gave; other codes are faults of ours.
PROBLEMS: Final = {
    "no_sender": _("nobody is named as the sender"),
    "unreadable": _("it is not what it says it is"),
    "unfetchable": _("the mailbox would not give it"),
    "automatic": _("a machine sent it, to no conversation of ours"),
    "worker_lost": _("our own programme stopped while reading it"),
}
# Facts of our own about a mail, which are no fields of its header.
_MEASURES: Final = frozenset({"size", "parts"})


@dataclass(frozen=True)
class Gist:
    """A dead letter in the list: nothing of what it says."""

    event: InboundEvent
    reason: str
    channel: str
    size: int | None
    headers: tuple[str, ...]


@dataclass(frozen=True)
class Letter(Gist):
    """A dead letter that was opened: its header, and the words that could be read beyond doubt."""

    facts: tuple[tuple[str, str], ...]
    text: str
    sender: str


def letters(state: str, *, by: User) -> QuerySet[InboundEvent]:
    """What waits for a person (`dead`) or was set aside (`aside`), the newest first."""
    _require(by)
    rows = InboundEvent.objects.filter(state=state, sealed__isnull=False)
    return rows.order_by("-received_at", "pk")


def gists_of(events: Iterable[InboundEvent], *, by: User) -> list[Gist]:
    """What the list tells of some: sizes and names of header fields, no word of them.

    They are opened for that, so that it was done is on the record.
    """
    _require(by)
    found = [_gist_of(event) for event in events]
    if found:
        audit.record("dead_letters_listed", subject="inbound_event")
    return found


def _gist_of(event: InboundEvent) -> Gist:
    inbound = _inbound(event)
    return Gist(
        event,
        reason_words(event.problem),
        _channel(event, inbound),
        _size(inbound),
        tuple(name for name in (inbound.extra if inbound else {}) if name not in _MEASURES),
    )


def reason_words(problem: str) -> str:
    """Why nothing could be made of it, for people."""
    known = PROBLEMS.get(problem)
    return str(known) if known else _now("our own programme failed (%(code)s)") % {"code": problem}


@transaction.atomic
def open_letter(event: InboundEvent, *, by: User) -> Letter:
    """Its header and provable words, on the record."""
    _require(by)
    inbound = _inbound(event)
    audit.record(
        "dead_letter_opened",
        subject="inbound_event",
        subject_id=event.pk,
        classes=[CONTACT, NARRATIVE],
    )
    gist = _gist_of(event)
    facts = inbound.extra if inbound else {}
    return Letter(
        **vars(gist),
        facts=tuple((name, words) for name, words in facts.items() if name in gist.headers),
        text=inbound.text if inbound else "",
        sender=inbound.sender.value if inbound and inbound.sender else "",
    )


@transaction.atomic
def try_again(event: InboundEvent, *, by: User) -> None:
    """Have it read once more, as if it had just come: after a repair of ours, for example."""
    event = _locked(event, by)
    inbound = _inbound(event)
    if inbound is None:
        raise NotPossible(_now("It cannot be opened any more."))
    _into_the_queue(event, inbound)
    _note("dead_letter_tried_again", event)


@transaction.atomic
def make_conversation(event: InboundEvent, *, address: str, by: User) -> None:
    """Say who sent it, because a person could tell: it becomes theirs, as if it had said so itself.

    `address` is an e-mail address or a number with its +. Raises NotPossible.
    """
    event = _locked(event, by)
    inbound = _inbound(event)
    if inbound is None:
        raise NotPossible(_now("It cannot be opened any more."))
    scheme = "address" if "@" in address else "number"
    if (scheme == "address") != (inbound.channel == Channel.EMAIL):
        raise NotPossible(_now("Answers to this go out another way: this is not such an address."))
    known = replace(
        inbound,
        sender=Address(scheme, address),
        problem="",
        automatic=False,
        unverified=True,
        notice=inbound.notice or ("" if inbound.text.strip() else "unreadable"),
    )
    event.sealed = crypto.seal_for_intake(known.to_bytes())
    _into_the_queue(event, known)
    _note("dead_letter_given_sender", event)


@transaction.atomic
def set_aside(event: InboundEvent, *, because: str, by: User) -> None:
    """Nothing is to be made of it, and why; it can be brought back until it is forgotten."""
    event = _locked(event, by)
    if because not in BECAUSE:
        raise NotPossible(_now("This is not one of the choices."))
    event.state, event.aside_because = State.ASIDE, because
    event.save(update_fields=["state", "aside_because"])
    _note("dead_letter_set_aside", event, because)


@transaction.atomic
def bring_back(event: InboundEvent, *, by: User) -> None:
    """It waits for a person again."""
    event = _locked(event, by)
    if event.state == State.ASIDE:
        event.state, event.aside_because = State.DEAD, ""
        event.save(update_fields=["state", "aside_because"])
        _note("dead_letter_brought_back", event)


def _require(by: User) -> None:
    if not teams_of(by, "supervise"):
        raise NotAllowed("dead_letter")


def _locked(event: InboundEvent, by: User) -> InboundEvent:
    _require(by)
    event = InboundEvent.objects.select_for_update().get(pk=event.pk)
    if event.state not in (State.DEAD, State.ASIDE):
        raise NotPossible(_now("Somebody has dealt with it already."))
    return event


def _into_the_queue(event: InboundEvent, inbound: Inbound) -> None:
    event.state, event.problem, event.aside_because = State.WAITING, "", ""
    event.attempts, event.leased_until, event.done_at = 0, None, None
    event.lane = inbound.lane
    event.save(
        update_fields=[
            "state",
            "problem",
            "aside_because",
            "attempts",
            "leased_until",
            "done_at",
            "lane",
            "sealed",
        ]
    )
    bell.ring("intake.tasks.process", event.pk)


def _inbound(event: InboundEvent) -> Inbound | None:
    """What was stored; None when it cannot be opened, or is of a shape that nobody knows."""
    if event.sealed is None:
        return None
    try:
        return Inbound.from_bytes(purposes.open_for_intake(bytes(event.sealed)))
    except (crypto.CannotOpen, ValueError, KeyError, TypeError):
        return None


def _channel(event: InboundEvent, inbound: Inbound | None) -> str:
    if inbound is not None and inbound.channel in Channel.values:
        return str(Channel(inbound.channel).label)
    return event.provider


def _size(inbound: Inbound | None) -> int | None:
    """Octets as they came, where the door told them; else as long as its words are."""
    if inbound is None:
        return None
    told = inbound.extra.get("size", "")
    return int(told) if told.isdecimal() else len(inbound.text.encode()) or None


def _note(verb: str, event: InboundEvent, reason: str = "") -> None:
    audit.record(verb, subject="inbound_event", subject_id=event.pk, reason=reason)
