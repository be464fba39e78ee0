"""How a message fares after Twilio took it, and the signed callbacks that tell of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from practice.world import hooks
from practice.world.ledger import Message, now

if TYPE_CHECKING:
    from practice.world.state import World

RANK = {"queued": 0, "sending": 1, "sent": 2, "delivered": 3, "read": 4}
OUTSIDE_WINDOW = 63016


async def send_callbacks(world: World, message: Message, *, window_open: bool) -> None:
    """Walk a message from queued to read, or to failed when the 24-hour window is shut."""
    steps = ["queued", "sent", "delivered", "read"] if window_open else ["queued", "failed"]
    if message.carrier == "twilio" and not message.to.startswith("whatsapp:"):
        steps = steps[:3]  # nobody tells whether an SMS was read
    if world.faults.take("callbacks", "none"):
        steps = []
    if world.faults.take("callbacks", "reorder"):
        steps.reverse()
    late = world.faults.take("callbacks", "late")
    if late is not None:
        await asyncio.sleep(late.seconds)
    for status in steps:
        await asyncio.sleep(world.config.status_delay)
        await settle(world, message, status, OUTSIDE_WINDOW if status == "failed" else None)


async def settle(world: World, message: Message, status: str, code: int | None) -> None:
    """Set a message's status (never backwards) and tell the helpline, once or as often as asked."""
    if RANK.get(status, 9) >= RANK.get(message.status, 9):
        message.status, message.error_code, message.updated = status, code, now()
        if message.id in world.ledger.messages:
            world.ledger.keep(message)
    if not world.connected:
        return
    if message.carrier == "meta":
        await hooks.tell_status(world, message, status, code)
        return
    if not message.status_callback:
        return
    doubled = world.faults.take("callbacks", "duplicate")
    for _ in range((doubled.code or 2) if doubled else 1):
        await world.post(
            message.status_callback,
            callback_form(world, message, status, code),
            "status",
        )


def callback_form(world: World, message: Message, status: str, code: int | None) -> dict[str, str]:
    """Return the form Twilio posts to a message's StatusCallback."""
    form = {
        "MessageSid": message.id,
        "SmsSid": message.id,
        "MessageStatus": status,
        "SmsStatus": status,
        "AccountSid": world.config.account_sid,
        "From": message.sender,
        "To": message.to,
        "ApiVersion": "2010-04-01",
    }
    if message.to.startswith("whatsapp:"):
        form |= {"ChannelPrefix": "whatsapp", "EventType": status.upper()}
    if code is not None:
        form |= {
            "ErrorCode": str(code),
            "ChannelStatusMessage": "Message could not be delivered",
        }
    return form
