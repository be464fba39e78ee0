"""WhatsApp by Twilio."""

from typing import Final

from intake.channels.twilio_messages import TwilioMessages

WHATSAPP: Final = TwilioMessages(
    channel="whatsapp",
    prefix="whatsapp:",
    sender_setting="TWILIO_WHATSAPP_FROM",
    window=True,
)
