"""What a reporter's copy holds of their own conversation: what was said, and how we reach them."""

from intake import texts
from intake.models import Conversation, Identity, Message
from intake.registry import Section
from privacy.crypto import CannotOpen
from privacy.fields import unseal
from privacy.models import CaseData


def sections(conversation: Conversation, _chosen: frozenset[str]) -> list[Section]:
    """Hook of the registry. Of this conversation alone: nobody else's words or address."""
    return [
        Section("said", texts.copy_title("said"), _said(conversation)),
        Section("reached", texts.copy_title("reached"), _addresses(conversation)),
    ]


def opened(row: CaseData, name: str) -> str | None:
    """A sealed value, or nothing where it is forgotten."""
    try:
        return unseal(row, name)
    except CannotOpen:
        return None


def _said(conversation: Conversation) -> list[str]:
    rows = Message.objects.filter(conversation=conversation).order_by("order")
    spoken = rows.filter(kind__in=[Message.Kind.TEXT, Message.Kind.AUTOMATIC])
    return [
        texts.copy_said(row.at, opened(row, "body"), theirs=row.direction == Message.Direction.IN)
        for row in spoken
    ]


def _addresses(conversation: Conversation) -> list[str]:
    rows = Identity.objects.filter(conversation=conversation, current=True)
    values = [opened(row, "value") for row in rows.order_by("first_seen_at")]
    return [texts.copy_fact("address", value) for value in values if value]
