"""Whether a reporter can be written to now, and at which address."""

from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _

from intake.models import Channel, Conversation, Identity, Message, OutboundMessage
from privacy.clock import database_now
from privacy.services import NotPossible

# How many characters one answer may have: Twilio's limit for a message; what one can listen to.
LONGEST: Final = {
    Channel.WHATSAPP: 1600,
    Channel.SMS: 1600,
    Channel.EMAIL: 20_000,
    Channel.PHONE: 1000,
}
WINDOW: Final = timedelta(hours=24)  # WhatsApp: free words only so long after theirs

# Notices: signs that somebody else may be writing, and how a colleague clears them.
NUMBER_CHANGED: Final = "sign_number"
SIGNS: Final = (
    NUMBER_CHANGED,
    "sign_profile",
    "sign_silence",
    "sign_hour",
    "maybe_someone_else",
    "check_failed",
)
CLEARED: Final = ("check_passed",)


def address_of(conversation: Conversation) -> Identity | None:
    """The address the reporter last wrote from: answers go there and nowhere else."""
    found: Identity | None = (
        Identity.objects.filter(conversation=conversation, current=True)
        .order_by("-first_seen_at")
        .first()
    )
    return found


def refuse_unsendable(
    conversation: Conversation, identity: Identity | None, text: str, *, answering: bool = False
) -> None:
    """Raise NotPossible, in words for who writes, when this text cannot go there now.

    `answering`: they wrote from there this very moment, so that nothing need be asked about it.
    """
    longest = LONGEST[Channel(conversation.channel)]
    if not text:
        raise NotPossible(_("Write something first."))
    if len(text) > longest:
        raise NotPossible(_("Please shorten this to %(count)d characters.") % {"count": longest})
    if identity is None or identity.value is None:
        raise NotPossible(_("There is no address to answer to."))
    if identity.scheme == "withheld":
        raise NotPossible(_("They called with a hidden number. Wait until they call again."))
    if not answering:
        _refuse_unwanted(conversation, identity)
    if conversation.channel == Channel.PHONE and _call_unsafe(conversation):
        raise NotPossible(_("They said it is not safe to call this number."))
    if conversation.channel == Channel.WHATSAPP and _window_shut(conversation):
        raise NotPossible(
            _("More than 24 hours have passed since their last message. Wait until they write.")
        )


def _refuse_unwanted(conversation: Conversation, identity: Identity) -> None:
    """What only they, or a colleague who asked them, can change."""
    if conversation.opted_out_at or _opted_out(conversation, identity):
        raise NotPossible(_("They asked for our messages to stop. Wait until they write again."))
    if number_unconfirmed(conversation):
        raise NotPossible(
            _("They write from another number now. Confirm that it is theirs before you answer.")
        )


def is_in_doubt(conversation: Conversation) -> bool:
    """Whether a sign that somebody else may be writing has not been cleared by a colleague."""
    return _last_of(conversation, [*SIGNS, *CLEARED]) in SIGNS


def number_unconfirmed(conversation: Conversation) -> bool:
    """Whether they write from another number, and nobody has confirmed that it is theirs."""
    return _last_of(conversation, [NUMBER_CHANGED, *CLEARED]) == NUMBER_CHANGED


def _last_of(conversation: Conversation, codes: list[str]) -> str:
    """The newest of some notices in a conversation; empty when there is none."""
    rows = Message.objects.filter(conversation=conversation, notice__in=codes)
    found: str | None = rows.order_by("-order").values_list("notice", flat=True).first()
    return found or ""


def _window_shut(conversation: Conversation) -> bool:
    last = conversation.last_inbound_at
    return last is None or database_now() - last > WINDOW


def _opted_out(conversation: Conversation, identity: Identity) -> bool:
    rows = OutboundMessage.objects.filter(identity=identity, problem="opted_out")
    if conversation.last_inbound_at:
        rows = rows.filter(settled_at__gt=conversation.last_inbound_at)
    return bool(rows.exists())


def _call_unsafe(conversation: Conversation) -> bool:
    """Whether the last thing they said about it was that this number is not safe to call."""
    said = (
        Message.objects.filter(conversation=conversation, notice__startswith="call_back_")
        .order_by("-order")
        .values_list("notice", flat=True)
        .first()
    )
    return bool(said == "call_back_unsafe")
