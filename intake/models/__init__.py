"""What arrives, who it came from, what was said, and what waits to be sent."""

from intake.models.arrivals import Channel, InboundEvent, Risk
from intake.models.calls import CallBack, LiveCall, OnCallPage
from intake.models.conversations import Conversation, Identity, Message, ReporterLimit
from intake.models.outbox import ApprovedText, MediaHold, OutboundMessage, SendingLine, Trouble
from intake.models.requests import SubjectRequest

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
    "SubjectRequest",
    "Trouble",
]
