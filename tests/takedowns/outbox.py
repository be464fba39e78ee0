"""One thing's way through its carrier, as the outbox takes it: called once, then told the end."""

from uuid import UUID

from intake.models import OutboundMessage
from intake.registry import CarrierError, NotKnown, carriers
from privacy.access import acting
from privacy.clock import database_now

State = OutboundMessage.State


def waiting(subject_id: UUID) -> OutboundMessage:
    """The one thing that waits to be sent about a subject."""
    with acting(part="delivery"):
        return OutboundMessage.objects.get(subject_id=subject_id, state=State.APPROVED)


def carry(subject_id: UUID) -> OutboundMessage:
    """Call the carrier once and write down the end, as intake's delivery does."""
    outbound = waiting(subject_id)
    carrier = carriers[outbound.carrier]
    outbound.state, outbound.problem = State.ACCEPTED, ""
    try:
        outbound.provider_ref = carrier.send(outbound)
    except CarrierError as error:
        # Nothing of this stage is tried again by itself.
        outbound.state = State.FAILED if error.permanent else State.APPROVED
        outbound.problem = error.problem
    except NotKnown as error:
        outbound.state, outbound.problem = State.UNKNOWN, str(error)
    settle(outbound)
    return outbound


def settle(outbound: OutboundMessage) -> None:
    """Write the outcome and tell the carrier, in one transaction."""
    with acting(part="delivery"):
        outbound.settled_at = database_now()
        outbound.save(update_fields=["state", "problem", "provider_ref", "settled_at"])
        carriers[outbound.carrier].settled(outbound)
