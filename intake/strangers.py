"""A mail that brings back what we told somebody else: it joins nothing, and they are told of it."""

import re
from typing import Final
from uuid import UUID

from django.db.models import Q

from intake.channels.email import token_hash
from intake.inbound import Inbound
from intake.models import Channel, Conversation, Identity, InboundEvent, Message, OutboundMessage
from intake.writing import add_message, lock
from privacy import audit
from privacy.fields import unseal

MOST: Final = 3  # conversations of others that one mail is noted in
OTHER_SENDER: Final = "other_sender"
_KEY: Final = re.compile(r"[0-9a-f]{32}")


def told_by(inbound: Inbound) -> Q:
    """The conversations whose reply address, or a mail of ours in them, this mail brings back."""
    keys = [UUID(one) for one in inbound.references if _KEY.fullmatch(one)]
    sent = OutboundMessage.objects.filter(pk__in=keys, carrier=Channel.EMAIL)
    hashes = [token_hash(one) for one in inbound.references]
    return Q(reply_token__in=hashes) | Q(pk__in=sent.values("conversation"))


def note_others(conversation: Conversation, event: InboundEvent, inbound: Inbound) -> None:
    """Write a neutral line where this mail's reply address belongs, if that is somebody else's.

    One line, however often they write; none where it is their own address of before.
    """
    if inbound.channel != Channel.EMAIL or not inbound.references:
        return
    others = Conversation.objects.filter(told_by(inbound), channel=Channel.EMAIL)
    for other in others.filter(hidden_at__isnull=True).exclude(pk=conversation.pk)[:MOST]:
        if not _is_theirs(other, inbound) and not _is_noted(other):
            add_message(
                lock(other),
                direction=Message.Direction.IN,
                kind=Message.Kind.NOTICE,
                notice=OTHER_SENDER,
                at=event.received_at,
            )
            audit.record(
                OTHER_SENDER,
                folder=other.folder_id,
                subject="conversation",
                subject_id=other.pk,
            )


def _is_theirs(other: Conversation, inbound: Inbound) -> bool:
    """Whether the sender is who that conversation was with, under an address we let go of."""
    sender = inbound.sender.value if inbound.sender else ""
    rows = Identity.objects.filter(conversation=other)
    return any(unseal(row, "value") == sender for row in rows)


def _is_noted(other: Conversation) -> bool:
    last = Message.objects.filter(conversation=other).order_by("-order").first()
    return last is not None and last.notice == OTHER_SENDER
