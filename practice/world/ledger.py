"""What the world remembers, kept in memory and, if asked, in a file of JSON lines."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def now() -> str:
    """Return this instant in UTC, ISO 8601."""
    return datetime.now(UTC).isoformat()


@dataclass
class Message:
    """A WhatsApp or SMS message the provider holds, either way."""

    id: str
    direction: str
    sender: str
    to: str
    body: str
    status: str
    at: str = field(default_factory=now)
    updated: str = field(default_factory=now)
    error_code: int | None = None
    media: list[str] = field(default_factory=list)
    content_sid: str = ""
    content_variables: str = ""
    status_callback: str = ""
    profile_name: str = ""
    outcome: str = ""  # inbound: what the helpline's webhook answered
    carrier: str = "twilio"  # or "meta"
    our_key: str = ""  # what the helpline had us bring back with each status (Meta)
    held: bool = True  # False: the provider deleted its copy; the person's telephone has its own


@dataclass
class Mail:
    """A mail seen by the world: direction "out" left the helpline, "in" was written to it."""

    id: str
    direction: str
    sender: str
    to: list[str]
    subject: str
    text: str
    message_id: str
    in_reply_to: str = ""
    references: str = ""
    reply_to: str = ""
    headers: list[list[str]] = field(default_factory=list)
    greeted_as: str = ""  # what the server that brought it called itself
    returns_to: str = ""  # the envelope's sender
    outcome: str = ""
    at: str = field(default_factory=now)


@dataclass
class Call:
    """A telephone call: what was said, what it waits for and where it is."""

    id: str
    direction: str
    caller: str
    called: str
    status: str = "ringing"
    waits_for: str = ""
    url: str = ""
    status_url: str = ""
    said: list[dict[str, str]] = field(default_factory=list)
    dialling: list[dict[str, str]] = field(default_factory=list)
    queue: str = ""
    trouble: str = ""
    parent: str = ""  # the call in which the helpline rang this telephone
    at: str = field(default_factory=now)


@dataclass
class IwfReport:
    """A URL report the hotline took."""

    id: str
    fields: dict[str, Any]
    at: str = field(default_factory=now)


@dataclass
class IwfLink:
    """A child's single-use upload link; `used` holds the instant of its one use."""

    id: str
    case_number: str
    age_range: str
    used: str = ""
    at: str = field(default_factory=now)


@dataclass
class Media:
    """A picture the provider holds for a message. `fetched` counts GETs: it must stay 0."""

    id: str
    message: str
    content_type: str
    fetched: int = 0
    deleted: bool = False
    at: str = field(default_factory=now)


@dataclass
class Delivery:
    """One webhook the world sent: address, status (0: no answer) and milliseconds it took."""

    id: str
    url: str
    about: str
    status: int
    milliseconds: int
    trouble: str = ""
    at: str = field(default_factory=now)


@dataclass
class Refusal:
    """A request the world would not take, and why."""

    id: str
    where: str
    reason: str
    at: str = field(default_factory=now)


Entry = Message | Mail | Call | IwfReport | IwfLink | Media | Delivery | Refusal
KINDS: dict[str, type[Entry]] = {
    kind.__name__: kind
    for kind in (Message, Mail, Call, IwfReport, IwfLink, Media, Delivery, Refusal)
}


class Ledger:
    """Every entry by kind and id, in order of arrival. `keep` is the only way to write."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.messages: dict[str, Message] = {}
        self.mails: dict[str, Mail] = {}
        self.calls: dict[str, Call] = {}
        self.reports: dict[str, IwfReport] = {}
        self.links: dict[str, IwfLink] = {}
        self.media: dict[str, Media] = {}
        self.deliveries: dict[str, Delivery] = {}
        self.refusals: dict[str, Refusal] = {}
        self.last_inbound: dict[tuple[str, str], datetime] = {}
        if path is not None and path.exists():
            self._load(path)

    def keep(self, entry: Entry) -> None:
        """Remember an entry, or its newest state, and write it down when a file is named."""
        self._place(entry)
        self._write({"kind": type(entry).__name__, "entry": asdict(entry)})

    def forget_message(self, sid: str) -> None:
        """Drop the provider's copy as it does on DELETE; its pictures go with it."""
        message = self.messages[sid]
        message.held = False
        for media_sid in message.media:
            self.media[media_sid].deleted = True
        self.keep(message)

    def everything(self) -> dict[str, list[dict[str, Any]]]:
        """Return all entries by kind, for an oracle that trusts nothing else."""
        return {
            kind.__name__: [asdict(entry) for entry in self._shelf(kind).values()]
            for kind in KINDS.values()
        }

    def _shelf(self, kind: type[Entry]) -> dict[str, Any]:
        shelves: dict[type[Entry], dict[str, Any]] = {
            Message: self.messages,
            Mail: self.mails,
            Call: self.calls,
            IwfReport: self.reports,
            IwfLink: self.links,
            Media: self.media,
            Delivery: self.deliveries,
            Refusal: self.refusals,
        }
        return shelves[kind]

    def _place(self, entry: Entry) -> None:
        shelf = self._shelf(type(entry))
        if isinstance(entry, Message) and entry.direction == "inbound" and entry.id not in shelf:
            at = datetime.fromisoformat(entry.at)
            self.last_inbound[entry.carrier, entry.sender] = at
        shelf[entry.id] = entry

    def _write(self, line: dict[str, Any]) -> None:
        if self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def _load(self, path: Path) -> None:
        with path.open(encoding="utf-8") as file:
            for line in file:
                record = json.loads(line)
                self._place(KINDS[record["kind"]](**record["entry"]))
