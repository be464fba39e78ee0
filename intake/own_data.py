"""What a reporter asks about their own data: who has seen it, and a copy; told on their channel.

Only their own conversation, and only once they said yes there. While somebody else may hold their
telephone a colleague asks the agreed question first; until then nothing is told.
"""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from intake import doubts, registry, texts
from intake.first_steps import say
from intake.flags import read_flags
from intake.languages import speaking
from intake.looks import answer
from intake.models import Conversation, Message, SubjectRequest
from intake.registry import Section
from intake.services import send_ours
from intake.writing import add_message, lock
from privacy import audit
from privacy.access import acting, require
from privacy.classes import NARRATIVE
from privacy.clock import database_now
from privacy.services import NotPossible

Kind, State = SubjectRequest.Kind, SubjectRequest.State

ANSWERED_WITHIN: Final = timedelta(hours=24)
LINK_FOR: Final = timedelta(hours=24)
OPEN: Final = (State.ASKED, State.OFFERED)
_ORDER: Final = ("said", "reached", "noted", "agreed", "takedowns", "referrals", "left_out")
_ASKS: Final = {Kind.SEEN: "own_seen", Kind.COPY: "own_copy"}  # what `Conversation.asked` says


def needs_a_person(conversation: Conversation) -> bool:
    """Whether anybody may hold this telephone: then all of it waits for the agreed check."""
    return (
        "shared_device" in read_flags(conversation)
        or doubts.is_in_doubt(conversation)
        or any(ask(conversation) for ask in registry.unsafe_alone)
    )


def ask(conversation: Conversation, kind: str, *, at: datetime) -> bool:
    """They asked by a keyword; the caller holds and saves it. Whether a person must look.

    A copy is always put together by a person; who has seen it is told once they said yes.
    """
    if kind == Kind.COPY or conversation.asked or needs_a_person(conversation):
        _open(conversation, kind)
        _note(conversation, f"{kind}_asked")
        say(conversation, "own_by_person", texts.own_by_person)
        return True
    _mark_offered(conversation, kind, at=at)
    say(conversation, "seen_offer", texts.seen_offer)
    return False


def take_answer(conversation: Conversation, *, said: str, at: datetime) -> bool | None:
    """Their word after we asked whether it is a good time; None when it answers something else.

    The caller holds and saves the conversation, and part "intake" acts.
    """
    kind = next((one for one, code in _ASKS.items() if code == conversation.asked), None)
    if kind is None:
        return None
    conversation.asked = ""
    request = _standing(conversation, kind)
    late = conversation.asked_at is None or at - conversation.asked_at > ANSWERED_WITHIN
    if request is None or late or said != "yes":
        _settle(request, State.LAPSED)
        return False if said == "no" else None
    if needs_a_person(conversation):
        _settle(request, State.REFUSED)
        say(conversation, "own_by_person", texts.own_by_person)
        return True
    _tell(conversation, request)
    return False


@transaction.atomic
def offer(
    conversation: Conversation, *, kind: str, parts: Iterable[str] = (), by: User
) -> SubjectRequest:
    """A colleague has them asked on their own channel whether now is a good time to be told.

    Raises NotPossible while it may be somebody else who writes, or when nothing may go out now.
    """
    require(by, conversation.filed_to_id or conversation.folder_id, NARRATIVE)
    with acting(part="intake"):
        conversation = lock(conversation)
        if needs_a_person(conversation):
            raise NotPossible(
                _("Somebody else may hold their phone. Ask the agreed question first.")
            )
        if conversation.asked:
            raise NotPossible(_("Another question of ours waits for their answer."))
        request = _mark_offered(conversation, kind, at=database_now(), by=by)
        request.parts = ",".join(sorted(parts))
        request.save(update_fields=["parts"])
        with speaking(conversation.language):
            text = texts.seen_offer() if kind == Kind.SEEN else texts.copy_offer()
        send_ours(conversation, code=f"{kind}_offer", text=text, by=by)
        conversation.save(update_fields=["asked", "asked_at"])
    return request


@transaction.atomic
def confirm_delete(conversation: Conversation, *, by: User) -> None:
    """They told a colleague that they want it deleted: their own word on their channel does it."""
    require(by, conversation.filed_to_id or conversation.folder_id, NARRATIVE)
    with acting(part="intake"):
        conversation = lock(conversation)
        with speaking(conversation.language):
            text = texts.delete_confirm()
        send_ours(conversation, code="delete_confirm", text=text, by=by)
    audit.record("delete_offered", folder=conversation.folder_id, subject="conversation")


@transaction.atomic
def refuse(request: SubjectRequest, *, by: User) -> None:
    """It was not them who asked: nothing is told."""
    require(by, request.conversation.filed_to_id or request.folder_id, NARRATIVE)
    with acting(part="intake"):
        conversation = lock(request.conversation)
        if conversation.asked == _ASKS[Kind(request.kind)]:
            conversation.asked = ""
            conversation.save(update_fields=["asked"])
        _settle(request, State.REFUSED)


def waiting(conversation: Conversation) -> list[SubjectRequest]:
    """What they asked and have not been told."""
    return list(SubjectRequest.objects.filter(conversation=conversation, state__in=OPEN))


def copy_of(conversation: Conversation, parts: Iterable[str]) -> list[Section]:
    """All that a copy holds, in their language: exactly this leaves. Part "copying" reads it."""
    chosen = frozenset(parts)
    with acting(part="copying"), speaking(conversation.language):
        found = [one for make in registry.own_copy for one in make(conversation, chosen)]
        found.append(Section("left_out", texts.copy_title("left_out"), texts.copy_left_out()))
        return sorted(found, key=lambda one: _ORDER.index(one.code))


def by_token(token: str) -> SubjectRequest | None:
    """The copy that a link leads to, while it may still be opened. Part "intake" acts."""
    found: SubjectRequest | None = (
        SubjectRequest.objects.select_for_update(of=("self",))
        .select_related("conversation")
        .filter(token=_hashed(token), until__gt=database_now(), opened_at__isnull=True)
        .first()
    )
    gone = found is None or found.conversation.hidden_at is not None
    return None if gone or (found and needs_a_person(found.conversation)) else found


def open_copy(token: str) -> tuple[SubjectRequest, list[Section]] | None:
    """Open a copy by its link, once. None when that was, or somebody else may hold their phone."""
    with acting(part="intake"):
        request = by_token(token)
        if request is None:
            return None
        request.opened_at = database_now()
        request.save(update_fields=["opened_at"])
        audit.record("copy_opened", folder=request.folder_id, subject="request")
    return request, copy_of(request.conversation, filter(None, request.parts.split(",")))


def _tell(conversation: Conversation, request: SubjectRequest) -> None:
    if request.kind == Kind.SEEN:
        told = say(conversation, "seen_answer", lambda: answer(conversation))
    else:
        token, until = secrets.token_urlsafe(32), database_now() + LINK_FOR
        request.token, request.until = _hashed(token), until
        request.save(update_fields=["token", "until"])
        link = settings.PUBLIC_BASE_URL + reverse("intake:own_copy", kwargs={"token": token})
        told = say(conversation, "copy_link", lambda: texts.copy_link(link, until))
    _settle(request, State.ANSWERED if told else State.LAPSED)


def _open(conversation: Conversation, kind: str) -> SubjectRequest:
    request = _standing(conversation, kind)
    if request is None:
        request = SubjectRequest(
            folder_id=conversation.folder_id, conversation=conversation, kind=kind
        )
        request.save(force_insert=True)
        _record("own_asked", request)
    return request


def _mark_offered(
    conversation: Conversation, kind: str, *, at: datetime, by: User | None = None
) -> SubjectRequest:
    request = _open(conversation, kind)
    request.state, request.offered_at, request.offered_by = State.OFFERED, at, by
    request.save(update_fields=["state", "offered_at", "offered_by"])
    conversation.asked, conversation.asked_at = _ASKS[Kind(kind)], at
    _record("own_offered", request)
    return request


def _standing(conversation: Conversation, kind: str) -> SubjectRequest | None:
    rows = SubjectRequest.objects.filter(conversation=conversation, kind=kind, state__in=OPEN)
    found: SubjectRequest | None = rows.first()
    return found


def _settle(request: SubjectRequest | None, state: str) -> None:
    if request is not None:
        request.state, request.settled_at = state, database_now()
        request.save(update_fields=["state", "settled_at"])
        _record("own_settled", request, reason=state)


def _note(conversation: Conversation, code: str) -> None:
    add_message(conversation, direction=Message.Direction.IN, kind=Message.Kind.NOTICE, notice=code)


def _record(verb: str, request: SubjectRequest, *, reason: str = "") -> None:
    audit.record(
        verb,
        folder=request.folder_id,
        subject="request",
        subject_id=request.pk,
        reason=reason or request.kind,
    )


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
