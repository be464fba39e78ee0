"""Which conversation an arrival belongs to: of before or new, and how sure that is."""

import re
from datetime import timedelta
from typing import Final
from uuid import UUID

from accounts.models import Team
from intake.channels.email import reply_token, token_hash
from intake.identities import keep_addresses, known_identity
from intake.inbound import Inbound
from intake.models import Channel, Conversation, Identity, InboundEvent, OutboundMessage
from intake.writing import lock
from privacy import audit
from privacy.clock import database_now
from privacy.models import Folder
from privacy.retention import keep_open

# Numbers are given to other people: after this long a sender begins anew.
SAME_PERSON: Final = timedelta(days=60)

_KEY: Final = re.compile(r"[0-9a-f]{32}")


def conversation_of(event: InboundEvent, inbound: Inbound) -> tuple[Conversation, bool]:
    """The sender's conversation, locked: theirs of before, or a new one for a new sender.

    And whether it is surely theirs. What may be somebody else's puts the conversation before a
    person, but does not count as their having written.
    """
    proven = True
    known = known_identity(inbound)
    conversation = lock(known.conversation) if known else None
    if known and conversation and _starts_anew(known, conversation):
        Identity.objects.filter(conversation=conversation).update(value_hash=None, current=False)
        conversation = None
    if conversation is None:
        conversation = _begin_conversation(event, inbound)
    else:
        proven = inbound.channel != Channel.EMAIL or _answers_ours(conversation, inbound)
        if conversation.state == Conversation.State.CLOSED:
            _reopen(conversation)
    if proven:
        keep_addresses(conversation, inbound)
        conversation.last_inbound_at = event.received_at
    conversation.waiting_since = conversation.waiting_since or event.received_at
    conversation.save(update_fields=["last_inbound_at", "waiting_since"])
    return conversation, proven


def _starts_anew(identity: Identity, conversation: Conversation) -> bool:
    """Whether whoever writes now may be somebody else: forgotten address, or closed long ago."""
    if identity.value is None:
        return True
    last = conversation.last_inbound_at
    long_ago = last is not None and database_now() - last > SAME_PERSON
    return conversation.state == Conversation.State.CLOSED and long_ago


def _begin_conversation(event: InboundEvent, inbound: Inbound) -> Conversation:
    folder = Folder(kind=Folder.Kind.CONVERSATION, team=Team.objects.order_by("name").first())
    folder.save(force_insert=True)
    made = Conversation(folder=folder, channel=inbound.channel, started_at=event.received_at)
    if inbound.channel == Channel.EMAIL:
        made.reply_token = token_hash(reply_token(made.pk))
    made.save(force_insert=True)
    audit.record("arrived", folder=folder.pk, subject="conversation", subject_id=made.pk)
    return made


def _reopen(conversation: Conversation) -> None:
    """They are back: into the queue, from the first step, and nothing is forgotten meanwhile."""
    conversation.state = Conversation.State.WAITING
    conversation.step = Conversation.Step.NONE
    conversation.filed_to = None
    conversation.save(update_fields=["state", "step", "filed_to"])
    keep_open(conversation.folder)
    audit.record(
        "came_back",
        folder=conversation.folder_id,
        subject="conversation",
        subject_id=conversation.pk,
    )


def _answers_ours(conversation: Conversation, inbound: Inbound) -> bool:
    """Whether a mail brings back what only a mail of ours in this conversation told.

    That is our reply address, or the key of a message of ours. Anybody can write a From header.
    """
    if conversation.reply_token in [token_hash(one) for one in inbound.references]:
        return True
    keys = [UUID(one) for one in inbound.references if _KEY.fullmatch(one)]
    sent = OutboundMessage.objects.filter(conversation=conversation, carrier=Channel.EMAIL)
    return bool(sent.filter(pk__in=keys).exists())
