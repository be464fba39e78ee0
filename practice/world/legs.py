"""The ends of calls as the exchange knows them: who rings whom, and what a webhook tells of it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin

from practice import twiml
from practice.world.ledger import Call
from practice.world.state import new_id

if TYPE_CHECKING:
    from practice.world.state import World

INBOUND_PATH = "/hooks/phone/"


def incoming(world: World, caller: str) -> Call:
    """Return the call of a person who rings the helpline."""
    base, status_path = world.config.public_base_url, world.config.voice_status_path
    return Call(
        id=new_id("CA"),
        direction="inbound",
        caller=caller,
        called=world.config.voice_from,
        url=base + INBOUND_PATH,
        # Twilio tells how a caller's call ended only where the number's settings name an address.
        status_url=base + status_path if base and status_path else "",
    )


def rung_by(parent: Call, dial: twiml.Verb, noun: twiml.Verb) -> Call:
    """Return the call of a telephone that a Dial names."""
    own = noun.attributes.get("url", "")
    return Call(
        id=new_id("CA"),
        direction="outbound-dial",
        caller=dial.attributes.get("callerId", parent.caller),
        called=noun.text,
        url=urljoin(parent.url, own) if own else "",
        parent=parent.id,
    )


def form_of(world: World, call: Call, extra: dict[str, str]) -> dict[str, str]:
    """Return what a webhook about a call carries."""
    parent = {"ParentCallSid": call.parent} if call.parent else {}
    return {
        "CallSid": call.id,
        "AccountSid": world.config.account_sid,
        "ApiVersion": "2010-04-01",
        "From": call.caller,
        "To": call.called,
        "Caller": call.caller,
        "Called": call.called,
        "CallStatus": call.status,
        "Direction": call.direction,
    } | (parent | extra)
