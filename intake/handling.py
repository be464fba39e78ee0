"""What one arrival becomes: identity, conversation, message, danger, and what answers by itself."""

from datetime import datetime
from typing import Final
from uuid import UUID

from intake import (
    away,
    call_backs,
    copies,
    danger,
    deleting,
    first_steps,
    keywords,
    limits,
    outcomes,
    registry,
    strangers,
)
from intake import survey as surveys
from intake.away import Desk
from intake.belonging import Place, place_of
from intake.channels.email import token_hash
from intake.identities import known_identity
from intake.inbound import Inbound
from intake.models import Channel, Conversation, InboundEvent, Message, Risk
from intake.words import command_of
from intake.writing import add_message, lock, raise_risk

# What an arrival may change of its conversation: set in memory by every step, saved once.
KEPT: Final = (
    "asked",
    "asked_at",
    "away_told_at",
    "destroy_after",
    "filed_to",
    "hidden_at",
    "language",
    "language_from",
    "last_inbound_at",
    "opted_out_at",
    "pathway",
    "state",
    "step",
    "survey",
    "taken_by",
    "version",
    "waiting_since",
)
# Kinds of what happened without words that are told in a line before the words they came with.
_BESIDE: Final = frozenset({"reaction", "edited", "referral"})
# What comes when somebody cleans their phone, or their account changes: nobody has written to us,
# and an answer would light up the screen of who has just taken back or deleted everything.
_UNSAID: Final = frozenset({"revoked", "system"})


def handle(event: InboundEvent, inbound: Inbound) -> str:
    """What this kind of arrival does; a code when nothing can be made of it."""
    if inbound.kind == "status":
        outcomes.merge_status(inbound)
        return ""
    if inbound.kind == "call" and inbound.outbound:
        return call_backs.note(event, inbound)
    if inbound.sender is None:
        return inbound.problem or "no_sender"
    if inbound.automatic:
        return _note_automatic(event, inbound)
    if _is_unsaid(inbound) and _note_unsaid(event, inbound):
        return ""
    if not deleting.take_back(event, inbound):
        _take_in(event, inbound)
    return ""


def _take_in(event: InboundEvent, inbound: Inbound) -> None:
    """Something that a person sent: stored, listened to, answered."""
    hits = danger.find(inbound.text)
    grave = danger.level(hits) == Risk.DANGER or inbound.notice == "safe_no"
    place = place_of(event, inbound, reopens=lambda found: _reopens(found, event, inbound, grave))
    conversation = place.conversation
    strangers.note_others(conversation, event, inbound)
    _note_facts(conversation, inbound)
    if conversation.channel == Channel.PHONE:
        call_backs.keep(conversation, event, inbound)
    message = _write_down(place, event, inbound)
    _raise(conversation, inbound, hits)
    desk = away.desk_of(conversation, event.received_at)
    unsafe = first_steps.listen(conversation, said=first_steps.spoken(inbound))
    look = _is_unsaid(inbound) or _answer(place, event, inbound, desk, in_danger=grave or unsafe)
    if look:
        conversation.waiting_since = conversation.waiting_since or event.received_at
    conversation.save(update_fields=KEPT)
    if grave or unsafe:
        for wake in registry.on_danger:
            wake(conversation)
    for told in registry.on_message:
        told(message)
    copies.forget_arrival(conversation, event, inbound)


def _reopens(
    conversation: Conversation, event: InboundEvent, inbound: Inbound, grave: bool
) -> bool:
    """Whether it takes a closed conversation up again: no last word does, nor one under a limit."""
    said = first_steps.spoken(inbound)
    if grave:
        return True
    last_word = surveys.is_answer(conversation, said) or command_of(said) in ("delete", "stop")
    return not last_word and not limits.in_force(conversation, event.received_at)


def _note_facts(conversation: Conversation, inbound: Inbound) -> None:
    """What a door knows besides words: the language they chose, and who took their call."""
    if inbound.language:
        how = Conversation.LanguageFrom
        conversation.language = inbound.language
        conversation.language_from = how.TOLD if inbound.provider == "desk" else how.CHOSEN
    if inbound.taken_by:
        conversation.taken_by_id = UUID(inbound.taken_by)


def _write_down(place: Place, event: InboundEvent, inbound: Inbound) -> Message:
    """The arrival's own entry, and before it what a colleague must know to read it."""
    codes = [] if place.proven else ["maybe_someone_else"]
    codes += ["unverified"] if inbound.unverified else []
    codes += place.signs
    codes += ["late"] if inbound.late else []
    codes += [inbound.notice] if inbound.text.strip() and inbound.notice in _BESIDE else []
    for code in codes:
        add_message(
            place.conversation,
            direction=Message.Direction.IN,
            kind=Message.Kind.NOTICE,
            notice=code,
            at=event.received_at,
        )
    return _add(place.conversation, event, inbound)


def _answer(
    place: Place, event: InboundEvent, inbound: Inbound, desk: Desk, *, in_danger: bool
) -> bool:
    """What goes out by itself; whether a person must look (nearly always)."""
    conversation, said = place.conversation, first_steps.spoken(inbound)
    if not place.proven:
        _answer_unproven(conversation, event, inbound, desk, in_danger=in_danger)
        return True
    if conversation.channel == Channel.PHONE:
        conversation.step = Conversation.Step.STOPPED  # a caller heard the first steps spoken
        return True
    if surveys.take_answer(conversation, said):
        return False
    limited = limits.in_force(conversation, event.received_at)
    if not in_danger:
        done = keywords.obey(
            conversation, said=said, desk=desk, at=event.received_at, limited=limited
        )
        if done is not None:
            return done
    if limited and not in_danger:
        limits.tell_once(conversation)
        return False
    _next_step(conversation, event, inbound, desk, in_danger=in_danger)
    return True


def _next_step(
    conversation: Conversation,
    event: InboundEvent,
    inbound: Inbound,
    desk: Desk,
    *,
    in_danger: bool,
) -> None:
    """The first steps, or the pathway's own; what came besides words; that nobody is here."""
    said, before = first_steps.spoken(inbound), conversation.step
    if not conversation.pathway and danger.own_thoughts(inbound.text):
        first_steps.begin_own_thoughts(conversation, silent=in_danger)
    if conversation.step == before:
        first_steps.take(conversation, said=said, desk=desk, in_danger=in_danger)
    if inbound.media:
        first_steps.answer_media(conversation, inbound.media[0].kind)
    away.tell_closed(conversation, desk, event.received_at)
    if inbound.late and inbound.occurred_at:
        first_steps.say_late(conversation, datetime.fromisoformat(inbound.occurred_at))
    if before != conversation.step == Conversation.Step.LIMITS:
        away.tell_no_speaker(conversation, desk, event.received_at)


def _answer_unproven(
    conversation: Conversation,
    event: InboundEvent,
    inbound: Inbound,
    desk: Desk,
    *,
    in_danger: bool,
) -> None:
    """To a mail that only its From header makes theirs: what helps, whoever wrote it.

    It goes to the address they always wrote from: whom to call, the first words if they have not
    had them, that nobody is here. No keyword does anything, and no step goes on.
    """
    if in_danger and conversation.step != Conversation.Step.STOPPED:
        first_steps.say_danger(conversation, desk)
    elif conversation.step == Conversation.Step.NONE:
        said = first_steps.spoken(inbound)
        first_steps.take(conversation, said=said, desk=desk, in_danger=False)
    away.tell_closed(conversation, desk, event.received_at)


def _is_unsaid(inbound: Inbound) -> bool:
    return inbound.notice in _UNSAID and not inbound.media and not first_steps.spoken(inbound)


def _note_unsaid(event: InboundEvent, inbound: Inbound) -> bool:
    """A line where they are known, be it hidden or closed, and nothing else; whether they are."""
    own = known_identity(inbound)
    if own is None:
        return False
    conversation = lock(own.conversation)
    add_message(
        conversation,
        direction=Message.Direction.IN,
        kind=Message.Kind.NOTICE,
        notice=inbound.notice,
        event=event,
    )
    copies.forget_arrival(conversation, event, inbound)
    return True


def _note_automatic(event: InboundEvent, inbound: Inbound) -> str:
    """A machine's mail: a line in the conversation it belongs to; never an answer."""
    own = known_identity(inbound)
    hashes = [token_hash(token) for token in inbound.references]
    found = own.conversation if own else Conversation.objects.filter(reply_token__in=hashes).first()
    if found is None:
        return "automatic"
    found = lock(found)
    message = add_message(
        found,
        direction=Message.Direction.IN,
        kind=Message.Kind.NOTICE,
        notice="automatic_mail",
        text=inbound.text if own else "",
        event=event,
    )
    if own and (hits := danger.find(inbound.text)):
        # A machine's marks do not prove that no person wrote it.
        _raise(found, inbound, hits)
        found.waiting_since = found.waiting_since or event.received_at
        found.save(update_fields=["waiting_since"])
        for told in registry.on_message:
            told(message)
    return ""


def _add(conversation: Conversation, event: InboundEvent, inbound: Inbound) -> Message:
    """The arrival's one entry, and a line for each picture or file that came with words."""
    words = inbound.text.strip()
    rest = list(inbound.media)
    if words:
        kind, notice, text = Message.Kind.TEXT, "", words
    elif rest:
        first = rest.pop(0)
        kind, notice, text = Message.Kind.MEDIA, first.kind, _size(first.size)
    else:
        kind, notice, text = Message.Kind.NOTICE, inbound.notice or "empty", ""
    message = add_message(
        conversation,
        direction=Message.Direction.IN,
        kind=kind,
        notice=notice,
        text=text,
        event=event,
    )
    for one in rest:
        add_message(
            conversation,
            direction=Message.Direction.IN,
            kind=Message.Kind.MEDIA,
            notice=one.kind,
            text=_size(one.size),
        )
    return message


def _raise(conversation: Conversation, inbound: Inbound, hits: list[danger.Hit]) -> None:
    """Words and keys of danger raise the conversation, and say why."""
    if hits:
        flags = {hit.flag: hit.entry for hit in reversed(hits)}
        raise_risk(conversation, risk=danger.level(hits), flags=flags)
    if inbound.notice == "safe_no":
        raise_risk(conversation, risk=Risk.DANGER, flags={"imminent_danger": "said_not_safe"})


def _size(size: int | None) -> str:
    return "" if size is None else f"{max(1, size // 1024)} kB"
