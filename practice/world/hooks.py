"""Meta's webhooks: what people send and how ours fare, many in one body, signed."""

from __future__ import annotations

import asyncio
import base64
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from practice.world.ledger import Delivery, Media, Message

if TYPE_CHECKING:
    from practice.world.people import Said
    from practice.world.state import World

PATH = "/hooks/meta/"
PREFIX = "whatsapp:"
AGAIN = 2.0  # seconds until a body that was not taken is brought again; Meta does so for days
TRIES = 30
Facts = dict[str, Any]


def new_message_id(number: str) -> str:
    """Return an id in Meta's form, which holds the person's number for whoever decodes it."""
    return "wamid." + base64.b64encode(f"\x1d{number}\x15".encode() + uuid4().bytes).decode()


async def say(world: World, all_said: list[Said]) -> tuple[list[Message], list[Delivery]]:
    """Send what people said in one body; brought again in the background until it is taken."""
    messages = [receive(world, said) for said in all_said]
    if not world.connected:
        return messages, []
    raw = batch(world, [one(world, m, s) for m, s in zip(messages, all_said, strict=True)], [])
    doubled = world.faults.take("webhooks", "duplicate")
    copies = (doubled.code or 2) if doubled else max(said.copies for said in all_said)
    deliveries = [await _bring(world, raw, "meta") for _ in range(copies)]
    taken = deliveries[-1].status == 200
    for message in messages:
        message.outcome = "taken" if taken else f"refused {deliveries[-1].status}"
        world.ledger.keep(message)
    if not taken:
        world.later(_until_taken(world, raw, messages))
    return messages, deliveries


def receive(world: World, said: Said) -> Message:
    """Store what a person sent."""
    message = Message(
        id=said.sid or new_message_id(said.sender.removeprefix(PREFIX)),
        direction="inbound",
        sender=said.sender,
        to=PREFIX + world.config.meta_phone_number_id,
        body=said.body,
        status="received",
        profile_name=said.profile_name,
        carrier="meta",
    )
    for _ in range(said.pictures):
        number = str(uuid4().int)[:15]
        media = Media(id=number, message=message.id, content_type=said.media_type)
        message.media.append(media.id)
        world.ledger.keep(media)
    world.ledger.keep(message)
    return message


def one(world: World, message: Message, said: Said) -> tuple[Facts, Facts]:
    """Return a message and its contact as Meta writes them; a hidden number is left out."""
    address = message.sender.removeprefix(PREFIX)
    shows = address.startswith("+")
    own_id = said.external_user_id or ("" if shows else address)
    facts: Facts = {"id": message.id, "timestamp": str(int(_at(message).timestamp()))}
    contact: Facts = {"profile": {"name": said.profile_name}}
    if shows:
        facts["from"] = contact["wa_id"] = address.removeprefix("+")
    if own_id:
        facts["from_user_id"] = contact["user_id"] = own_id
    return facts | _what(message, said), contact


def batch(world: World, said: list[tuple[Facts, Facts]], statuses: list[Facts]) -> bytes:
    """Return one body with all of it, as Meta gathers."""
    value: Facts = {
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": "15550783881",
            "phone_number_id": world.config.meta_phone_number_id,
        },
    }
    if said:
        value |= {"contacts": [c for _, c in said], "messages": [m for m, _ in said]}
    if statuses:
        value["statuses"] = statuses
    change = {"field": "messages", "value": value}
    entry = [{"id": "102290129340398", "changes": [change]}]
    body = {"object": "whatsapp_business_account", "entry": entry}
    return json.dumps(body, ensure_ascii=False).encode()


async def tell_status(world: World, message: Message, status: str, code: int | None) -> None:
    """Tell the helpline how one of its messages fares, once or as often as asked."""
    if status == "queued":  # Meta tells nothing of that
        return
    raw = batch(world, [], [status_of(message, status, code)])
    doubled = world.faults.take("callbacks", "duplicate")
    for _ in range((doubled.code or 2) if doubled else 1):
        delivery = await _bring(world, raw, "meta status")
        if delivery.status != 200:
            world.later(_until_taken(world, raw, []))


def status_of(message: Message, status: str, code: int | None) -> Facts:
    """Return a status as Meta writes it."""
    address = message.to.removeprefix(PREFIX)
    facts: Facts = {
        "id": message.id,
        "status": status,
        "timestamp": str(int(_at(message).timestamp())),
    }
    if address.startswith("+"):
        facts["recipient_id"] = address.removeprefix("+")
    else:
        facts["recipient_user_id"] = address
    if message.our_key:
        facts["biz_opaque_callback_data"] = message.our_key
    if code is not None:
        facts["errors"] = [{"code": code, "title": "As asked", "message": "As asked"}]
    return facts


def _what(message: Message, said: Said) -> Facts:
    if message.media:
        kind = said.media_type.partition("/")[0]
        media = {"id": message.media[0], "mime_type": said.media_type, "sha256": "00"}
        caption = {"caption": said.body} if said.body else {}
        return {"type": kind, kind: media | caption}
    if said.button:
        pressed = {"id": said.button, "title": said.body or said.button}
        reply = {"type": "button_reply", "button_reply": pressed}
        return {"type": "interactive", "interactive": reply}
    if said.kind:
        return {"type": said.kind, said.kind: said.facts}
    return {"type": "text", "text": {"body": said.body}}


async def _bring(world: World, raw: bytes, about: str) -> Delivery:
    return await world.post_meta(world.config.public_base_url + PATH, raw, about)


async def _until_taken(world: World, raw: bytes, messages: list[Message]) -> None:
    for _ in range(TRIES):
        await asyncio.sleep(AGAIN)
        if (await _bring(world, raw, "meta again")).status == 200:
            for message in messages:
                message.outcome = "taken"
                world.ledger.keep(message)
            return


def _at(message: Message) -> datetime:
    return datetime.fromisoformat(message.at)
