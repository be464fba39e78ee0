"""What arrives, who it came from, what was said, and what waits to be sent."""

from intake.models.arrivals import Channel, InboundEvent, Risk
from intake.models.calls import CallBack, LiveCall, OnCallPage
from intake.models.conversations import Conversation, Identity, Message, ReporterLimit
from intake.models.outbox import ApprovedText, MediaHold, OutboundMessage, SendingLine, Trouble

__all__ = [
    "ApprovedText",
    "CallBack",
    "Channel",
    "Conversation",
    "Identity",
    "InboundEvent",
    "LiveCall",
    "MediaHold",
    "Message",
    "OnCallPage",
    "OutboundMessage",
    "ReporterLimit",
    "Risk",
    "SendingLine",
    "Trouble",
]
