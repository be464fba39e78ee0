"""What every channel can do, and what it is given of a provider's request."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from intake.inbound import Inbound
from intake.models import OutboundMessage
from intake.registry import Carrier, CarrierError
from privacy.access import acting
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

    def verify(self, hook: Webhook) -> None:
        """Raise NotVerified unless the provider signed this request (Unreadable: broken body)."""
        raise NotImplementedError

    def parse(self, hook: Webhook) -> list[Inbound]:
        """What arrived, in our words. Unknown parameters are ignored. Raises Unreadable."""
        raise NotImplementedError

    def redact(self, ref: str) -> None:
        """Have the provider delete its copy of an arrival; again does no harm.

        Raises registry.CarrierError or NotKnown while it is not confirmed.
        """
        raise NotImplementedError


def read_outgoing(outbound: OutboundMessage) -> tuple[str, str]:
    """The address bound when it was written, and the words. Raises CarrierError: forgotten."""
    with acting(part="delivery"):
        bound = OutboundMessage.objects.select_related("identity", "message").get(pk=outbound.pk)
        value = unseal(bound.identity, "value") if bound.identity else None
        body = unseal(bound.message, "body") if bound.message else None
    if value is None or body is None:
        raise CarrierError("forgotten", permanent=True)
    return value, body


def kind_of_media(content_type: str) -> str:
    """The coarse kind a page names: image, video, audio, contact, document, file."""
    major, _, minor = content_type.lower().partition("/")
    if major in ("image", "video", "audio"):
        return major
    if minor.startswith(("vcard", "x-vcard")):
        return "contact"
    return "document" if major in ("application", "text") else "file"
