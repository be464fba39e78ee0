"""What a provider still holds of what came and went, and when it is deleted there.

Each copy is a row of the outbox, tried until the provider confirms. Where the policy allows it, a
named person may have the copy of a picture kept there, unseen, until a day they name.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from intake import troubles
from intake.inbound import Inbound
from intake.models import Conversation, InboundEvent, MediaHold, Message, OutboundMessage
from privacy import audit
from privacy.access import acting, require
from privacy.classes import NARRATIVE
from privacy.clock import database_now
from privacy.services import NotPossible

State = OutboundMessage.State

LAST: Final = 9  # tidying waits behind everything that somebody waits for
SENT_KEPT: Final = timedelta(hours=24)  # a sent one whose fate nobody tells
READ_KEPT: Final = timedelta(hours=1)  # a delivered one, so that "read" can still be told
OVERDUE: Final = timedelta(hours=24)
CARRIERS: Final = {"twilio": "twilio_redact", "meta": "cloud_redact", "imap": "imap_expunge"}


def forget_arrival(conversation: Conversation, event: InboundEvent, inbound: Inbound) -> None:
    """Have the provider's copy of an arrival deleted, now that it is ours; inside its transaction.

    Under the hold policy the copy of a picture waits so long for a person's choice.
    """
    carrier = CARRIERS.get(inbound.provider, "")
    if inbound.kind != "message" or not carrier or not inbound.provider_ref:
        return
    may_be_held = bool(inbound.media) and settings.HOLD_MEDIA_FOR_POLICE
    wait = timedelta(hours=settings.HOLD_MEDIA_CHOICE_HOURS) if may_be_held else timedelta()
    row = OutboundMessage(
        folder_id=conversation.folder_id,
        carrier=carrier,
        client_key=arrival_key(event),
        provider_ref=inbound.provider_ref,
        priority=LAST,
        not_before=event.received_at + wait,
    )
    row.save(force_insert=True)


def arrival_key(event: InboundEvent) -> str:
    """The outbox key of the deletion of an arrival's copy."""
    return f"redact-{event.key[:56]}"


def forget_sent(carrier: str, sent: OutboundMessage) -> None:
    """Have the provider's copy of what was sent deleted once nothing more is to be heard of it.

    Inside the transaction that writes its outcome (part "delivery").
    """
    waits = {State.ACCEPTED: SENT_KEPT, State.DELIVERED: READ_KEPT, State.UNKNOWN: SENT_KEPT}
    due = database_now() + waits.get(State(sent.state), timedelta())
    key = f"redact-{sent.pk.hex}"
    if sent.state != State.ACCEPTED:
        waiting = OutboundMessage.objects.filter(client_key=key, state=State.APPROVED)
        if waiting.filter(not_before__gt=due).update(not_before=due):
            return
    row = OutboundMessage(
        folder_id=sent.folder_id,
        carrier=carrier,
        subject_id=sent.pk,
        client_key=key,
        provider_ref=sent.provider_ref,
        priority=LAST,
        not_before=due,
    )
    OutboundMessage.objects.bulk_create([row], ignore_conflicts=True)


def hasten(conversation: Conversation) -> int:
    """Have every copy of a conversation deleted at its providers now; returns how many wait."""
    folders = [conversation.folder_id, conversation.filed_to_id]
    with acting(part="delivery"):
        rows = OutboundMessage.objects.filter(
            folder__in=[one for one in folders if one],
            carrier__in=CARRIERS.values(),
            state=State.APPROVED,
        )
        held = MediaHold.objects.filter(ended_at__isnull=True, folder__in=folders)
        return int(rows.exclude(pk__in=held.values("outbound")).update(not_before=database_now()))


@transaction.atomic
def hold(message: Message, *, days: int, by: User | None) -> MediaHold:
    """Keep the provider's copy of a picture there, unseen, for the police; a named person's choice.

    Raises NotAllowed, or NotPossible: no such policy, too long, or deleted already.
    """
    require(by, message.folder_id, NARRATIVE, "w")
    if not settings.HOLD_MEDIA_FOR_POLICE:
        raise NotPossible(_("This helpline has pictures deleted and keeps none."))
    if not 1 <= days <= settings.HOLD_MEDIA_MOST_DAYS:
        most = settings.HOLD_MEDIA_MOST_DAYS
        raise NotPossible(_("It can be kept from 1 to %(count)d days.") % {"count": most})
    with acting(part="delivery"):
        row = _waiting_copy(message)
        until = database_now() + timedelta(days=days)
        row.not_before = until
        row.save(update_fields=["not_before"])
        held = MediaHold(folder_id=row.folder_id, outbound=row, held_by=by, until=until)
        held.save(force_insert=True)
    audit.record("media_held", folder=message.folder_id, subject="message", subject_id=message.pk)
    return held


@transaction.atomic
def release(held: MediaHold, *, by: User | None) -> None:
    """Have a kept copy deleted before its day. Raises NotAllowed."""
    require(by, held.folder_id, NARRATIVE, "w")
    with acting(part="delivery"):
        now = database_now()
        rows = OutboundMessage.objects.filter(pk=held.outbound_id, state=State.APPROVED)
        rows.update(not_before=now)
        MediaHold.objects.filter(pk=held.pk, ended_at__isnull=True).update(ended_at=now)
    audit.record("media_released", folder=held.folder_id, subject="media_hold", subject_id=held.pk)


def keep_proof(deletion: OutboundMessage, proof: str) -> None:
    """Write down what the provider answered that shows its copy is gone."""
    with acting(part="delivery"):
        OutboundMessage.objects.filter(pk=deletion.pk).update(proof=proof)


def wait_in(folder: UUID) -> bool:
    """Hook of forgetting: whether a copy is still to be deleted, so that its row must stay."""
    with acting(part="delivery"):
        rows = OutboundMessage.objects.filter(folder=folder, carrier__in=CARRIERS.values())
        return bool(rows.exclude(state=State.ACCEPTED).exists())


def overdue() -> dict[str, int]:
    """By provider, how many copies should be gone since a day and are not."""
    now = database_now()
    with acting(part="delivery"):
        late = OutboundMessage.objects.filter(
            Q(attempts__gt=0) | Q(not_before__lt=now - OVERDUE),
            carrier__in=CARRIERS.values(),
            created_at__lt=now - OVERDUE,
        ).exclude(state=State.ACCEPTED)
        return {name: late.filter(carrier=name).count() for name in CARRIERS.values()}


def gone(deletion: OutboundMessage) -> None:
    """The provider confirmed a deletion: nobody holds that copy any more. Part "delivery" acts."""
    if settings.HOLD_MEDIA_FOR_POLICE and deletion.state == State.ACCEPTED:
        held = MediaHold.objects.filter(outbound=deletion, ended_at__isnull=True)
        held.update(ended_at=database_now())


def watch() -> int:
    """Raise a trouble for copies that should be gone since a day, end it when there are none."""
    counts = overdue()
    for name, count in counts.items():
        if count:
            troubles.note(name, "overdue")
        else:
            troubles.end(name, "overdue")
    return sum(counts.values())


def _waiting_copy(message: Message) -> OutboundMessage:
    rows = OutboundMessage.objects.select_for_update().filter(state=State.APPROVED)
    found: OutboundMessage | None = None
    if message.event is not None:
        found = rows.filter(client_key=arrival_key(message.event)).first()
    if found is None:
        raise NotPossible(_("The provider has no copy of it any more."))
    return found
