"""Calling somebody back from the case page: what they wish of it, and if it may be done now."""

import secrets
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from cases import contact
from cases.models import CaseConversation
from cases.sight import Sight
from intake import call_backs
from intake.models import CallBack, Channel, Conversation
from privacy.access import may
from privacy.classes import CONTACT
from privacy.clock import database_now

_WISHES: Final = {
    "safe": {
        "yes": _("they said that this number is safe to call"),
        "unknown": _("nobody knows whether it is safe: once, with neutral words"),
    },
    "when": {
        "morning": _("in the morning"),
        "afternoon": _("in the afternoon"),
        "evening": _("in the evening"),
        "any": _("any time"),
    },
    "if_other": {
        "silent": _("hang up without a word"),
        "wrong": _("say that it is a wrong number"),
        "later": _("say that you will try again later"),
    },
}
_NAMES: Final = {
    "safe": _("Safe to call?"),
    "when": _("When"),
    "if_other": _("If someone else answers"),
}


@dataclass(frozen=True)
class Calling:
    """The card of a case whose reporter reached us by telephone."""

    conversation: Conversation
    back: CallBack | None
    wishes: list[tuple[str, str]]
    refusal: str
    client_key: str

    @property
    def is_asked(self) -> bool:
        """Whether somebody waits to be called back."""
        return self.back is not None and self.back.state == CallBack.State.ASKED


def calling_of(sight: Sight) -> Calling | None:
    """What a person needs who may call the reporter; None where that is not for them."""
    if not sight.rights.write:
        return None
    links = CaseConversation.objects.standing().filter(case=sight.case)
    rows = Conversation.objects.visible_to(sight.user).filter(
        pk__in=links.values("conversation"), channel=Channel.PHONE
    )
    conversation = rows.order_by("-started_at").first()
    if conversation is None or not may(sight.user, conversation.folder_id, CONTACT, "w"):
        return None
    back = call_backs.latest_of([conversation.pk], user=sight.user)
    told = call_backs.wishes_of(back, by=sight.user) if back else {}
    verdict = contact.verdict(sight.case, conversation, at=database_now())
    return Calling(
        conversation=conversation,
        back=back,
        wishes=[
            (str(_NAMES[name]), str(known[told[name]]))
            for name, known in _WISHES.items()
            if told.get(name) in known
        ],
        refusal=verdict.refusal,
        client_key=secrets.token_hex(16),
    )
