"""The outbox for tests: what waits about a subject is delivered, or its worker dies on the way."""

from datetime import timedelta
from uuid import UUID

from intake import asking, outbox
from intake.models import OutboundMessage
from intake.registry import carriers
from privacy.access import acting
from privacy.clock import database_now

State = OutboundMessage.State


def waiting(subject_id: UUID) -> OutboundMessage:
    """The one thing that waits to be sent about a subject."""
    with acting(part="delivery"):
        found: OutboundMessage = OutboundMessage.objects.get(
            subject_id=subject_id, state=State.APPROVED
        )
    return found


def carry(subject_id: UUID) -> OutboundMessage:
    """Deliver it as the worker does, and what came of it."""
    outbound = waiting(subject_id)
    outbox.deliver(outbound.pk)
    with acting(part="delivery"):
        outbound.refresh_from_db()
    return outbound


def lose_worker(subject_id: UUID, *, after_the_call: bool = False) -> None:
    """Have the worker die while calling, before or after the other side took it; sweep later."""
    outbound = waiting(subject_id)
    with acting(part="delivery"):
        outbound.state = State.CALLING
        outbound.leased_until = database_now() - timedelta(seconds=1)
        outbound.save(update_fields=["state", "leased_until"])
    if after_the_call:
        carriers[outbound.carrier].send(outbound)
    outbox.expire()
    outbox.deliver()
    asking.reconcile()
