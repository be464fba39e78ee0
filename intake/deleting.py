"""DELETE: one reporter's own conversation is hidden at once and destroyed later, unless taken back.

Their messages are wrapped back under the conversation's own folder, whose keys are then destroyed:
the case, the child it is for, and its other reporters stay as they are.
"""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from intake import copies, registry, texts
from intake.first_steps import say
from intake.identities import Known, hashes_of, known_identities
from intake.inbound import Inbound
from intake.languages import speaking
from intake.models import (
    Channel,
    Conversation,
    Identity,
    InboundEvent,
    MediaHold,
    Message,
    OutboundMessage,
    Risk,
)
from intake.outcomes import OPEN
from intake.services import send_automatic
from intake.strangers import told_by
from intake.words import command_of
from intake.writing import add_message, lock
from privacy import audit, custody, holds, retention, word_index
from privacy.access import acting, require
from privacy.classes import NARRATIVE
from privacy.clock import database_now
from privacy.crypto import CannotOpen
from privacy.fields import unseal
from privacy.models import Folder, Seal
from privacy.services import NotPossible

State = Conversation.State

ASKED: Final = "delete"  # a person is to decide about it
KEPT_FOR: Final = timedelta(hours=72)
DONE: Final = "delete_done"  # the last thing said before it is hidden
SEALED: Final = "delete_sealed"  # the same, where a law keeps it


def why_not(conversation: Conversation) -> str:
    """A code of why a person must decide about deleting instead; empty when nothing stands."""
    if conversation.risk == Risk.DANGER:
        return "danger"
    if _is_held(conversation):
        return "hold"
    codes = (ask(conversation) for ask in registry.may_not_delete)
    return next((code for code in codes if code), "")


def hide(conversation: Conversation, *, at: datetime) -> None:
    """Hide a held conversation from every person at once; the caller saves it.

    `at` is when they asked (UTC). What is said about it goes out last, and is hidden with the rest.
    """
    conversation.destroy_after = at + KEPT_FOR
    say(conversation, DONE, lambda: texts.delete_done(at + KEPT_FOR))
    _put_out_of_sight(conversation, at)


def _put_out_of_sight(conversation: Conversation, at: datetime) -> None:
    with acting(part="filing"):
        for message in Message.objects.select_for_update().filter(conversation=conversation):
            _bring_home(message, conversation)
        OutboundMessage.objects.filter(conversation=conversation).update(
            folder=conversation.folder_id
        )
        Folder.objects.filter(pk=conversation.folder_id).update(hidden_at=at)
        word_index.look_again(conversation.folder_id)
        conversation.hidden_at, conversation.filed_to = at, None
        conversation.state, conversation.waiting_since = State.CLOSED, None
        conversation.asked, conversation.step = "", Conversation.Step.STOPPED
        for told in registry.on_hidden:
            told(conversation, True)
    copies.hasten(conversation)
    _record("hidden", conversation)


def take_back(event: InboundEvent, inbound: Inbound) -> bool:
    """Undo what was asked, when KEEP comes from an address of theirs in time; says whether.

    What they wrote elsewhere since stays a conversation of its own, which no address leads to now.
    """
    if command_of(inbound.button or inbound.text) != "keep":
        return False
    known = known_identities(inbound)
    conversation = _hidden_of(inbound, known, event.received_at)
    if conversation is None:
        return False
    conversation = lock(conversation)
    _return_addresses(conversation, inbound, known)
    _unhide(conversation)
    add_message(
        conversation,
        direction=Message.Direction.IN,
        kind=Message.Kind.NOTICE,
        notice="kept",
        event=event,
    )
    conversation.last_inbound_at = event.received_at
    with speaking(conversation.language):
        send_automatic(conversation, code="kept", text=texts.kept())
    conversation.save()
    copies.forget_arrival(conversation, event, inbound)
    _record("taken_back", conversation)
    return True


@transaction.atomic
def decide(conversation: Conversation, *, delete: bool, by: User) -> None:
    """A person's decision on a DELETE that no machine may decide: hide it now, or not.

    Raises NotPossible when nothing was asked, or while something must be kept by law.
    """
    require(by, conversation.filed_to_id or conversation.folder_id, NARRATIVE)
    with acting(part="intake"):
        conversation = lock(conversation)
        if conversation.asked != ASKED:
            raise NotPossible(_("They did not ask for this, or it was decided already."))
        if delete and _is_held(conversation):
            raise NotPossible(_("It must be kept for now. Tell them truthfully what and why."))
        conversation.asked = ""
        if delete:
            hide(conversation, at=database_now())
        conversation.save()
    _record("delete_decided", conversation, reason="delete" if delete else "keep")


@transaction.atomic
def seal(conversation: Conversation, *, until: date, by: User) -> Seal:
    """What they asked to delete must be kept by law: lock it away from everybody until a day.

    It is hidden at once, and locked once they were told what is kept and why: then nobody here can
    read it, and it is destroyed on that day. Raises NotPossible when nothing was asked, no hold
    stands, or no two custodians are named.
    """
    require(by, conversation.filed_to_id or conversation.folder_id, NARRATIVE)
    with acting(part="intake"):
        conversation = lock(conversation)
        hold = holds.in_force(_folders_of(conversation)).order_by("agreed_at").first()
        if conversation.asked != ASKED:
            raise NotPossible(_("They did not ask for this, or it was decided already."))
        if hold is None:
            raise NotPossible(_("Nothing obliges us to keep it. Delete it."))
        say(conversation, SEALED, lambda: texts.delete_sealed(hold.reason, until))
        _put_out_of_sight(conversation, database_now())
        conversation.save()
        with acting(part="forgetting"):
            folder = Folder.objects.get(pk=conversation.folder_id)
            made = custody.begin_seal(folder, hold=hold, destroy_on=until, by=by)
    _record("delete_decided", conversation, reason="seal")
    return made


def is_telling(folder: UUID) -> bool:
    """Hook of custody: whether words to them have not left yet, which need the folder's keys."""
    with acting(part="delivery"):
        rows = OutboundMessage.objects.filter(folder=folder, message__isnull=False)
        return bool(rows.filter(state__in=OPEN).exists())


def destroy_due() -> int:
    """Destroy what was hidden long enough; killed at any point it is finished by the next run."""
    with acting(part="forgetting"):
        due = list(_due().values_list("pk", flat=True))
    return sum(_destroy(key) for key in due)


def _due() -> QuerySet[Conversation]:
    rows: QuerySet[Conversation] = Conversation.objects.filter(
        hidden_at__isnull=False, destroy_after__lte=database_now()
    )
    return rows.order_by("destroy_after")


def _destroy(key: UUID) -> bool:
    with acting(part="forgetting"):
        conversation = _due().select_for_update(skip_locked=True).filter(pk=key).first()
        if conversation is None or _is_held(conversation):
            return False
        retention.destroy(Folder.objects.get(pk=conversation.folder_id))
        Message.objects.filter(conversation=conversation).update(wrapped_key=None, hidden_from=None)
        conversation.destroy_after, conversation.reply_token = None, ""
        conversation.save(update_fields=["destroy_after", "reply_token"])
    return True


def _is_held(conversation: Conversation) -> bool:
    """Whether a legal hold, or a copy kept for the police, covers anything of it."""
    held = MediaHold.objects.filter(folder=conversation.folder_id, ended_at__isnull=True)
    return bool(holds.is_held(_folders_of(conversation)) or held.exists())


def _folders_of(conversation: Conversation) -> set[UUID]:
    """Its own folder, and every case's in which words of it lie or lay."""
    said = Message.objects.filter(conversation=conversation)
    lain_in = said.values_list("folder", "hidden_from")
    return {conversation.folder_id, *(one for pair in lain_in for one in pair if one)}


def _bring_home(message: Message, conversation: Conversation) -> None:
    """Wrap a message back under its conversation's folder, and remember where it lay."""
    if message.folder_id == conversation.folder_id:
        return
    message.hidden_from_id = message.folder_id
    try:
        message.rewrap(conversation.folder_id)
    except CannotOpen:  # forgotten with its case already
        message.folder_id, message.wrapped_key = conversation.folder_id, None
    message.save(update_fields=["folder", "hidden_from", "wrapped_key"])


def _unhide(conversation: Conversation) -> None:
    """Show it again: every message back where it lay, and new ones where the last one lay."""
    with acting(part="filing"):
        rows = Message.objects.select_for_update().filter(
            conversation=conversation, hidden_from__isnull=False
        )
        for message in rows.order_by("order"):
            conversation.filed_to_id = message.hidden_from_id
            if message.hidden_from_id is not None:
                message.rewrap(message.hidden_from_id)
            message.hidden_from = None
            message.save(update_fields=["folder", "hidden_from", "wrapped_key"])
            OutboundMessage.objects.filter(message=message).update(folder=message.folder_id)
        Folder.objects.filter(pk=conversation.folder_id).update(hidden_at=None)
        word_index.look_again(conversation.folder_id)
        conversation.hidden_at = conversation.destroy_after = None
        conversation.state, conversation.waiting_since = State.WAITING, database_now()
        for told in registry.on_hidden:
            told(conversation, False)


def _hidden_of(inbound: Inbound, known: Known, at: datetime) -> Conversation | None:
    """The hidden conversation of this very address.

    By its hash; when they wrote anew since, by its value among the few that wait. Anybody can write
    a mail's From: a mail must also bring back what only a mail of ours told.
    """
    waiting = Conversation.objects.filter(
        channel=inbound.channel, hidden_at__isnull=False, destroy_after__gt=at
    )
    if inbound.channel == Channel.EMAIL:
        waiting = waiting.filter(told_by(inbound))
    mine = {row.conversation_id for row in known.values()}
    direct: Conversation | None = waiting.filter(pk__in=mine).first()
    if direct is not None or inbound.sender is None or inbound.channel == Channel.PHONE:
        return direct
    rows = Identity.objects.filter(conversation__in=waiting, value__isnull=False)
    named = {(one.scheme, one.value) for one in (*inbound.also, inbound.sender)}
    for row in rows.select_related("conversation"):
        if (row.scheme, unseal(row, "value")) in named:
            found: Conversation = row.conversation
            return found
    return None


def _return_addresses(conversation: Conversation, inbound: Inbound, known: Known) -> None:
    """Their addresses lead to the conversation that came back, and to no newer one."""
    newer = {row.conversation_id for row in known.values()} - {conversation.pk}
    Identity.objects.filter(conversation__in=newer).update(value_hash=None, current=False)
    for other in Conversation.objects.filter(pk__in=newer):
        add_message(
            other,
            direction=Message.Direction.IN,
            kind=Message.Kind.NOTICE,
            notice="goes_on_elsewhere",
        )
    named = {
        (one.scheme, one.value): value_hash
        for one, value_hash in zip(
            [*inbound.also, *([inbound.sender] if inbound.sender else [])],
            hashes_of(inbound),
            strict=True,
        )
    }
    for row in Identity.objects.filter(conversation=conversation):
        place = (row.scheme, unseal(row, "value"))
        if place in named:
            row.value_hash = named[place]
            row.current = inbound.sender is not None and place == (
                inbound.sender.scheme,
                inbound.sender.value,
            )
            row.save(update_fields=["value_hash", "current"])


def _record(verb: str, conversation: Conversation, *, reason: str = "") -> None:
    audit.record(
        verb,
        folder=conversation.folder_id,
        subject="conversation",
        subject_id=conversation.pk,
        reason=reason,
    )
