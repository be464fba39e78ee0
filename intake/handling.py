"""What one arrival becomes: identity, conversation, message, danger, and what answers by itself."""

from intake import copies, danger, first_steps, outbox, registry
from intake.belonging import conversation_of
from intake.channels.email import token_hash
from intake.identities import known_identity
from intake.inbound import Inbound
from intake.models import Channel, Conversation, InboundEvent, Message, Risk
from intake.writing import add_message, lock, raise_risk


def handle(event: InboundEvent, inbound: Inbound) -> str:
    """What this kind of arrival does; a code when nothing can be made of it."""
    if inbound.kind == "status":
        outbox.merge_status(inbound)
        return ""
    if inbound.sender is None:
        return inbound.problem or "no_sender"
    if inbound.automatic:
        return _note_automatic(event, inbound)
    conversation, proven = conversation_of(event, inbound)
    if not proven:
        _warn(conversation, event)
    message = _add(conversation, event, inbound)
    hits = _look_for_danger(conversation, inbound)
    if proven:
        _answer(conversation, event, inbound, hits)
    else:
        first_steps.listen(conversation, text=inbound.text)
    for told in registry.on_message:
        told(message)
    copies.forget_arrival(conversation, event, inbound)
    return ""


def _answer(
    conversation: Conversation, event: InboundEvent, inbound: Inbound, hits: list[danger.Hit]
) -> None:
    """What goes out by itself."""
    if conversation.channel == Channel.PHONE:
        conversation.step = Conversation.Step.STOPPED  # a caller heard the first steps spoken
        conversation.save(update_fields=["step"])
    else:
        first_steps.take(conversation, text=inbound.text, hits=hits)
    _answer_media(conversation, event, inbound)


def _warn(conversation: Conversation, event: InboundEvent) -> None:
    """Say before a mail that nothing but its From header shows whose it is."""
    add_message(
        conversation,
        direction=Message.Direction.IN,
        kind=Message.Kind.NOTICE,
        notice="maybe_someone_else",
        at=event.received_at,
    )


def _note_automatic(event: InboundEvent, inbound: Inbound) -> str:
    """A machine's mail: a line in the conversation it belongs to; never an answer."""
    own = known_identity(inbound)
    hashes = [token_hash(token) for token in inbound.references]
    found = own.conversation if own else Conversation.objects.filter(reply_token__in=hashes).first()
    if found is None:
        return "automatic"
    add_message(
        lock(found),
        direction=Message.Direction.IN,
        kind=Message.Kind.NOTICE,
        notice="automatic_mail",
        text=inbound.text if own else "",
        event=event,
    )
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


def _look_for_danger(conversation: Conversation, inbound: Inbound) -> list[danger.Hit]:
    hits = danger.find(inbound.text)
    if hits:
        flags = {hit.flag: hit.entry for hit in hits}
        raise_risk(conversation, risk=danger.level(hits), flags=flags)
    if inbound.notice == "safe_no":
        raise_risk(conversation, risk=Risk.DANGER, flags={"imminent_danger": "said_not_safe"})
    return hits


def _answer_media(conversation: Conversation, event: InboundEvent, inbound: Inbound) -> None:
    """Say gently that nothing was opened."""
    if not inbound.media:
        return
    first_steps.answer_media(conversation, inbound.media[0].kind)


def _size(size: int | None) -> str:
    return "" if size is None else f"{max(1, size // 1024)} kB"
