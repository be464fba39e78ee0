"""What came of a thing that was to be sent: written upwards only, and told to whom it concerns."""

import random
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db.models import F

from intake import pace, troubles
from intake.inbound import Inbound
from intake.models import Conversation, Message, OutboundMessage
from intake.registry import SLOW_DOWN, Carrier, carriers, on_refused
from intake.writing import add_message, lock
from privacy import audit
from privacy.access import acting
from privacy.classes import CONTACT, NARRATIVE
from privacy.clock import database_now

State = OutboundMessage.State

MOST_ATTEMPTS: Final = 8
LONGEST_WAIT: Final = 600.0  # seconds between two attempts
URGENT: Final = 0  # the priority of what goes to somebody in danger
URGENT_WAIT: Final = 4.0  # the same for somebody in danger: their turn comes before others'

OPEN: Final = (State.APPROVED, State.LEASED, State.CALLING)
RANK: Final = {
    State.APPROVED: 0,
    State.LEASED: 0,
    State.CALLING: 0,
    State.UNKNOWN: 1,
    State.ACCEPTED: 2,
    State.FAILED: 3,
    State.DELIVERED: 4,
    State.READ: 5,
}


def merge_status(inbound: Inbound) -> None:
    """What a provider says of what it carried: upwards only, in any order, any number of times."""
    if not inbound.status or not (inbound.outbound or inbound.provider_ref):
        return
    carrier = inbound.carrier or inbound.channel
    with acting(part="delivery"):
        rows = OutboundMessage.objects.filter(carrier=carrier)
        if inbound.outbound:
            rows = rows.filter(pk=UUID(inbound.outbound))
        else:
            rows = rows.filter(provider_ref=inbound.provider_ref)
        outbound = rows.first()
        if outbound is not None:
            settle(outbound, State(inbound.status), ref=inbound.provider_ref, problem=inbound.error)


def settle(
    outbound: OutboundMessage, state: "OutboundMessage.State", *, ref: str = "", problem: str = ""
) -> None:
    """Write an outcome, never backwards; whoever comes first, the callback or the answer."""
    if outbound.conversation_id:
        Conversation.objects.select_for_update(no_key=True).get(pk=outbound.conversation_id)
    row = OutboundMessage.objects.select_for_update().get(pk=outbound.pk)
    row.provider_ref = row.provider_ref or ref
    if RANK[state] > RANK[State(row.state)]:
        row.state, row.problem, row.leased_until = state, problem[:40], None
        row.settled_at = database_now()
        _tell(row, problem)
    row.save(update_fields=["provider_ref", "state", "problem", "leased_until", "settled_at"])
    if row.conversation_id:
        Conversation.objects.filter(pk=row.conversation_id).update(version=F("version") + 1)


def again(outbound: OutboundMessage, problem: str, after: float | None) -> None:
    """Back into the outbox; later each time, and not all at once. At once when its line rests."""
    most = URGENT_WAIT if outbound.priority == URGENT else LONGEST_WAIT
    wait = max(
        min(after or 0.0, LONGEST_WAIT),
        min(2.0 ** min(outbound.attempts, 16), most) * random.uniform(0.5, 1.5),  # noqa: S311
    )
    wait = 0.0 if problem == SLOW_DOWN else wait
    OutboundMessage.objects.filter(pk=outbound.pk, state__in=[*OPEN, State.UNKNOWN]).update(
        state=State.APPROVED,
        problem=problem,
        leased_until=None,
        settled_at=None,
        not_before=database_now() + timedelta(seconds=wait),
    )


def doubt(outbound: OutboundMessage, carrier: Carrier | None, problem: str) -> None:
    with acting(part="delivery"):
        if carrier is not None and carrier.repeatable:
            again(outbound, problem, None)
        else:
            settle(outbound, State.UNKNOWN, problem=problem)


def _tell(row: OutboundMessage, problem: str) -> None:
    audit.record(
        "sent" if row.state != State.FAILED else "not_sent",
        folder=row.folder_id,
        subject="outbound_message",
        subject_id=row.pk,
        classes=[CONTACT, NARRATIVE] if row.message_id else [],
        reason=problem or row.state,
    )
    if row.state == State.FAILED:
        _tell_refused(row, problem)
    elif row.state != State.UNKNOWN:
        troubles.clear(row.carrier, row.state)
        pace.go_on(row.carrier)
    carrier = carriers.get(row.carrier)
    if carrier is not None:
        carrier.settled(row)


def _tell_refused(row: OutboundMessage, problem: str) -> None:
    """Our fault raises a trouble; who opted out is marked, and a person is told."""
    if problem in troubles.HALTING or problem == "our_fault":
        troubles.note(row.carrier, problem)
    if problem == "opted_out" and row.conversation is not None:
        with acting(part="intake"):
            _mark_opted_out(lock(row.conversation))
        for told in on_refused:
            told(row, problem)


def _mark_opted_out(conversation: Conversation) -> None:
    """Say so in the conversation, and put it before a person."""
    now = database_now()
    conversation.opted_out_at = now
    conversation.waiting_since = conversation.waiting_since or now
    conversation.save(update_fields=["opted_out_at", "waiting_since"])
    add_message(
        conversation,
        direction=Message.Direction.IN,
        kind=Message.Kind.NOTICE,
        notice="opted_out",
    )
