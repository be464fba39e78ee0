"""Calling back: what somebody wishes of it, a colleague who does it, and what came of it."""

import json
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Telephone, User
from intake import bell, ringing
from intake.channels import spoken
from intake.channels.phone import Heard
from intake.inbound import Inbound, key_of_id
from intake.models import (
    CallBack,
    Channel,
    Conversation,
    InboundEvent,
    LiveCall,
    Message,
    OutboundMessage,
)
from intake.reach import address_of, refuse_unsendable
from intake.services import queue, receive, refuse_unsafe
from intake.writing import add_message, lock
from privacy import audit, crypto
from privacy.access import NotAllowed, acting, require
from privacy.classes import CONTACT, NARRATIVE
from privacy.clock import database_now
from privacy.fields import unseal
from privacy.services import NotPossible

State = CallBack.State

CARRIER: Final = "phone_bridge"
MOST_TRIES: Final = 3
RESULTS: Final = {
    "completed": "called_back_reached",
    "busy": "called_back_busy",
    "no_answer": "called_back_unanswered",
}


def keep(conversation: Conversation, event: InboundEvent, inbound: Inbound) -> None:
    """What a step of a call says beside its line: whose call it is, and wishes of a call back.

    The conversation is locked, in the part that stores the arrival.
    """
    if inbound.provider == "desk":
        for code in _told_at_desk(inbound):
            _line(conversation, code, at=event.received_at)
    elif inbound.kind == "call":
        # Once for each call: its row is the caller's next step's, which waits for nobody.
        live = LiveCall.objects.filter(key=key_of_id(inbound.provider_ref))
        live.filter(conversation__isnull=True).update(conversation=conversation)
    if inbound.wishes and inbound.provider != "desk":
        _wish(conversation, inbound.wishes)
    elif inbound.notice == "call_left" and settings.CALL_BACK_MISSED:
        _wish_for_who_left(conversation)


def _told_at_desk(inbound: Inbound) -> list[str]:
    """The lines before the words of a call that a colleague wrote down."""
    said = {"safe_yes": "told_safe", "safe_no": "told_unsafe"}.get(inbound.notice, "told_unsure")
    back = {"yes": "call_back_safe", "no": "call_back_unsafe", "unknown": "call_back_unsure"}
    wish = back.get(inbound.wishes.get("safe", ""), "")
    return ["called_at_desk", said, *([wish] if wish else [])]


def note(event: InboundEvent, inbound: Inbound) -> str:
    """What happened on a colleague's line becomes a line of the conversation. Raises LookupError.

    It may be processed before the first step of the call it is of: then it is tried again.
    """
    if inbound.notice == "call_taken":
        conversation = _taken(inbound)
    else:
        back = CallBack.objects.select_for_update().get(pk=inbound.outbound)
        conversation = lock(Conversation.objects.get(pk=back.conversation_id))
        _came_of(back, inbound.notice)
        if inbound.notice == "called_back_reached":
            conversation.waiting_since = None
            conversation.save(update_fields=["waiting_since"])
    add_message(
        conversation,
        direction=Message.Direction.OUT,
        kind=Message.Kind.NOTICE,
        notice=inbound.notice,
        event=event,
    )
    if conversation.filed_to_id is None:
        bell.ring("cases.tasks.triage_waiting", conversation.pk)
    return ""


def _taken(inbound: Inbound) -> Conversation:
    """The conversation whose caller a colleague talks with: nobody waits there any more."""
    live = LiveCall.objects.get(pk=inbound.outbound)
    if live.conversation_id is None:
        raise LookupError("the call has no conversation yet")
    conversation = lock(Conversation.objects.get(pk=live.conversation_id))
    conversation.waiting_since = None
    conversation.taken_by_id = UUID(inbound.taken_by)
    conversation.save(update_fields=["waiting_since", "taken_by"])
    return conversation


def _line(conversation: Conversation, code: str, *, at: datetime) -> None:
    add_message(
        conversation,
        direction=Message.Direction.IN,
        kind=Message.Kind.NOTICE,
        notice=code,
        at=at,
    )


def wishes_of(back: CallBack, *, by: User) -> dict[str, str]:
    """What they wish of a call back, for whoever is about to call them; on record.

    Codes: safe, when, if_other; and `words`, what a colleague wrote. Raises NotAllowed.
    """
    require(by, back.folder_id, CONTACT)
    audit.record(
        "call_back_read",
        folder=back.folder_id,
        subject="call_back",
        subject_id=back.pk,
        classes=[CONTACT],
    )
    return _read(back)


def latest_of(conversations: list[UUID], *, user: User) -> CallBack | None:
    """The call back that stands for some conversations, else the last one; None: never asked."""
    rows = CallBack.objects.visible_to(user).filter(conversation__in=conversations)
    found: CallBack | None = rows.order_by("-asked_at").first()
    return found


@transaction.atomic
def call_them(conversation: Conversation, *, client_key: str, by: User) -> OutboundMessage:
    """Ring the colleague's own telephone, and when they press 1, the reporter's.

    Raises NotAllowed, or NotPossible with words for who asked: said not safe, outside safe hours,
    opted out, hidden number, no telephone of their own, already on the telephone.
    """
    require(by, conversation.filed_to_id or conversation.folder_id, NARRATIVE)
    conversation = lock(conversation)
    _refuse(conversation)
    if not Telephone.objects.filter(user=by).exists():
        raise NotPossible(_("Write your own telephone number on your page first: it rings first."))
    if by.pk in ringing.busy(database_now()):
        raise NotPossible(_("Your telephone is in use for the desk."))
    with acting(part="intake"):
        asked = CallBack.objects.filter(conversation=conversation, state=State.ASKED)
        back = asked.order_by("asked_at").last()
        if back is None:
            _refuse_second_try(conversation)
            back = CallBack(folder_id=conversation.folder_id, conversation=conversation)
        back.called_by = by
        back.save()
    audit.record(
        "call_back",
        folder=conversation.folder_id,
        subject="call_back",
        subject_id=back.pk,
        classes=[CONTACT],
    )
    key = key_of_id(f"bridge {back.pk} {client_key}")
    return queue(CARRIER, folder=conversation.folder_id, subject_id=back.pk, client_key=key)


@transaction.atomic
def connect(key: UUID, *, at_colleague: Heard) -> str:
    """The colleague pressed a key: ring the reporter, if that may still be done. TwiML."""
    if at_colleague.pressed != "1":
        return spoken.hang_up()
    with acting(part="intake"):
        back = CallBack.objects.select_related("conversation", "called_by").filter(pk=key).first()
        if back is None or back.called_by is None:
            return spoken.hang_up()
        number = _number(back.conversation)
        if number is None:
            return spoken.call_back_gone(back.called_by.page_language)
        LiveCall.objects.get_or_create(
            key=at_colleague.key,
            defaults={
                "outgoing": True,
                "state": LiveCall.State.CONNECTED,
                "ringing": back.called_by,
                "conversation": back.conversation,
            },
        )
    return spoken.call_back_connect(number=number, call_back=back.pk)


@transaction.atomic
def finish(key: UUID, *, at_colleague: Heard) -> str:
    """The reporter's telephone was rung: what came of it. TwiML for the colleague's line."""
    _end(at_colleague)
    notice = RESULTS.get(at_colleague.rung, "called_back_unanswered")
    receive(_outcome(key, at_colleague, notice))
    return spoken.hang_up()


@transaction.atomic
def hung_up(key: UUID, *, at_colleague: Heard) -> None:
    """The colleague's own line ended; when they never pressed the key, no call was made."""
    if at_colleague.over and not _end(at_colleague):
        receive(_outcome(key, at_colleague, "called_back_not_made"))


def _outcome(key: UUID, heard: Heard, notice: str) -> Inbound:
    return Inbound(
        provider="twilio",
        kind="call",
        key=key_of_id(f"{heard.call} back"),
        channel=Channel.PHONE,
        outbound=str(key),
        notice=notice,
        provider_ref=heard.call,
    )


def _end(heard: Heard) -> bool:
    """Whether this line of a colleague had come so far as to ring the reporter."""
    rows = LiveCall.objects.filter(key=heard.key)
    return bool(rows.update(state=LiveCall.State.ENDED, ended_at=database_now()))


def _number(conversation: Conversation) -> str | None:
    """The number to dial, unless a rule forbids it now or the key is away."""
    try:
        _refuse(conversation)
        identity = address_of(conversation)
        return unseal(identity, "value") if identity else None
    except (NotPossible, NotAllowed, crypto.KeyUnavailable):
        return None


def _refuse(conversation: Conversation) -> None:
    if conversation.channel != Channel.PHONE:
        raise NotPossible(_("They did not reach us by telephone."))
    refuse_unsendable(conversation, address_of(conversation), "–")
    refuse_unsafe(conversation)


def _refuse_second_try(conversation: Conversation) -> None:
    """Where nobody said that calling is safe, one try is all there is."""
    rows = CallBack.objects.filter(conversation=conversation, state=State.GIVEN_UP)
    last = rows.order_by("-asked_at").first()
    if last is not None and _read(last).get("safe") == "unknown":
        raise NotPossible(_("Nobody said that calling is safe, and we tried once. Wait for them."))


def _came_of(back: CallBack, notice: str) -> None:
    if notice == "called_back_not_made" or back.state != State.ASKED:
        return
    back.tries += 1
    unknown = _read(back).get("safe") == "unknown"
    if notice == "called_back_reached":
        back.state = State.DONE
    elif unknown or back.tries >= MOST_TRIES:
        back.state = State.GIVEN_UP
    if back.state != State.ASKED:
        back.ended_at = database_now()
    back.save(update_fields=["tries", "state", "ended_at"])


def _wish(conversation: Conversation, wishes: dict[str, str]) -> None:
    """Add to the call back that stands, or begin one; "not safe" ends it."""
    rows = CallBack.objects.select_for_update().filter(conversation=conversation, state=State.ASKED)
    back = rows.order_by("asked_at").last()
    if wishes.get("safe") == "no":
        rows.update(state=State.GIVEN_UP, ended_at=database_now())
        return
    if back is None:
        back = CallBack(folder_id=conversation.folder_id, conversation=conversation)
        known: dict[str, Any] = {}
    else:
        known = _read(back)
    back.wishes = json.dumps(known | wishes, sort_keys=True)
    back.save()


def _wish_for_who_left(conversation: Conversation) -> None:
    """One try for who hung up while waiting, unless they can or may not be called."""
    try:
        refuse_unsendable(conversation, address_of(conversation), "–", answering=True)
    except NotPossible:
        return
    if not CallBack.objects.filter(conversation=conversation, state=State.ASKED).exists():
        _wish(conversation, {"safe": "unknown"})


def _read(back: CallBack) -> dict[str, str]:
    try:
        found = json.loads(unseal(back, "wishes") or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
