"""SMS by Twilio."""

from typing import Final

from intake.channels.twilio_messages import TwilioMessages

SMS: Final = TwilioMessages(
    channel="sms",
    prefix="",
    sender_setting="TWILIO_SMS_FROM",
    window=False,
)
