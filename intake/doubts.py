"""Signs that somebody else may be writing, and whether a colleague has cleared them.

Until the agreed question is answered, nothing about a conversation is told or deleted by itself.
"""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from intake.models import Conversation, Message

# Codes of the notices that stand in the conversation: the signs, and how a colleague clears them.
NUMBER: Final = "sign_number"
PROFILE: Final = "sign_profile"
SILENCE: Final = "sign_silence"
HOUR: Final = "sign_hour"
FAILED: Final = "check_failed"
PASSED: Final = "check_passed"
SIGNS: Final = (NUMBER, PROFILE, SILENCE, HOUR, "maybe_someone_else", FAILED)

LONG_SILENCE: Final = timedelta(days=60)
# Asked only of who comes back, at night, and only when enough is known of them.
_PAUSE: Final = timedelta(hours=6)
_NIGHT: Final = range(0, 6)
_ENOUGH: Final = 10
_NEAR: Final = 4  # hours around which they wrote before count as theirs


def is_in_doubt(conversation: Conversation) -> bool:
    """Whether a sign that somebody else may be writing has not been cleared."""
    return _last_of(conversation, [*SIGNS, PASSED]) in SIGNS


def number_unconfirmed(conversation: Conversation) -> bool:
    """Whether they write from another number, and nobody has confirmed that it is theirs."""
    return _last_of(conversation, [NUMBER, PASSED]) == NUMBER


def number_changed_since(message: Message) -> bool:
    """Whether they came from another number, or as another account, after this was written."""
    later = Message.objects.filter(
        conversation=message.conversation_id, notice=NUMBER, order__gt=message.order
    )
    return bool(later.exists())


def signs_of_return(conversation: Conversation, *, at: datetime, zone: ZoneInfo) -> list[str]:
    """Signs in when they write: after a long silence, or at an hour that is not theirs.

    `at` is when it came (UTC). The desk's zone stands for theirs, which nobody asks for.
    """
    last = conversation.last_inbound_at
    if last is None or at - last < _PAUSE:
        return []
    if at - last > LONG_SILENCE:
        return [SILENCE]
    return [HOUR] if _is_odd(conversation, at, zone) else []


def _is_odd(conversation: Conversation, at: datetime, zone: ZoneInfo) -> bool:
    """Whether they write at night who wrote often enough and never about this hour."""
    hour = at.astimezone(zone).hour
    if hour not in _NIGHT:
        return False
    moments = Message.objects.filter(
        conversation=conversation, direction=Message.Direction.IN
    ).values_list("at", flat=True)
    hours = [one.astimezone(zone).hour for one in moments]
    apart = [min((hour - one) % 24, (one - hour) % 24) for one in hours]
    return len(hours) >= _ENOUGH and min(apart) > _NEAR


def _last_of(conversation: Conversation, codes: list[str]) -> str:
    """The newest of some notices in a conversation; empty when there is none."""
    rows = Message.objects.filter(conversation=conversation, notice__in=codes)
    found: str | None = rows.order_by("-order").values_list("notice", flat=True).first()
    return found or ""
