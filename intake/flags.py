"""A conversation's risk flags: code to why, sealed, because they are part of the story."""

import json
from collections.abc import Mapping

from intake.models import Conversation
from privacy.fields import unseal


def read_flags(conversation: Conversation) -> dict[str, str]:
    """The flags raised so far, each with the code of what raised it; empty when there are none."""
    text = unseal(conversation, "flags")
    return dict(json.loads(text)) if text else {}


def write_flags(flags: Mapping[str, str]) -> str:
    """Flags as the text that `Conversation.flags` seals."""
    return json.dumps(dict(sorted(flags.items())))
