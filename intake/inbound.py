"""A provider's message in our words: what every channel parses to, and all that is ever stored."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from django.utils.crypto import salted_hmac

# Written with every stored message. A reader understands this and the version before it.
SCHEMA: Final = 2

Kind = Literal["message", "status", "call"]
Provider = Literal["twilio", "meta", "smtp", "imap", "anymail", "desk"]


@dataclass(frozen=True)
class Address:
    """How somebody is reached on a channel: number, bsuid, address, or withheld (one call only)."""

    scheme: str
    value: str


@dataclass(frozen=True)
class MediaNotice:
    """That a picture or file came and was not opened: its kind, and its size in bytes if told."""

    kind: str
    size: int | None = None


@dataclass(frozen=True)
class Inbound:
    """One arrival, before it is stored. Channels build it; provider words stop there."""

    provider: Provider
    kind: Kind
    key: str
    """Hex of a hash of the provider's own id: the same arrival always has the same key."""

    channel: str
    carrier: str = ""
    """The line of ours it came by, when that is not the channel's only one: answers go that way."""

    sender: Address | None = None
    """Where an answer goes. None only with a `problem`, or for a status."""

    also: tuple[Address, ...] = ()
    """Other addresses the provider says are the same account."""

    profile_name: str = ""
    text: str = ""
    media: tuple[MediaNotice, ...] = ()
    notice: str = ""
    """Code of something that happened without words, such as a key pressed on the telephone."""

    provider_ref: str = ""
    references: tuple[str, ...] = ()
    """Reply tokens and message keys of ours that came back; they count only with their sender."""

    button: str = ""
    automatic: bool = False
    """Sent by a machine (auto-reply, bounce, list): noted, never answered."""

    occurred_at: str = ""
    """When, as the provider says (ISO 8601). Told, never reckoned with."""

    outbound: str = ""
    """For a status: our own key of what was sent."""

    status: str = ""
    error: str = ""
    unverified: bool = False
    """The sender's own domain does not vouch for this mail (SPF, DKIM)."""

    late: bool = False
    """Found at the provider afterwards: its webhook never reached us."""

    problem: str = ""
    """Why no conversation can be made of it: stored as a dead letter for a person to open."""

    language: str = ""
    """The language they chose themselves, or told a colleague."""

    taken_by: str = ""
    """Key of the colleague who took the call."""

    wishes: dict[str, str] = field(default_factory=dict)
    """For a call back: safe (yes, no, unknown), when, if_other; only what was asked and told."""

    extra: dict[str, str] = field(default_factory=dict)
    """Facts of a dead letter (header names, sizes): never needed for processing."""

    @property
    def lane(self) -> str:
        """Whose messages keep their order: a keyed hash that needs no master key."""
        who = self.also[0] if self.also and self.also[0].scheme == "bsuid" else self.sender
        if who is None:
            return ""
        parts = f"{self.channel}:{who.scheme}:{who.value}"
        return salted_hmac("intake.lane", parts, algorithm="sha256").hexdigest()

    def to_bytes(self) -> bytes:
        """As JSON, with the schema version."""
        facts = {"schema": SCHEMA} | vars(self)  # not `asdict`, which takes longer than sealing
        return json.dumps(facts, ensure_ascii=False, default=vars).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Inbound":
        """Read what `to_bytes` wrote, of this schema or the one before.

        Raises ValueError, KeyError or TypeError for anything else.
        """
        facts: dict[str, Any] = json.loads(data)
        if facts.pop("schema") not in (SCHEMA, SCHEMA - 1):
            raise ValueError("an arrival of another schema")
        sender = facts.pop("sender", None)
        return cls(
            **facts
            | {
                "sender": Address(**sender) if sender else None,
                "also": tuple(Address(**one) for one in facts.get("also", ())),
                "media": tuple(MediaNotice(**one) for one in facts.get("media", ())),
                "references": tuple(facts.get("references", ())),
            }
        )


def key_of_id(provider_id: str) -> str:
    """The key of an arrival that has an id of its provider's own: SHA-256, hex."""
    return hashlib.sha256(provider_id.encode()).hexdigest()


def key_of_content(*parts: str) -> str:
    """The key of an arrival without a trustworthy id: no short text can be guessed from it."""
    return salted_hmac("intake.key", "\x1f".join(parts), algorithm="sha256").hexdigest()
