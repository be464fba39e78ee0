"""Misbehaviour on request: what providers do to us on a bad day."""

from __future__ import annotations

from dataclasses import dataclass

WHERES = ("messages", "sending", "graph", "calls", "iwf", "smtp", "webhooks", "callbacks")
WHATS = {
    "status": "answer with `code`; `retry_after` seconds go in the header when given",
    "error": "refuse with the provider's error number `code`",
    "hang": "wait `seconds` before doing anything",
    "drop": "close the connection before accepting",
    "accept-then-drop": "accept, keep it, and close the connection without an answer",
    "drip": "accept, keep it, and send the answer a few octets a second, for `seconds`",
    "accept-then-hang": "accept, keep it, and wait `seconds` before answering (Twilio's REST)",
    "duplicate": "send each webhook or callback `code` times (2 when not given)",
    "none": "send no callback at all",
    "reorder": "send callbacks newest first",
    "late": "send callbacks after `seconds`",
}


@dataclass
class Fault:
    """One misbehaviour: where, what, and for how many requests (None: until taken back).

    "messages" is all of Twilio's REST about messages, "sending" the making of one alone.
    """

    where: str
    what: str
    times: int | None = None
    seconds: float = 0.0
    code: int = 0
    retry_after: int | None = None

    def __post_init__(self) -> None:
        """Refuse a fault nobody would notice: an unknown place or kind."""
        if self.where not in WHERES or self.what not in WHATS:
            raise ValueError("no such fault")


class Faults:
    """The misbehaviours in force."""

    def __init__(self) -> None:
        self.active: list[Fault] = []

    def take(self, where: str | tuple[str, ...], *whats: str) -> Fault | None:
        """Return the first fault for this place among `whats`, using up one of its times."""
        wheres = (where,) if isinstance(where, str) else where
        for fault in self.active:
            if fault.where in wheres and fault.what in whats and fault.times != 0:
                if fault.times is not None:
                    fault.times -= 1
                return fault
        return None
