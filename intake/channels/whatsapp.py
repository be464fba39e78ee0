"""WhatsApp by Twilio: the webhook's form in our words, answers by Messages, status callbacks."""

from datetime import timedelta
from typing import Final

from django.conf import settings

from intake.channels import twilio_api
from intake.channels.base import Channel, Unreadable, Webhook, kind_of_media, read_outgoing
from intake.channels.twilio_api import Fields
from intake.inbound import Address, Inbound, MediaNotice, key_of_id
from intake.models import OutboundMessage
from intake.registry import Carrier
from privacy.access import acting

PREFIX: Final = "whatsapp:"
MOST_MEDIA: Final = 20
NO_CODE: Final = 999_999  # larger than any error number of Twilio's

# Twilio's words for how a message fares, in ours. Others are stored and change nothing.
STATUSES: Final = {
    "accepted": "accepted",
    "scheduled": "accepted",
    "queued": "accepted",
    "sending": "accepted",
    "sent": "accepted",
    "delivered": "delivered",
    "read": "read",
    "failed": "failed",
    "undelivered": "failed",
    "canceled": "failed",
}


class WhatsApp(Channel):
    """The door for WhatsApp messages."""

    def verify(self, hook: Webhook) -> None:
        twilio_api.verify(hook)

    def parse(self, hook: Webhook) -> list[Inbound]:
        form = Fields(hook.form())
        ref = form.one("MessageSid")
        if not ref:
            raise Unreadable
        sender = _address(form.one("From"))
        return [
            Inbound(
                provider="twilio",
                kind="message",
                key=key_of_id(ref),
                channel="whatsapp",
                sender=sender,
                also=_also(sender, form),
                profile_name=form.one("ProfileName"),
                text=form.one("Body"),
                media=_media(form),
                provider_ref=ref,
                button=form.one("ButtonPayload"),
                problem="" if sender else "no_sender",
            )
        ]

    def parse_status(self, hook: Webhook, outbound: str) -> Inbound:
        """How one of ours fares; `outbound` is our own key from the callback's address."""
        form = Fields(hook.form())
        ref, word = form.one("MessageSid"), form.one("MessageStatus")
        if not ref or not word:
            raise Unreadable
        code = form.number("ErrorCode", most=NO_CODE)
        return Inbound(
            provider="twilio",
            kind="status",
            key=key_of_id(f"{ref} {word} {form.one('ErrorCode')}"),
            channel="whatsapp",
            provider_ref=ref,
            outbound=outbound,
            status=STATUSES.get(word, ""),
            error=twilio_api.problem_of(code) if code else "",
        )

    def send(self, outbound: OutboundMessage) -> str:
        value, body = read_outgoing(outbound)
        sent = twilio_api.call(
            "POST",
            "/Messages.json",
            data={
                "From": settings.TWILIO_WHATSAPP_FROM,
                "To": PREFIX + value,
                "Body": body,
                "StatusCallback": (
                    f"{settings.PUBLIC_BASE_URL}/hooks/whatsapp/status/{outbound.pk}/"
                ),
            },
        )
        return str(sent["sid"])

    def reconcile(self, outbound: OutboundMessage) -> str | None:
        value, body = read_outgoing(outbound)
        with acting(part="delivery"):
            claimed = set(
                OutboundMessage.objects.filter(identity=outbound.identity_id)
                .exclude(provider_ref="")
                .values_list("provider_ref", flat=True)
            )
        since = outbound.created_at - timedelta(days=1)
        return twilio_api.find_message(PREFIX + value, body, since=since, claimed=claimed)

    def redact(self, ref: str) -> None:
        twilio_api.delete_message(ref)


class WhatsAppRedact(Carrier):
    """Deletes the provider's copy of what we never opened; again and again until it is gone."""

    repeatable = True

    def __init__(self, channel: Channel) -> None:
        self.channel = channel

    def send(self, outbound: OutboundMessage) -> str:
        self.channel.redact(outbound.provider_ref)
        return outbound.provider_ref


def _address(word: str) -> Address | None:
    """A number, or a business-scoped id of somebody who shows us none."""
    value = word.removeprefix(PREFIX).strip()
    if not value:
        return None
    return Address("number" if value.startswith("+") else "bsuid", value)


def _also(sender: Address | None, form: Fields) -> tuple[Address, ...]:
    other = form.one("ExternalUserId").removeprefix(PREFIX).strip()
    if not other or sender is None or other == sender.value:
        return ()
    return (Address("bsuid", other),)


def _media(form: Fields) -> tuple[MediaNotice, ...]:
    wanted = form.number("NumMedia", most=MOST_MEDIA)
    return tuple(
        MediaNotice(kind_of_media(form.one(f"MediaContentType{place}"))) for place in range(wanted)
    )
