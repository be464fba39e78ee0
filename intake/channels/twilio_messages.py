"""Twilio's Messages: webhook forms in our words, answers, status callbacks; WhatsApp and SMS.

Each line of ours (a WhatsApp sender, an SMS number) is one instance with a door of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

from django.conf import settings

from intake import copies
from intake.channels import twilio_api
from intake.channels.base import (
    Channel,
    NotVerified,
    Unreadable,
    Webhook,
    claimed_refs,
    kind_of_media,
    read_bound,
    refuse_outside_window,
)
from intake.channels.twilio_api import Fields
from intake.inbound import Address, Inbound, MediaNotice, key_of_id
from intake.models import OutboundMessage

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

# What came without words of its own, by Twilio's MessageType, as a neutral note.
NOTES: Final = {
    "location": "location",
    "reaction": "reaction",
    "contacts": "contact",
    "sticker": "sticker",
    "order": "unsupported",
    "unsupported": "unsupported",
    "unknown": "unsupported",
    "revoked": "revoked",
    "deleted": "revoked",
    "edited": "edited",
}


@dataclass(frozen=True)
class TwilioMessages(Channel):
    """One line of ours at Twilio: its channel, how addresses on it begin, and its own address."""

    channel: str
    prefix: str
    sender_setting: str
    window: bool
    """Whether free words may be sent only so long after theirs (WhatsApp's rule)."""

    @property
    def sender(self) -> str:
        """Our own address on this line; "" when the line is not in use."""
        return str(getattr(settings, self.sender_setting))

    def verify(self, hook: Webhook) -> None:
        if not self.sender:
            raise NotVerified
        twilio_api.verify(hook)

    def parse(self, hook: Webhook) -> list[Inbound]:
        form = Fields(hook.form())
        ref = form.one("MessageSid")
        if not ref:
            raise Unreadable
        sender = self._address(form.one("From"))
        note = _note(form)
        return [
            Inbound(
                provider="twilio",
                kind="message",
                key=key_of_id(ref),
                channel=self.channel,
                sender=sender,
                also=self._also(sender, form),
                profile_name=form.one("ProfileName"),
                text="" if note in _WORDLESS else form.one("Body") or form.one("ButtonText"),
                media=() if note in _WORDLESS else _media(form),
                notice=note,
                provider_ref=ref,
                button=form.one("ButtonPayload") or form.one("ListId"),
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
            channel=self.channel,
            provider_ref=ref,
            outbound=outbound,
            status=STATUSES.get(word, ""),
            error=twilio_api.problem_of(code) if code else "",
        )

    def send(self, outbound: OutboundMessage) -> str:
        if self.window:
            refuse_outside_window(outbound)
        words = read_bound(outbound)
        sent = twilio_api.call(
            "POST",
            "/Messages.json",
            data={
                "From": self.sender,
                "To": self.prefix + words.value,
                **({"ContentSid": words.approved} if words.approved else {"Body": words.body}),
                "StatusCallback": (
                    f"{settings.PUBLIC_BASE_URL}/hooks/{self.channel}/status/{outbound.pk}/"
                ),
            },
        )
        return str(sent["sid"])

    def reconcile(self, outbound: OutboundMessage) -> str | None:
        words = read_bound(outbound)
        since = outbound.created_at - timedelta(days=1)
        return twilio_api.find_message(
            self.prefix + words.value, words.body, since=since, claimed=claimed_refs(outbound)
        )

    def fared(self, outbound: OutboundMessage) -> tuple[str, str]:
        try:
            word, code = twilio_api.message_now(outbound.provider_ref)
        except LookupError:
            return "", ""
        return STATUSES.get(word, ""), twilio_api.problem_of(code) if code else ""

    def settled(self, outbound: OutboundMessage) -> None:
        """Twilio's copy goes when nothing more is to be heard of it, at the latest after a day."""
        if outbound.provider_ref:
            copies.forget_sent("twilio_redact", outbound)

    def redact(self, ref: str) -> str:
        return twilio_api.delete_message(ref)

    def held(self, *, since: datetime) -> Iterator[tuple[Inbound, bool]]:
        """What Twilio holds of messages to this line since then, oldest first, as late arrivals.

        And whether pictures or files are with it (`media_of`). Twilio's list tells neither profile
        names nor buttons. Raises CarrierError or NotKnown when Twilio does not say.
        """
        asked = {"To": self.sender, "DateSent>": since.date().isoformat()}
        found = [one for one in twilio_api.messages(**asked) if one["direction"] == "inbound"]
        for message in reversed(found):
            moment = _moment(message.get("date_sent") or message.get("date_created"))
            if moment is None or moment >= since:
                media = str(message.get("num_media") or "0") != "0"
                yield self._late(message, moment), media

    def _late(self, message: dict[str, Any], moment: datetime | None) -> Inbound:
        ref, sender = str(message["sid"]), self._address(str(message.get("from") or ""))
        return Inbound(
            provider="twilio",
            kind="message",
            key=key_of_id(ref),
            channel=self.channel,
            sender=sender,
            text=str(message.get("body") or "").replace("\0", ""),
            provider_ref=ref,
            occurred_at=moment.isoformat() if moment else "",
            late=True,
            problem="" if sender else "no_sender",
        )

    def _address(self, word: str) -> Address | None:
        """A number, or a business-scoped id of somebody who shows us none."""
        value = word.removeprefix(self.prefix).strip()
        if not value:
            return None
        is_id = bool(self.prefix) and not value.startswith("+")
        return Address("bsuid" if is_id else "number", value)

    def _also(self, sender: Address | None, form: Fields) -> tuple[Address, ...]:
        other = form.one("ExternalUserId").removeprefix(self.prefix).strip()
        if not other or sender is None or other == sender.value:
            return ()
        return (Address("bsuid", other),)


def media_of(ref: str) -> tuple[MediaNotice, ...]:
    """The kinds of the pictures and files of a message that Twilio holds, never their bytes."""
    kinds = [kind_of_media(one) for one in twilio_api.media_types(ref)]
    return tuple(MediaNotice(kind) for kind in kinds[:MOST_MEDIA])


# Notes that stand alone: what Twilio puts into Body beside them is not what they said.
_WORDLESS: Final = frozenset({"location", "contact", "sticker", "unsupported", "revoked"})


def _note(form: Fields) -> str:
    """The note for what came that is neither words nor a file; "" for those.

    Of a place nothing but that one came is kept; of a card nothing but that one came.
    """
    if form.one("Latitude") or form.one("Longitude"):
        return "location"
    if form.one("ButtonPayload") or form.one("ListId"):
        return "button"
    note = NOTES.get(form.one("MessageType").lower(), "")
    if not note and form.one("ReferralSourceType") + form.one("ReferralBody"):
        return "referral"
    return note


def _media(form: Fields) -> tuple[MediaNotice, ...]:
    wanted = form.number("NumMedia", most=MOST_MEDIA)
    return tuple(
        MediaNotice(kind_of_media(form.one(f"MediaContentType{place}"))) for place in range(wanted)
    )


def _moment(told: object) -> datetime | None:
    """A moment of Twilio's list (RFC 2822), UTC; None when it tells none."""
    try:
        return parsedate_to_datetime(str(told)).astimezone(UTC)
    except ValueError:
        return None
