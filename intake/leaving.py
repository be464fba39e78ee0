"""The last look before something written leaves: it may have waited, and what was true may not be.

Whoever wrote it was asked the same rules then (`services.reply`); here nobody is there to ask.
"""

from typing import Final

from django.utils.translation import gettext as _

from intake import doubts, registry
from intake.models import Conversation, Message, OutboundMessage
from intake.registry import NotNow
from privacy.access import capacities
from privacy.classes import NARRATIVE
from privacy.policy import level
from privacy.services import NotPossible

# Marks what waits for an hour that is safe: it holds up nothing that is written after it.
PARKED: Final = "safe_hours"
# Said as the last word about it, after which nothing else goes out.
_LAST_WORDS: Final = frozenset({"stop_done", "delete_done"})


def why_not(outbound: OutboundMessage) -> NotNow | None:
    """Why this may not go to a reporter now, and from when it may; None when it may.

    Run as the part that delivers. What goes to others, or deletes, is not its business.
    """
    if outbound.message_id is None:
        return None
    row = OutboundMessage.objects.select_related(
        "conversation", "identity", "message__author", "message__folder"
    ).get(pk=outbound.pk)
    return _unwanted(row) or _elsewhere(row) or _not_theirs(row) or _unsafe(row)


def _unwanted(row: OutboundMessage) -> NotNow | None:
    """They asked us to stop, or to delete, after it was written."""
    last_word = row.message is not None and row.message.notice in _LAST_WORDS
    if row.conversation is None or last_word:
        return None
    if row.conversation.opted_out_at is not None:
        return NotNow(_("They asked for our messages to stop."), code="stopped")
    if row.conversation.hidden_at is not None:
        return NotNow(_("They asked us to delete everything."), code="deleted")
    return None


def _elsewhere(row: OutboundMessage) -> NotNow | None:
    """They write from another number now, and nobody has confirmed that it is theirs."""
    if row.identity is None or row.conversation is None or row.message is None:
        return None
    if not doubts.number_unconfirmed(row.conversation):
        return None
    if row.identity.current and not doubts.number_changed_since(row.message):
        return None
    return NotNow(_("They write from another number now."), code="address_changed")


def _not_theirs(row: OutboundMessage) -> NotNow | None:
    """Whoever wrote it has handed the work over since."""
    message = row.message
    if message is None or message.author is None or message.kind != Message.Kind.TEXT:
        return None
    held = capacities(message.author, [message.folder_id])[message.folder_id]
    if "w" in level(held, NARRATIVE) or message.folder.closed_at is not None:
        return None
    return NotNow(_("Somebody else has this now."), code="handed_over")


def _unsafe(row: OutboundMessage) -> NotNow | None:
    conversation: Conversation | None = row.conversation
    if conversation is None:
        return None
    for ask in registry.before_reply:
        try:
            ask(conversation)
        except NotPossible as why:
            return why if isinstance(why, NotNow) else NotNow(str(why), code="refused")
    return None
