"""Sends each thing once: leased, then "calling" committed, then the call, then what came of it.

What may have been sent is never sent again blindly. A worker that dies between the call and its
outcome leaves an `unknown`, which the provider's callback or its own list settles.
"""

import logging
import random
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from intake import leaving, pace, troubles
from intake.inbound import Inbound
from intake.models import Conversation, Message, OutboundMessage
from intake.registry import (
    SLOW_DOWN,
    Carrier,
    CarrierError,
    NotKnown,
    NotNow,
    carriers,
    on_refused,
)
from intake.writing import add_message, lock
from privacy import audit, crypto
from privacy.access import NotAllowed, acting
from privacy.classes import CONTACT, NARRATIVE
from privacy.clock import database_now

State = OutboundMessage.State

LEASE: Final = timedelta(seconds=60)  # longer than any call may take
MOST_ATTEMPTS: Final = 8
LONGEST_WAIT: Final = 600.0  # seconds between two attempts
URGENT: Final = 0  # the priority of what goes to somebody in danger
URGENT_WAIT: Final = 4.0  # the same for somebody in danger: their turn comes before others'
TRIED_FOR: Final = timedelta(minutes=30)  # at least, when it certainly was not sent
ASK_AFTER: Final = timedelta(seconds=30)  # when the provider is first asked about an unknown
PROOF_AFTER: Final = timedelta(minutes=2)  # when its "no" is believed
ASK_FOR: Final = timedelta(hours=48)
FATE_AFTER: Final = timedelta(minutes=10)  # when we ask how an accepted one fares
FATE_AGAIN: Final = timedelta(hours=6)

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
# A carrier's own mistakes: nobody can tell how far it came.
MISTAKES: Final = (
    ArithmeticError,
    AttributeError,
    LookupError,
    NotAllowed,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    crypto.CannotOpen,
    crypto.KeyUnavailable,
)

logger = logging.getLogger("helpline.outbox")


def deliver(key: UUID | None = None) -> int:
    """Send what waits: one thing and what waits behind it in its conversation, or everything due.

    Returns how many calls were made. Raises KeyUnavailable while the master key is away.
    """
    crypto.master_key()
    made, tired = 0, set[str]()
    rows = _waiting_with(key)
    while outbound := _claim(rows, tired):
        made += _call(outbound)
    return made


def expire() -> int:
    """Take back what a dead worker held: leased is free again, calling is unknown."""
    with acting(part="delivery"):
        late = OutboundMessage.objects.filter(leased_until__lt=database_now())
        freed = late.filter(state=State.LEASED).update(state=State.APPROVED, leased_until=None)
        lost = list(late.filter(state=State.CALLING))
    for outbound in lost:
        _unknown(outbound, carriers.get(outbound.carrier), "worker_lost")
    return int(freed) + len(lost)


def reconcile() -> int:
    """Ask providers about unknown sends of the last 48 hours; returns how many were settled."""
    now = database_now()
    with acting(part="delivery"):
        unknown = list(
            OutboundMessage.objects.filter(
                state=State.UNKNOWN, settled_at__lt=now - ASK_AFTER, created_at__gt=now - ASK_FOR
            ).order_by("created_at")[:50]
        )
    return sum(_ask(outbound) for outbound in unknown)


def ask_how_they_fared() -> int:
    """Ask providers about accepted sends whose fate they never told; how many are settled now."""
    now = database_now()
    with acting(part="delivery"):
        # Their copies wait at the provider to be deleted: few rows, found by an index.
        waiting = OutboundMessage.objects.filter(
            state=State.APPROVED, subject_id__isnull=False, created_at__lt=now - FATE_AFTER
        )
        quiet = OutboundMessage.objects.filter(
            Q(asked_at__isnull=True) | Q(asked_at__lt=now - FATE_AGAIN),
            pk__in=list(waiting.values_list("subject_id", flat=True)),
            state=State.ACCEPTED,
        )
        found = list(quiet.order_by("created_at")[:50])
    return sum(_ask_fate(outbound) for outbound in found)


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
            _settle(
                outbound, State(inbound.status), ref=inbound.provider_ref, problem=inbound.error
            )


def _waiting_with(key: UUID | None) -> QuerySet[OutboundMessage]:
    """Approved, with nothing open before it in its conversation; urgent first, then oldest.

    Whichever bell rang, who is in danger goes first. What waits for a safe hour holds up nothing.
    """
    before = OutboundMessage.objects.filter(
        conversation=OuterRef("conversation"), state__in=OPEN, created_at__lt=OuterRef("created_at")
    ).exclude(problem=leaving.PARKED)
    rows = OutboundMessage.objects.filter(~Exists(before), state=State.APPROVED)
    if key is not None:
        mine = OutboundMessage.objects.filter(pk=key, conversation__isnull=False)
        theirs = Q(conversation__in=mine.values("conversation"))
        rows = rows.filter(Q(pk=key) | theirs | Q(priority=URGENT))
    return rows.order_by("priority", "created_at")


def _claim(rows: QuerySet[OutboundMessage], tired: set[str]) -> OutboundMessage | None:
    """Lease the next one whose carrier may speak; `tired` gathers those that may not just now."""
    while True:
        with acting(part="delivery"):
            now = database_now()
            due = rows.filter(not_before__lte=now).exclude(carrier__in=tired)
            outbound: OutboundMessage | None = (
                troubles.not_silent(pace.awake(due))
                .select_for_update(skip_locked=True, of=("self",))
                .first()
            )
            if outbound is None:
                return None
            if _may_speak(outbound):
                outbound.state, outbound.leased_until = State.LEASED, now + LEASE
                outbound.attempts += 1
                outbound.save(update_fields=["state", "leased_until", "attempts"])
                return outbound
        tired.add(outbound.carrier)


def _may_speak(outbound: OutboundMessage) -> bool:
    """Whether its carrier may be called now: no trouble, or this is the probe; and not too fast."""
    if getattr(outbound, "troubled", False) and not troubles.take_probe(outbound.carrier):
        return False
    return pace.take(outbound.carrier)


def _call(outbound: OutboundMessage) -> bool:
    """The one call; "calling" is committed before it."""
    carrier = carriers.get(outbound.carrier)
    if carrier is None:
        with acting(part="delivery"):
            _settle(outbound, State.FAILED, problem="no_carrier")
        return False
    if not _is_calling(outbound):
        return False
    try:
        ref = carrier.send(outbound)
    except CarrierError as refusal:
        _refused(outbound, carrier, refusal)
    except NotKnown as doubt:
        _unknown(outbound, carrier, str(doubt))
    except MISTAKES as fault:
        logger.error("a carrier failed: %s", outbound.pk, exc_info=fault)
        _unknown(outbound, carrier, "our_fault")
    else:
        with acting(part="delivery"):
            _settle(outbound, State.ACCEPTED, ref=ref)
    return True


def _is_calling(outbound: OutboundMessage) -> bool:
    with acting(part="delivery"):
        if held := leaving.why_not(outbound):
            _hold(outbound, held)
            return False
        mine = OutboundMessage.objects.filter(
            pk=outbound.pk, state=State.LEASED, leased_until=outbound.leased_until
        )
        return bool(mine.update(state=State.CALLING, leased_until=database_now() + LEASE))


def _hold(outbound: OutboundMessage, held: NotNow) -> None:
    """Not now: it waits for an hour that is safe, or is not sent at all; the page says which."""
    if held.until is None:
        _settle(outbound, State.FAILED, problem=held.code)
        return
    OutboundMessage.objects.filter(pk=outbound.pk, state=State.LEASED).update(
        state=State.APPROVED,
        problem=held.code,
        leased_until=None,
        attempts=F("attempts") - 1,
        not_before=held.until,
    )
    if outbound.conversation_id:
        Conversation.objects.filter(pk=outbound.conversation_id).update(version=F("version") + 1)
    audit.record(
        "held",
        folder=outbound.folder_id,
        subject="outbound_message",
        subject_id=outbound.pk,
        reason=held.code,
    )


def _refused(outbound: OutboundMessage, carrier: Carrier, refusal: CarrierError) -> None:
    """Certainly not sent: again later, or never. What only a person can mend is kept for later."""
    halting = refusal.problem in troubles.HALTING
    tried_long = database_now() - outbound.created_at > TRIED_FOR
    spent = outbound.attempts >= MOST_ATTEMPTS and tried_long and not carrier.repeatable
    with acting(part="delivery"):
        if halting:
            OutboundMessage.objects.filter(pk=outbound.pk).update(attempts=F("attempts") - 1)
        elif (refusal.permanent and not carrier.repeatable) or spent:
            _settle(outbound, State.FAILED, problem=refusal.problem)
            return
        if halting or refusal.problem == "our_fault":
            troubles.note(outbound.carrier, refusal.problem)
        if refusal.problem == SLOW_DOWN:
            pace.rest(outbound.carrier, refusal.retry_after)
        _again(outbound, refusal.problem, refusal.retry_after)


def _unknown(outbound: OutboundMessage, carrier: Carrier | None, problem: str) -> None:
    with acting(part="delivery"):
        if carrier is not None and carrier.repeatable:
            _again(outbound, problem, None)
        else:
            _settle(outbound, State.UNKNOWN, problem=problem)


def _again(outbound: OutboundMessage, problem: str, after: float | None) -> None:
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


def _settle(
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


def _ask_fate(outbound: OutboundMessage) -> bool:
    """Ask how one accepted send fares; whether that settled it."""
    carrier = carriers.get(outbound.carrier)
    if carrier is None:
        return False
    try:
        state, problem = carrier.fared(outbound)
    except (CarrierError, NotKnown):
        return False
    with acting(part="delivery"):
        OutboundMessage.objects.filter(pk=outbound.pk).update(asked_at=database_now())
        if state in (State.DELIVERED, State.READ, State.FAILED):
            _settle(outbound, State(state), problem=problem)
            return True
    return False


def _ask(outbound: OutboundMessage) -> bool:
    """Settle one unknown by the provider's own list, where it has one."""
    carrier = carriers.get(outbound.carrier)
    if carrier is None:
        return False
    try:
        ref = carrier.reconcile(outbound)
    except (CarrierError, NotKnown):
        return False
    if ref:
        with acting(part="delivery"):
            _settle(outbound, State.ACCEPTED, ref=ref)
        return True
    waited = outbound.settled_at is not None and database_now() - outbound.settled_at > PROOF_AFTER
    if ref is None or not waited:
        return False
    with acting(part="delivery"):
        if outbound.attempts >= MOST_ATTEMPTS:
            _settle(outbound, State.FAILED, problem="not_sent")
        else:
            _again(outbound, "not_sent", None)
    return True
