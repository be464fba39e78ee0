"""How often a machine of ours may write to one e-mail address, so that no two machines ever talk.

One automatic mail a day; what they asked for by a keyword is answered besides, a few times.
"""

from datetime import timedelta
from typing import Final

from django.db.models import QuerySet

from intake.models import Channel, Conversation, Identity, Message, OutboundMessage
from privacy.clock import database_now
from privacy.fields import unseal

DAY: Final = timedelta(hours=24)
MOST_ASKED: Final = 5  # answers to keywords in a day
# The answers to a keyword that was their whole message: no machine writes one by chance.
ASKED: Final = frozenset(
    {
        "stop_question",
        "stop_done",
        "stop_harm",
        "help_now",
        "status",
        "delete_by_person",
        "delete_done",
        "kept",
        "language_set",
        "own_by_person",
        "seen_offer",
        "seen_answer",
        "copy_link",
        "delete_sealed",
    }
)

State = OutboundMessage.State


def joined(conversation: Conversation, identity: Identity | None, text: str) -> Message | None:
    """The automatic mail that has not left yet, with these words at its end; None without one."""
    if conversation.channel != Channel.EMAIL or identity is None:
        return None
    waiting = _automatic(identity).filter(state=State.APPROVED, attempts=0)
    outbound = waiting.select_for_update(skip_locked=True, no_key=True, of=("self",)).last()
    if outbound is None or outbound.message is None:
        return None
    message: Message = outbound.message
    message.body = f"{unseal(message, 'body')}\n\n{text}"
    message.save(update_fields=["body"])
    return message


def may_write(conversation: Conversation, identity: Identity | None, code: str) -> bool:
    """Whether one more automatic message may go to this address now; other channels ask nothing."""
    if conversation.channel != Channel.EMAIL or identity is None:
        return True
    today = _automatic(identity).exclude(state=State.FAILED)
    today = today.filter(created_at__gt=database_now() - DAY)
    if code in ASKED:
        return today.filter(message__notice__in=ASKED).count() < MOST_ASKED
    return not today.exclude(message__notice__in=ASKED).exists()


def _automatic(identity: Identity) -> QuerySet[OutboundMessage]:
    """What machines of ours wrote to an address, the oldest first."""
    rows = OutboundMessage.objects.select_related("message").filter(
        identity=identity, message__kind=Message.Kind.AUTOMATIC, message__author=None
    )
    return rows.order_by("created_at")
