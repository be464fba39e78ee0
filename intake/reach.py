"""Whether a reporter can be written to now, and at which address."""

from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _

from intake import ahead
from intake.doubts import number_unconfirmed
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


def address_of(conversation: Conversation) -> Identity | None:
    """The address the reporter last wrote from: answers go there and nowhere else."""
    current = [one for one in ahead.identities_of(conversation) if one.current]
    return current[-1] if current else None


def refuse_unsendable(
    conversation: Conversation,
    identity: Identity | None,
    text: str,
    *,
    answering: bool = False,
    approved: bool = False,
) -> None:
    """Raise NotPossible, in words for who writes, when this text cannot go there now.

    `answering`: they wrote from there this very moment, so that nothing need be asked about it.
    `approved`: the provider approved this text for when free words may not be sent.
    """
    if conversation.hidden_at is not None:
        raise NotPossible(_("They asked us to delete everything."))
    _refuse_length(text, LONGEST[Channel(conversation.channel)])
    if identity is None or identity.value is None:
        raise NotPossible(_("There is no address to answer to."))
    if identity.scheme == "withheld":
        raise NotPossible(_("They called with a hidden number. Wait until they call again."))
    if not answering:
        _refuse_unwanted(conversation, identity)
    if conversation.channel == Channel.PHONE and _call_unsafe(conversation):
        raise NotPossible(_("They said it is not safe to call this number."))
    if conversation.channel == Channel.WHATSAPP and not approved and _window_shut(conversation):
        raise NotPossible(
            _("More than 24 hours have passed since their last message. Wait until they write.")
        )


def _refuse_length(text: str, longest: int) -> None:
    if not text:
        raise NotPossible(_("Write something first."))
    if len(text) > longest:
        raise NotPossible(_("Please shorten this to %(count)d characters.") % {"count": longest})


def _refuse_unwanted(conversation: Conversation, identity: Identity) -> None:
    """What only they, or a colleague who asked them, can change."""
    if conversation.opted_out_at or _opted_out(conversation, identity):
        raise NotPossible(_("They asked for our messages to stop. Wait until they write again."))
    if number_unconfirmed(conversation):
        raise NotPossible(
            _("They write from another number now. Confirm that it is theirs before you answer.")
        )


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
