"""What later stages hang in here: ways for things to leave, and ears for what arrives."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from intake.models import Conversation, Message, OutboundMessage
from privacy.services import NotPossible

# We send too fast on this line: it rests, and what waits keeps its place.
SLOW_DOWN: Final = "slow_down"


class CarrierError(Exception):
    """It was certainly not sent. `permanent`: trying again would not help.

    `problem` is a code (needs_template, opted_out, wrong_address, our_fault, busy …), never the
    provider's words; `SLOW_DOWN` is about the whole line, not about this one. `retry_after` is in
    seconds, when the provider named a time.
    """

    def __init__(self, problem: str, *, permanent: bool, retry_after: float | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.permanent = permanent
        self.retry_after = retry_after


class NotNow(NotPossible):
    """It is not safe to write to them now; `str()` says why, to a colleague.

    `code` is what an answer that waits is marked with; `until` when it may go (None: it may not).
    """

    def __init__(self, words: str, *, code: str, until: datetime | None = None) -> None:
        super().__init__(words)
        self.code = code
        self.until = until


class NotKnown(Exception):
    """It may have been sent: a time-out or a lost line after the request left us. Code as text."""


class Carrier(ABC):
    """One way for things to leave. Later stages subclass this and fill `carriers`."""

    # Whether sending again what may have been sent does no harm (deleting, for example).
    repeatable: bool = False

    @abstractmethod
    def send(self, outbound: OutboundMessage) -> str:
        """Send it, and return the provider's own reference (at most 64 characters, may be empty).

        Called outside any transaction and as nobody: open `acting(part=…)` to read what is to be
        sent, leave it, then call the provider (10 s in all). Raises CarrierError or NotKnown.
        """

    def reconcile(self, outbound: OutboundMessage) -> str | None:
        """Ask the provider whether an `unknown` one was sent after all.

        Its reference when it was, "" when the provider shows that it was not, None when nobody can
        tell (the default). Called like `send`.
        """
        return None

    def fared(self, outbound: OutboundMessage) -> tuple[str, str]:
        """Ask the provider how an accepted one fares whose fate it never told.

        A state of OutboundMessage and our word for what went wrong; "" and "" when nobody can tell
        (the default). Called like `send`.
        """
        return "", ""

    def settled(self, outbound: OutboundMessage) -> None:  # noqa: B027 (most need not know)
        """Told of the outcome (accepted, failed or unknown) in the transaction that writes it."""


# Name of a carrier (OutboundMessage.carrier) to the carrier; filled in each stage's `apps.py`.
carriers: Final[dict[str, Carrier]] = {}

# Called with each inbound message, in the transaction that stores it (part "intake"), after the
# words of danger were looked for. What it raises undoes the arrival, which is then tried again.
on_message: Final[list[Callable[[Message], None]]] = []

# Asked before anything of ours goes to a reporter, whatever wrote it, and again when it leaves:
# raise NotNow to refuse (safe channel, hours, shared phone, do not contact).
before_reply: Final[list[Callable[[Conversation], None]]] = []

# Called when words or a key of theirs say danger, in the transaction that stores them (part
# "intake"): somebody on call is told while the desk is closed.
on_danger: Final[list[Callable[[Conversation], None]]] = []

# Told, in the transaction that writes it (part "delivery"), that the reporter or their provider
# will not have something of ours, and why (opted_out): a person must find another way.
on_refused: Final[list[Callable[[OutboundMessage, str], None]]] = []

# What STATUS answers beside "a person reads this": short neutral sentences in the language that is
# active, without any word of the case ("3 of 5 done, next step by 18:00"). Part "intake" acts.
status_lines: Final[list[Callable[[Conversation], list[str]]]] = []

# Whether somebody near this reporter must not learn that they wrote (a parent who is not safe): no
# keyword then tells or deletes before a colleague asked the agreed question. Part "intake" acts.
unsafe_alone: Final[list[Callable[[Conversation], bool]]] = []

# Asked when a reporter wants everything deleted: a code of why a person must decide instead
# (danger, hold, legal …), or "". Part "intake" acts.
may_not_delete: Final[list[Callable[[Conversation], str]]] = []


@dataclass(frozen=True)
class Section:
    """A part of the copy that a reporter gets of their own data: which, its heading, its lines."""

    code: str
    title: str
    lines: list[str]


# What a stage puts into the copy that a reporter asked for, given what a colleague chose to put in
# beside their own words: never anything about anybody else. Part "copying" acts, their language is
# active.
own_copy: Final[list[Callable[[Conversation, frozenset[str]], list[Section]]]] = []

# The folders beside their own conversation's of which a reporter may hear who has looked into them.
seen_in: Final[list[Callable[[Conversation], list[UUID]]]] = []

# Told, in the transaction that hides a conversation or brings it back (`hidden` says which): what
# was filed from it is not to be worked on, or may be again. Part "filing" acts.
on_hidden: Final[list[Callable[[Conversation, bool], None]]] = []
