"""Writing to a conversation that is held: its lines in order, and its risk, which only rises."""

from collections.abc import Mapping
from datetime import datetime

from accounts.models import User
from intake import ahead
from intake.flags import read_flags, write_flags
from intake.models import Conversation, InboundEvent, Message, Risk
from privacy import audit
from privacy.clock import database_now


def raise_risk(conversation: Conversation, *, risk: str, flags: Mapping[str, str]) -> None:
    """Raise a conversation's risk level and add flags (code to why); never lowers, never removes.

    Inside the transaction and the part that stores or triages a message.
    """
    known = read_flags(conversation)
    merged = {**flags, **known}
    levels = [Risk.NORMAL, Risk.URGENT, Risk.DANGER]
    level = max(levels.index(Risk(conversation.risk)), levels.index(Risk(risk)))
    if merged == known and levels[level] == conversation.risk:
        return
    conversation.risk = levels[level]
    conversation.flags = write_flags(merged)
    conversation.save(update_fields=["risk", "flags"])
    for code in merged.keys() - known.keys():
        audit.record("flag_raised", folder=conversation.folder_id, reason=code)


def lock(conversation: Conversation) -> Conversation:
    """The conversation, read anew and held until the transaction ends; a batch holds it already."""
    known = ahead.held(conversation)
    if known is not None:
        return known
    rows = Conversation.objects.select_related("folder__team").select_for_update(
        of=("self",), no_key=True
    )
    return rows.get(pk=conversation.pk)  # type: ignore[no-any-return]


def add_message(
    conversation: Conversation,
    *,
    direction: str,
    kind: str,
    text: str = "",
    notice: str = "",
    author: User | None = None,
    event: InboundEvent | None = None,
    at: datetime | None = None,
) -> Message:
    """Put one message at the end of a locked conversation, where it is filed to.

    Its moment is that of its arrival, else `at`, else now.
    """
    message = Message(
        folder_id=conversation.filed_to_id or conversation.folder_id,
        conversation=conversation,
        direction=direction,
        kind=kind,
        notice=notice,
        body=text or None,
        author=author,
        event=event,
        at=event.received_at if event else at or database_now(),
        order=ahead.next_place(conversation),
    )
    message.save(force_insert=True)
    conversation.version += 1
    conversation.save(update_fields=["version"])
    return message
