"""What every channel can do, and what it is given of a provider's request."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import parse_qsl

from intake import copies
from intake.inbound import Inbound
from intake.models import ApprovedText, Conversation, OutboundMessage
from intake.reach import WINDOW
from intake.registry import Carrier, CarrierError
from privacy.access import acting
from privacy.clock import database_now
from privacy.fields import unseal

MOST_FIELDS: Final = 300


class NotVerified(Exception):
    """The request does not carry the provider's signature: nothing of it is stored."""


class Unreadable(Exception):
    """The request cannot be what the provider sends: broken body, or no id of its own."""


@dataclass(frozen=True)
class Webhook:
    """A provider's request: path with query, headers in lower case, and the raw body."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    def form(self) -> dict[str, list[str]]:
        """The form fields, strictly decoded. Raises Unreadable."""
        return self._form

    @cached_property
    def _form(self) -> dict[str, list[str]]:
        try:
            pairs = parse_qsl(
                self.body.decode("ascii"),
                keep_blank_values=True,
                errors="strict",
                max_num_fields=MOST_FIELDS,
            )
        except ValueError:  # UnicodeDecodeError is one
            raise Unreadable from None
        found: dict[str, list[str]] = {}
        for name, value in pairs:
            found.setdefault(name, []).append(value)
        return found


class Channel(Carrier):
    """One door: it proves who knocks, puts words into our shape, and carries answers back."""

    @abstractmethod
    def verify(self, hook: Webhook) -> None:
        """Raise NotVerified unless the provider signed this request (Unreadable: broken body)."""

    @abstractmethod
    def parse(self, hook: Webhook) -> list[Inbound]:
        """What arrived, in our words. Unknown parameters are ignored. Raises Unreadable."""

    @abstractmethod
    def redact(self, ref: str) -> str:
        """Have the provider delete its copy of what came or went; again does no harm.

        What it answered that shows the copy is gone: "204" (deleted now), "404" (not there). Raises
        registry.CarrierError or NotKnown while it is not confirmed.
        """


@dataclass(frozen=True)
class Outgoing:
    """What is to leave us: to which address, in which words, as which approved text ("": free)."""

    scheme: str
    value: str
    body: str
    approved: str = ""
    language: str = ""


def read_outgoing(outbound: OutboundMessage) -> tuple[str, str]:
    """The address bound when it was written, and the words. Raises CarrierError: forgotten."""
    found = read_bound(outbound)
    return found.value, found.body


def read_bound(outbound: OutboundMessage) -> Outgoing:
    """The address bound when it was written, the words, and the approved text they are.

    Raises CarrierError: forgotten, or an approved text that was withdrawn meanwhile.
    """
    with acting(part="delivery"):
        bound = OutboundMessage.objects.select_related("identity", "message").get(pk=outbound.pk)
        value = unseal(bound.identity, "value") if bound.identity else None
        body = unseal(bound.message, "body") if bound.message else None
        if value is None or body is None or bound.identity is None:
            raise CarrierError("forgotten", permanent=True)
        approved = _approved(bound, body) if bound.template else None
    return Outgoing(
        scheme=bound.identity.scheme,
        value=value,
        body=body,
        approved=approved.provider_ref if approved else "",
        language=approved.language if approved else "",
    )


def refuse_outside_window(outbound: OutboundMessage) -> None:
    """Raise CarrierError for free words when WhatsApp's window has shut since they were written."""
    if outbound.template:
        return
    with acting(part="delivery"):
        told = Conversation.objects.filter(outbound=outbound.pk)
        last = told.values_list("last_inbound_at", flat=True).first()
        if last is None or database_now() - last > WINDOW:
            raise CarrierError("needs_template", permanent=True)


def claimed_refs(outbound: OutboundMessage) -> set[str]:
    """The provider's references that other sends to the same address have."""
    with acting(part="delivery"):
        rows = OutboundMessage.objects.filter(identity=outbound.identity_id)
        return set(rows.exclude(provider_ref="").values_list("provider_ref", flat=True))


def _approved(bound: OutboundMessage, body: str) -> ApprovedText:
    """The approved text in force with exactly these words. Raises CarrierError."""
    rows = ApprovedText.objects.filter(
        code=bound.template, carrier=bound.carrier, text=body, retired_on__isnull=True
    )
    found: ApprovedText | None = rows.first()
    if found is None:
        raise CarrierError("needs_template", permanent=True)
    return found


def kind_of_media(content_type: str) -> str:
    """The coarse kind a page names: image, video, audio, contact, document, file."""
    major, _, minor = content_type.lower().partition("/")
    if major in ("image", "video", "audio"):
        return major
    if minor.startswith(("vcard", "x-vcard")):
        return "contact"
    return "document" if major in ("application", "text") else "file"


class Redact(Carrier):
    """Deletes the provider's copy of what came or went; again and again until it is gone."""

    repeatable = True

    def __init__(self, channel: Channel) -> None:
        self.channel = channel

    def send(self, outbound: OutboundMessage) -> str:
        proof = self.channel.redact(outbound.provider_ref)
        copies.keep_proof(outbound, proof)
        return outbound.provider_ref

    def settled(self, outbound: OutboundMessage) -> None:
        copies.gone(outbound)
