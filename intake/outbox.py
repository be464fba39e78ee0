"""Sends each thing once: leased, then "calling" committed, then the call, then what came of it.

What may have been sent is never sent again blindly. A worker that dies between the call and its
outcome leaves an `unknown`, which the provider's callback or its own list settles.
"""

import logging
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from intake import leaving, pace, troubles
from intake.models import Conversation, OutboundMessage
from intake.outcomes import MOST_ATTEMPTS, OPEN, URGENT, again, doubt, settle
from intake.registry import (
    SLOW_DOWN,
    Carrier,
    CarrierError,
    NotKnown,
    NotNow,
    carriers,
)
from privacy import audit, crypto
from privacy.access import NotAllowed, acting
from privacy.clock import database_now

State = OutboundMessage.State

LEASE: Final = timedelta(seconds=60)  # longer than any call may take
TRIED_FOR: Final = timedelta(minutes=30)  # at least, when it certainly was not sent

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
    crypto.require_master_key()
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
        doubt(outbound, carriers.get(outbound.carrier), "worker_lost")
    return int(freed) + len(lost)


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
            settle(outbound, State.FAILED, problem="no_carrier")
        return False
    if not _is_calling(outbound):
        return False
    try:
        ref = carrier.send(outbound)
    except CarrierError as refusal:
        _refused(outbound, carrier, refusal)
    except NotKnown as reason:
        doubt(outbound, carrier, str(reason))
    except MISTAKES as fault:
        logger.error("a carrier failed: %s", outbound.pk, exc_info=fault)
        doubt(outbound, carrier, "our_fault")
    else:
        with acting(part="delivery"):
            settle(outbound, State.ACCEPTED, ref=ref)
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
        settle(outbound, State.FAILED, problem=held.code)
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
            settle(outbound, State.FAILED, problem=refusal.problem)
            return
        if halting or refusal.problem == "our_fault":
            troubles.note(outbound.carrier, refusal.problem)
        if refusal.problem == SLOW_DOWN:
            pace.rest(outbound.carrier, refusal.retry_after)
        again(outbound, refusal.problem, refusal.retry_after)
