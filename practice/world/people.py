"""What a young person's telephone does: WhatsApp or SMS to the helpline, by Twilio's webhook."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from practice.world.ledger import Delivery, Media, Message
from practice.world.state import new_id

if TYPE_CHECKING:
    from practice.world.state import World

WHATSAPP = "whatsapp:"
INBOUND_PATHS = {True: "/hooks/whatsapp/", False: "/hooks/sms/"}  # by whether it is WhatsApp


@dataclass(frozen=True)
class Said:
    """One thing a person sends. `pictures` is how many media notices go with it.

    A sender that begins with "whatsapp:" writes by WhatsApp, any other by SMS. `kind` and `facts`
    are what else WhatsApp can send (location, reaction, …): Meta's type and object, or Twilio's
    MessageType and form fields.
    """

    sender: str
    body: str = ""
    profile_name: str = ""
    external_user_id: str = ""
    pictures: int = 0
    button: str = ""
    copies: int = 1
    sid: str = ""
    media_type: str = "image/jpeg"
    kind: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


def receive(world: World, said: Said) -> Message:
    """Store what a person sent as Twilio does before it calls the helpline."""
    by_whatsapp = said.sender.startswith(WHATSAPP)
    message = Message(
        id=said.sid or new_id("MM" if said.pictures else "SM"),
        direction="inbound",
        sender=said.sender,
        to=world.config.whatsapp_from if by_whatsapp else world.config.sms_from,
        body=said.body or said.button,
        status="received",
        profile_name=said.profile_name,
    )
    for _ in range(said.pictures):
        media = Media(id=new_id("ME"), message=message.id, content_type=said.media_type)
        message.media.append(media.id)
        world.ledger.keep(media)
    world.ledger.keep(message)
    return message


def inbound_form(world: World, message: Message, said: Said) -> dict[str, str]:
    """Return the form Twilio posts for an inbound message."""
    number = message.sender.removeprefix(WHATSAPP)
    form = {
        "SmsMessageSid": message.id,
        "SmsSid": message.id,
        "MessageSid": message.id,
        "AccountSid": world.config.account_sid,
        "ApiVersion": "2010-04-01",
        "SmsStatus": "received",
        "From": message.sender,
        "To": message.to,
        "Body": message.body,
        "NumSegments": "1",
        "NumMedia": str(len(message.media)),
    }
    if message.sender.startswith(WHATSAPP):
        form |= _whatsapp_fields(said, number)
    if said.external_user_id:
        form["ExternalUserId"] = said.external_user_id
    if said.button:
        form |= {"ButtonText": message.body, "ButtonPayload": said.button}
    for place, media in enumerate(message.media):
        account = f"{world.address}/2010-04-01/Accounts/{world.config.account_sid}"
        form[f"MediaUrl{place}"] = f"{account}/Messages/{message.id}/Media/{media}"
        form[f"MediaContentType{place}"] = said.media_type
    return form | {name: str(value) for name, value in said.facts.items()}


def _whatsapp_fields(said: Said, number: str) -> dict[str, str]:
    kind = said.kind or ("image" if said.pictures else "button" if said.button else "text")
    fields = {
        "MessageType": kind,
        "ReferralNumMedia": "0",
        "ProfileName": said.profile_name,
        "ChannelMetadata": json.dumps({"type": "whatsapp", "data": {"context": {}}}),
    }
    if number.startswith("+"):
        fields["WaId"] = number.removeprefix("+")
    return fields


async def say(world: World, said: Said) -> tuple[Message, list[Delivery]]:
    """Send a person's message through the helpline's webhook; one retry on failure, then silence.

    Source of the retry rule: Twilio retries a failed message webhook once.
    """
    message = receive(world, said)
    if not world.connected:
        return message, []
    doubled = world.faults.take("webhooks", "duplicate")
    copies = (doubled.code or 2) if doubled else said.copies
    form = inbound_form(world, message, said)
    deliveries = [await _delivered(world, form) for _ in range(copies)]
    last = deliveries[-1]
    message.outcome = "taken" if last.status in (200, 204) else f"refused {last.status}"
    world.ledger.keep(message)
    return message, deliveries


async def _delivered(world: World, form: dict[str, str]) -> Delivery:
    by_whatsapp = form["From"].startswith(WHATSAPP)
    url = world.config.public_base_url + INBOUND_PATHS[by_whatsapp]
    about = "whatsapp" if by_whatsapp else "sms"
    delivery, _ = await world.post(url, form, about)
    if delivery.status == 0 or delivery.status >= 500:
        delivery, _ = await world.post(url, form, f"{about} retry")
    return delivery
