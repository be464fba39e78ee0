"""What other stages and the doors ask of intake: store an arrival, answer, file, send once."""

import hashlib
import secrets
import uuid
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from intake import automatic, bell, doubts, registry, texts
from intake.inbound import Inbound
from intake.languages import speaking, written_in
from intake.models import (
    ApprovedText,
    Conversation,
    InboundEvent,
    Message,
    OutboundMessage,
    Risk,
)
from intake.reach import address_of, refuse_unsendable
from intake.writing import add_message, lock
from privacy import audit
from privacy.access import acting, require
from privacy.classes import NARRATIVE
from privacy.crypto import seal_for_intake
from privacy.models import Folder
from privacy.services import NotPossible

# Places in the outbox: danger first, tidying last.
FIRST: Final = 0
ORDINARY: Final = 5

_STORE: Final = f"""
INSERT INTO {InboundEvent._meta.db_table}
    (id, provider, kind, key, lane, sealed, state, attempts, problem, late, received_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, 0, %s, %s, clock_timestamp())
ON CONFLICT (provider, kind, key) DO NOTHING
"""  # noqa: S608 (the name of our own table)


def receive(inbound: Inbound) -> bool:
    """Store an arrival, sealed to the intake key; True when it was not there yet.

    One INSERT in the caller's transaction, no secret key and no right to case data needed. What has
    a `problem` is a dead letter from the start. The bell rings after the commit.
    """
    key = uuid.uuid4()
    state = InboundEvent.State.DEAD if inbound.problem else InboundEvent.State.WAITING
    with connection.cursor() as cursor:
        cursor.execute(
            _STORE,
            [
                key,
                inbound.provider,
                inbound.kind,
                inbound.key,
                inbound.lane,
                seal_for_intake(inbound.to_bytes()),
                state,
                inbound.problem,
                inbound.late,
            ],
        )
        new: bool = cursor.rowcount == 1
    if new and not inbound.problem:
        bell.ring("intake.tasks.process", key)
    return new


@transaction.atomic
def reply(
    conversation: Conversation,
    *,
    text: str = "",
    template: str = "",
    client_key: str = "",
    by: User | None,
) -> Message:
    """Answer the reporter on their own channel; the automatic steps end with the first answer.

    `template` is the code of an approved text, sent as it was approved instead of free words: the
    only thing that may go out once WhatsApp's window has shut. `client_key` is the form's own
    random key: the same one twice from the same person in the same conversation is one message.
    Raises NotAllowed, or NotPossible with words for who writes.
    """
    conversation = lock(conversation)
    require(by, conversation.filed_to_id or conversation.folder_id, NARRATIVE)
    client_key = client_key and _reply_key(conversation, client_key, by)
    if client_key and (sent := _already(conversation, client_key)):
        return sent
    approved = _approved(conversation, template) if template else None
    message = _send(
        conversation,
        kind=Message.Kind.TEXT,
        text=approved.text if approved else text.strip(),
        author=by,
        client_key=client_key,
        template=template,
    )
    conversation.step = Conversation.Step.STOPPED
    conversation.waiting_since = None
    conversation.save(update_fields=["step", "waiting_since"])
    audit.record("reply", folder=message.folder_id, subject="message", subject_id=message.pk)
    return message


@transaction.atomic
def send_link(
    conversation: Conversation, *, code: str, values: Mapping[str, str], by: User | None
) -> Message:
    """Send a neutral text of our own with a link, such as a takedown's (codes: `intake.texts`).

    The caller has checked that `by` may cause it; they may not read the conversation themselves.
    Raises NotPossible when the reporter cannot be written to now.
    """
    with acting(part="intake"):
        conversation = lock(conversation)
        with speaking(conversation.language):
            text = texts.link(code, values)
        return send_ours(conversation, code=code, text=text, by=by)


def send_ours(conversation: Conversation, *, code: str, text: str, by: User | None) -> Message:
    """Send a text of our own that a colleague causes; the conversation is held by the caller.

    Raises NotPossible when the reporter cannot be written to now.
    """
    message = _send(conversation, kind=Message.Kind.AUTOMATIC, notice=code, text=text, author=by)
    audit.record(
        "link_sent", folder=message.folder_id, subject="message", subject_id=message.pk, reason=code
    )
    return message


def send_automatic(conversation: Conversation, *, code: str, text: str) -> Message | None:
    """Send a text of our own in the lane of the arrival it answers; nothing if it cannot go out.

    By e-mail all that answers one arrival goes in one mail, and one such mail a day.
    """
    address = address_of(conversation)
    if mail := automatic.joined(conversation, address, text):
        return mail
    if not automatic.may_write(conversation, address, code):
        return None
    try:
        return _send(
            conversation, kind=Message.Kind.AUTOMATIC, notice=code, text=text, answering=True
        )
    except NotPossible:
        return None


def refuse_unsafe(conversation: Conversation) -> None:
    """Raise NotPossible when safe contact forbids any contact now: for calls, which send nothing.

    Whatever sends words need not ask: the one send function does, and the outbox asks again.
    """
    for ask in registry.before_reply:
        ask(conversation)


@transaction.atomic
def queue(
    carrier: str,
    *,
    folder: Folder | UUID,
    subject_id: UUID | None = None,
    client_key: str,
    provider_ref: str = "",
) -> OutboundMessage:
    """Have a carrier send something once, in the caller's transaction; same key, same row.

    The caller has checked that this may be sent. `provider_ref` names what it is about where that
    lives at a provider.
    """
    folder_id = folder.pk if isinstance(folder, Folder) else folder
    with acting(part="delivery"):
        outbound, made = OutboundMessage.objects.get_or_create(
            client_key=client_key,
            defaults={
                "folder_id": folder_id,
                "carrier": carrier,
                "subject_id": subject_id,
                "provider_ref": provider_ref,
            },
        )
    if made:
        bell.ring("intake.tasks.deliver", outbound.pk)
    return outbound


@transaction.atomic
def file_to(conversation: Conversation, folder_id: UUID) -> None:
    """File a conversation's messages to a case: keys are wrapped anew, new ones go there too.

    Messages that were filed to another case before stay there; nothing of a hidden conversation is
    filed. The caller has checked the right.
    """
    with acting(part="filing"):
        conversation = lock(conversation)
        if conversation.hidden_at is not None:
            return
        held = Message.objects.filter(conversation=conversation, folder=conversation.folder_id)
        for message in held.select_for_update():
            message.rewrap(folder_id)
            message.save(update_fields=["folder", "wrapped_key"])
        OutboundMessage.objects.filter(conversation=conversation, message__folder=folder_id).update(
            folder=folder_id
        )
        conversation.filed_to_id = folder_id
        conversation.version += 1
        conversation.save(update_fields=["filed_to", "version"])
    audit.record("filed", folder=folder_id, subject="conversation", subject_id=conversation.pk)


@transaction.atomic
def set_state(conversation: Conversation, state: str, *, by: User | None) -> None:
    """Move a conversation: waiting, with a counsellor, closed. The caller has checked the right.

    One that is hidden, at its reporter's wish, stays where it is: out of every queue.
    """
    conversation = lock(conversation)
    if conversation.hidden_at is not None:
        return
    conversation.state = state
    conversation.version += 1
    if state == Conversation.State.CLOSED:
        conversation.waiting_since = None
    conversation.save(update_fields=["state", "version", "waiting_since"])
    audit.record(
        "conversation_state",
        folder=conversation.folder_id,
        subject="conversation",
        subject_id=conversation.pk,
        reason=state,
    )


@transaction.atomic
def settle_check(conversation: Conversation, *, right: bool, by: User) -> None:
    """Write down how the agreed question was answered: whether it is them who write now."""
    require(by, conversation.filed_to_id or conversation.folder_id, NARRATIVE)
    conversation = lock(conversation)
    add_message(
        conversation,
        direction=Message.Direction.IN,
        kind=Message.Kind.NOTICE,
        notice=doubts.PASSED if right else doubts.FAILED,
        author=by,
    )
    audit.record(
        "check_settled",
        folder=conversation.folder_id,
        subject="conversation",
        subject_id=conversation.pk,
        reason="right" if right else "wrong",
    )


def dead_letters() -> int:
    """How many arrivals wait for a person because nothing could be made of them.

    Those whose words are forgotten wait no more: nobody could open them.
    """
    dead = InboundEvent.objects.filter(state=InboundEvent.State.DEAD)
    return dead.filter(sealed__isnull=False).count()


def _send(
    conversation: Conversation,
    *,
    kind: str,
    text: str,
    notice: str = "",
    author: User | None = None,
    client_key: str = "",
    template: str = "",
    answering: bool = False,
) -> Message:
    """The one way words go to a reporter, whoever or whatever wrote them; the conversation is held.

    Every rule about whether they may be written to stands here. `answering`: it answers, by itself,
    what came in this very moment from where it goes. Raises NotPossible.
    """
    identity = address_of(conversation)
    refuse_unsendable(conversation, identity, text, answering=answering, approved=bool(template))
    refuse_unsafe(conversation)
    message = add_message(
        conversation,
        direction=Message.Direction.OUT,
        kind=kind,
        notice=notice,
        text=text,
        author=author,
    )
    outbound = OutboundMessage(
        folder_id=message.folder_id,
        carrier=(identity.carrier if identity else "") or conversation.channel,
        conversation=conversation,
        message=message,
        identity=identity,
        client_key=client_key or secrets.token_hex(16),
        template=template,
        priority=FIRST if conversation.risk == Risk.DANGER else ORDINARY,
    )
    outbound.save(force_insert=True)
    bell.ring("intake.tasks.deliver", outbound.pk)
    return message


def approved_texts(conversation: Conversation) -> list[ApprovedText]:
    """The approved texts that may go to this reporter now, by code; in their language if approved.

    None for a line whose provider approves no texts.
    """
    identity = address_of(conversation)
    carrier = (identity.carrier if identity else "") or conversation.channel
    language = conversation.language
    wanted = [settings.LANGUAGE_CODE, written_in(language), language]
    rows = ApprovedText.objects.filter(
        carrier=carrier, language__in=wanted, retired_on__isnull=True
    )
    found = {row.code: row for row in sorted(rows, key=lambda one: wanted.index(one.language))}
    return [found[code] for code in sorted(found)]


def _approved(conversation: Conversation, code: str) -> ApprovedText:
    for row in approved_texts(conversation):
        if row.code == code:
            return row
    raise NotPossible(_("This text is not approved for them. Choose another."))


def _reply_key(conversation: Conversation, client_key: str, by: User | None) -> str:
    """A form's key as an answer's own: it can meet no carrier's, and nobody else's."""
    told = f"reply:{conversation.pk}:{by.pk if by else ''}:{client_key}"
    return hashlib.sha256(told.encode()).hexdigest()


def _already(conversation: Conversation, client_key: str) -> Message | None:
    sent = OutboundMessage.objects.filter(conversation=conversation, client_key=client_key)
    known = sent.select_related("message").first()
    return known.message if known else None
