"""A mailbox at a provider: words are fetched by the mail's structure, files stay where they are.

A mail is marked, stored, moved to the kept folder and expunged there. Its mark is made of its own
key, so that no renumbering of the mailbox (UIDVALIDITY) can make one mail out for another.
"""

import socket
import ssl
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from email.message import Message
from email.parser import BytesHeaderParser
from typing import Any, Final

from django.conf import settings
from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from intake import copies
from intake.channels.email import Email
from intake.channels.mail_parts import (
    LONGEST_HEADER,
    MOST_OF_REPORT,
    MOST_PARTS,
    MOST_WORDS,
    REPORTED,
    Apart,
    Part,
    is_kept,
)
from intake.inbound import Inbound
from intake.models import OutboundMessage
from intake.registry import Carrier, CarrierError, NotKnown

TIMEOUT: Final = SocketTimeout(connect=5, read=8)  # seconds; a whole call stays below ten or so
MOST_FETCHED: Final = 40  # parts of one mail asked for at once
ASK_AGAIN: Final = 300.0  # seconds until we try again what only a person can put right
LOST: Final = (IMAPClientAbortError, OSError, ssl.SSLError)
_HEADER: Final = f"BODY.PEEK[HEADER]<0.{LONGEST_HEADER}>"
_SLICE: Final = 2.0  # seconds between two looks at whether to stop


class Unfit(Exception):
    """The server's answer about this one mail cannot be read."""


@dataclass(frozen=True)
class Leaf:
    """A part as the structure names it: where it stands, and what it is."""

    section: str
    part: Part
    wanted: bool


class Mailbox:
    """One connection, one folder at a time. What breaks it raises one of LOST."""

    def __init__(self, client: IMAPClient) -> None:
        self.client = client
        self.marks = False

    def select(self, folder: str) -> None:
        """Open a folder; `marks` then says whether it keeps words of ours with a mail."""
        answer = self.client.select_folder(folder)
        self.marks = b"\\*" in answer.get(b"PERMANENTFLAGS", ())

    def waiting(self) -> list[int]:
        """Everything in the folder that is not on its way out, oldest first."""
        return sorted(self.client.search(["NOT", "DELETED"]))

    def read(self, uid: int) -> Apart:
        """A mail's header and words. Raises Unfit when its structure cannot be read."""
        found = self._fetch(uid, [_HEADER, "BODYSTRUCTURE", "RFC822.SIZE"])
        try:
            leaves = list(_leaves(found[b"BODYSTRUCTURE"], ""))[:MOST_PARTS]
        except (KeyError, IndexError, TypeError, ValueError, RecursionError):
            raise Unfit from None
        bodies = self._bodies(uid, [leaf for leaf in leaves if leaf.wanted])
        parts = tuple(replace(leaf.part, body=bodies.get(leaf.section)) for leaf in leaves)
        cut = sum(part.size for part in parts if part.is_words) > MOST_WORDS
        return Apart(_head(found), parts, int(found.get(b"RFC822.SIZE") or 0), cut)

    def read_header(self, uid: int) -> Apart:
        """A mail's header and size alone, for one whose structure no library can read."""
        found = self._fetch(uid, [_HEADER, "RFC822.SIZE"])
        return Apart(_head(found), (), int(found.get(b"RFC822.SIZE") or 0), cut=True)

    def mark(self, uid: int, ref: str) -> None:
        """Write our mark beside a mail, where the folder keeps such words."""
        if self.marks:
            self.client.add_flags([uid], [ref.encode()])

    def move(self, uid: int, folder: str) -> None:
        """Move a mail; where the server knows no such thing, copy it and then delete it here."""
        if self.client.has_capability("MOVE"):
            self.client.move([uid], folder)
        else:
            self.client.copy([uid], folder)
            self.remove([uid])

    def remove(self, uids: Sequence[int]) -> None:
        """Delete mails of this folder for good."""
        self.client.delete_messages(uids)
        if self.client.has_capability("UIDPLUS"):
            self.client.uid_expunge(uids)
        else:
            self.client.expunge()

    def marked(self, ref: str) -> list[int]:
        """The mails of this folder with this mark, or, without marks, with this key."""
        if self.marks:
            return list(self.client.search(["KEYWORD", ref]))
        return [uid for uid in self.waiting() if self.ref_of(uid) == ref]

    def refs(self) -> dict[int, str]:
        """Every mail of this folder that is ours to delete, by its mark or key."""
        uids = self.waiting()
        if not self.marks:
            return {uid: self.ref_of(uid) for uid in uids}
        flags = self.client.get_flags(uids) if uids else {}
        told = {uid: [flag.decode() for flag in found] for uid, found in flags.items()}
        return {uid: ref for uid, names in told.items() for ref in names if _is_ref(ref)}

    def ref_of(self, uid: int) -> str:
        """What a mail's mark is, reckoned from the mail itself; "" if it cannot be read."""
        try:
            return ref_of_key(as_inbound(self.read(uid)).key)
        except Unfit:
            return ""

    def wait(self, seconds: float, going_on: Any) -> None:
        """Wait for something new (IDLE) or, where the server cannot tell, for a poll's time."""
        if not self.client.has_capability("IDLE"):
            for _ in range(int(settings.IMAP_POLL_SECONDS / _SLICE) + 1):
                if going_on(_SLICE):
                    return
            return
        self.client.idle()
        for _ in range(int(seconds / _SLICE)):
            if self.client.idle_check(timeout=_SLICE) or going_on(0):
                break
        self.client.idle_done()

    def _fetch(self, uid: int, items: list[str]) -> dict[bytes, Any]:
        found: dict[bytes, Any] = self.client.fetch([uid], items).get(uid, {})
        return found

    def _bodies(self, uid: int, leaves: Sequence[Leaf]) -> dict[str, bytes]:
        """The octets of these parts, as far as there is room for a mail's words."""
        bodies: dict[str, bytes] = {}
        room = MOST_WORDS
        for start in range(0, len(leaves), MOST_FETCHED):
            batch = leaves[start : start + MOST_FETCHED]
            asked = [f"BODY.PEEK[{one.section}]<0.{_most(one.part, room)}>" for one in batch]
            found = self._fetch(uid, asked)
            for one in batch:
                body = found.get(f"BODY[{one.section}]<0>".upper().encode()) or b""
                bodies[one.section] = body[:room]
                room -= len(bodies[one.section])
            if room <= 0:
                break
        return bodies


class ImapExpunge(Carrier):
    """Deletes a mailbox's copy of a mail that is stored; again and again until it is gone."""

    repeatable = True

    def send(self, outbound: OutboundMessage) -> str:
        try:
            with mailbox() as box:
                box.select(settings.IMAP_FOLDER)
                if box.marks and box.marked(outbound.provider_ref):
                    raise CarrierError("busy", permanent=False)  # not moved yet
                box.select(settings.IMAP_KEPT_FOLDER)
                found = box.marked(outbound.provider_ref)
                if found:
                    box.remove(found)
                if box.marked(outbound.provider_ref):
                    raise NotKnown("still_there")
        except LoginError:
            raise CarrierError("credentials", permanent=False, retry_after=ASK_AGAIN) from None
        except LOST:
            raise NotKnown("no_answer") from None
        except IMAPClientError:
            raise CarrierError("busy", permanent=False) from None
        copies.keep_proof(outbound, "204" if found else "404")
        return outbound.provider_ref


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """A connection to the mailbox, signed in. Raises LoginError, IMAPClientError or one of LOST."""
    secure = settings.IMAP_TLS == "tls"
    client = IMAPClient(settings.IMAP_HOST, port=settings.IMAP_PORT, ssl=secure, timeout=TIMEOUT)
    try:
        if settings.IMAP_TLS == "starttls":
            client.starttls()
        client.login(settings.IMAP_USER, settings.IMAP_PASSWORD)
        yield Mailbox(client)
    finally:
        with suppress(IMAPClientError, *LOST):
            client.socket().settimeout(2)
            client.logout()
        with suppress(IMAPClientError, *LOST):
            client.socket().shutdown(socket.SHUT_RDWR)


def make_kept_folder(box: Mailbox) -> None:
    """Make the folder that stored mail is moved to, unless it is there."""
    if not box.client.folder_exists(settings.IMAP_KEPT_FOLDER):
        box.client.create_folder(settings.IMAP_KEPT_FOLDER)


def as_inbound(apart: Apart) -> Inbound:
    """A fetched mail in our words; its mark is made of its key."""
    inbound = Email().parse_apart(apart, provider="imap", sender=None)
    if inbound.kind == "status":
        return inbound
    return replace(inbound, provider_ref=ref_of_key(inbound.key))


def ref_of_key(key: str) -> str:
    """The mark of the mail with this key: some servers take at most fifty letters."""
    return f"k{key[:40]}"


def _is_ref(flag: str) -> bool:
    return len(flag) == 41 and flag[0] == "k" and set(flag[1:]) <= set("0123456789abcdef")


def _head(found: dict[bytes, Any]) -> Message:
    octets = next((value for name, value in found.items() if name.startswith(b"BODY[HEADER]")), b"")
    return BytesHeaderParser().parsebytes(octets or b"")


def _most(part: Part, room: int) -> int:
    return max(1, min(room, MOST_OF_REPORT if part.kind in REPORTED else MOST_WORDS))


def _leaves(
    body: Any, place: str, *, outer: tuple[str, ...] = (), choice: int = 0
) -> Iterator[Leaf]:
    """The leaves of a BODYSTRUCTURE, with the sections they are fetched by (RFC 3501, 6.4.5)."""
    if not body.is_multipart:
        yield _leaf(body, place or "1", outer, choice)
        return
    kind = f"multipart/{_text(body[1])}"
    for number, inner in enumerate(body[0], 1):
        section = f"{place}.{number}" if place else str(number)
        group = _number(place) if kind == "multipart/alternative" else choice
        yield from _leaves(inner, section, outer=(*outer, kind), choice=group)


def _leaf(body: Any, section: str, outer: tuple[str, ...], choice: int) -> Leaf:
    kind = f"{_text(body[0])}/{_text(body[1])}"
    params = _params(body[2])
    disposition, named = _disposition(body[7:])
    is_file = disposition == "attachment" or "filename" in named or "name" in params
    part = Part(
        kind=kind,
        size=int(body[6] or 0),
        encoding=_text(body[5]),
        charset=params.get("charset", ""),
        is_file=is_file,
        choice=choice,
    )
    wanted = is_kept(kind, is_file=is_file, in_report="multipart/report" in outer)
    inner = kind in ("message/rfc822", "message/global")
    return Leaf(f"{section}.HEADER" if inner else section, part, wanted)


def _disposition(rest: Iterable[Any]) -> tuple[str, dict[str, str]]:
    for value in rest:
        pair = isinstance(value, tuple) and len(value) == 2
        if pair and (word := _text(value[0])) in ("inline", "attachment"):
            return word, _params(value[1])
    return "", {}


def _params(pairs: Any) -> dict[str, str]:
    """A structure's parameters; names in their RFC 2231 forms (`name*`, `name*0`) are the same."""
    if not isinstance(pairs, tuple):
        return {}
    names = [_text(name).partition("*")[0] for name in pairs[::2]]
    return dict(zip(names, map(_text, pairs[1::2]), strict=False))


def _text(value: Any) -> str:
    return value.decode("ascii", "replace").lower() if isinstance(value, bytes) else ""


def _number(place: str) -> int:
    """A number of its own for each place of a structure, never 0."""
    number = 1
    for step in place.split("."):
        number = number * (MOST_PARTS + 1) + int(step or 0)
    return number
