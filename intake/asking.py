"""Asking providers what they know: whether a doubtful send was taken, and how a taken one fares."""

from datetime import timedelta
from typing import Final

from django.db.models import Q

from intake.models import OutboundMessage
from intake.outcomes import MOST_ATTEMPTS, again, settle
from intake.registry import CarrierError, NotKnown, carriers
from privacy.access import acting
from privacy.clock import database_now

State = OutboundMessage.State

ASK_AFTER: Final = timedelta(seconds=30)  # when the provider is first asked about an unknown
PROOF_AFTER: Final = timedelta(minutes=2)  # when its "no" is believed
ASK_FOR: Final = timedelta(hours=48)
FATE_AFTER: Final = timedelta(minutes=10)  # when we ask how an accepted one fares
FATE_AGAIN: Final = timedelta(hours=6)


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
            settle(outbound, State(state), problem=problem)
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
            settle(outbound, State.ACCEPTED, ref=ref)
        return True
    waited = outbound.settled_at is not None and database_now() - outbound.settled_at > PROOF_AFTER
    if ref is None or not waited:
        return False
    with acting(part="delivery"):
        if outbound.attempts >= MOST_ATTEMPTS:
            settle(outbound, State.FAILED, problem="not_sent")
        else:
            again(outbound, "not_sent", None)
    return True
