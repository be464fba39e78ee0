"""Takes a mail apart as a stream: words are cut out, everything else is counted and passed over."""

import re
from dataclasses import dataclass, replace
from email import policy
from email.errors import MessageError
from email.message import Message
from email.parser import BytesHeaderParser
from typing import Final

MOST_PARTS: Final = 5000
DEEPEST: Final = 50
LONGEST_HEADER: Final = 128 * 1024  # octets read of one header; more is passed over
LONGEST_TYPE: Final = 2000  # characters of what a header says of its part, and …
MOST_PARAMETERS: Final = 50  # … how many things it says; the rest is passed over
MOST_WORDS: Final = 8 * 1024 * 1024  # octets kept of all the words of a mail, as they travelled
MOST_OF_REPORT: Final = 64 * 1024  # octets kept of what a delivery report gives back
MOST_FALSE_BOUNDARIES: Final = 200_000
LONGEST_BOUNDARY: Final = 200  # RFC 2046 allows 70

WORDS: Final = frozenset({"text/plain", "text/html"})
REPORTED: Final = frozenset(
    {"message/delivery-status", "text/rfc822-headers", "message/rfc822", "message/global"}
)
# What Python's own library may raise over a header made to hurt.
FAULTS: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MessageError,
    RecursionError,
    TypeError,
    ValueError,
)
_FIELD: Final = re.compile(rb"[!-9;-~]+[ \t]*:|[ \t]|>?From ")
_HEADERS: Final = BytesHeaderParser(policy=policy.compat32)


class TooTangled(ValueError):
    """More boundaries than any mail has: it was made to hurt."""


@dataclass(frozen=True)
class Part:
    """One leaf of a mail, and its octets as they travelled where they may hold words."""

    kind: str
    """Content type in lower case, such as text/plain."""

    size: int
    """Octets as they travelled, or as the mail server says."""

    encoding: str = ""
    charset: str = ""
    is_file: bool = False
    """Sent as an attachment, or with a file's name."""

    choice: int = 0
    """Parts with the same number, not 0, say the same in other forms: one is enough."""

    body: bytes | None = None
    """None: not kept."""

    @property
    def is_words(self) -> bool:
        """Whether somebody wrote it to be read."""
        return self.kind in WORDS and not self.is_file


@dataclass(frozen=True)
class Apart:
    """A mail taken apart: its own header and its leaves."""

    head: Message
    parts: tuple[Part, ...]
    size: int
    cut: bool = False
    """Whether something was too long or too much, and left out."""


def take_apart(raw: bytes) -> Apart:
    """Take a whole mail apart. Raises TooTangled for one made of boundaries."""
    return _Reader(raw).read()


def is_kept(kind: str, *, is_file: bool, in_report: bool) -> bool:
    """Whether a part's octets are read at all."""
    return (kind in WORDS and not is_file) or (in_report and kind in REPORTED)


class _Reader:
    """Walks once through the octets; only what is kept is ever copied."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.at = 0
        self.open: list[tuple[bytes, str, int]] = []  # boundary, kind and number of each container
        self.names: dict[bytes, int] = {}  # boundary to its place in `open`
        self.parts: list[Part] = []
        self.room = MOST_WORDS
        self.cut = False
        self.false_boundaries = 0
        self.containers = 0

    def read(self) -> Apart:
        head = self._header()
        body = self.at
        self._enter(head)
        while self.at < len(self.raw) and self.open:
            if len(self.parts) >= MOST_PARTS:
                self.cut = True
                break
            self._enter(self._header())
        if not self.parts:  # a container whose boundary never comes: read it as it stands
            kept = self._keep(body, len(self.raw), "text/plain")
            self.parts.append(Part("text/plain", len(self.raw) - body, body=kept))
        return Apart(head, tuple(self.parts), len(self.raw), self.cut)

    def _enter(self, head: Message) -> None:
        """Note what a header is of, and go on to the next header."""
        boundary = _boundary(head)
        if boundary and len(self.open) < DEEPEST:
            self.containers += 1
            self.names.setdefault(boundary, len(self.open))
            self.open.append((boundary, head.get_content_type(), self.containers))
            self._to_next_part()
            return
        leaf = self._leaf(head)
        kept = is_kept(leaf.kind, is_file=leaf.is_file, in_report=self._within("multipart/report"))
        start = self.at
        size = max(0, self._to_next_part() - start)
        body = self._keep(start, start + size, leaf.kind) if kept else None
        self.parts.append(replace(leaf, size=size, body=body))

    def _leaf(self, head: Message) -> Part:
        """What a header says of the part that follows it, while its containers stand open."""
        try:
            kind, charset, is_file = self._kind(head), head.get_content_charset(""), _is_file(head)
        except FAULTS:  # parameters that nobody could mean
            kind, charset, is_file = "application/octet-stream", "", True
        return Part(
            kind=kind,
            size=0,
            encoding=str(head.get("Content-Transfer-Encoding", "")).strip().lower(),
            charset=charset or "",
            is_file=is_file,
            choice=self._choice(),
        )

    def _kind(self, head: Message) -> str:
        digest = bool(self.open) and self.open[-1][1] == "multipart/digest"
        if digest and "Content-Type" not in head:
            return "message/rfc822"
        return head.get_content_type()

    def _keep(self, start: int, end: int, kind: str) -> bytes:
        room = min(self.room, MOST_OF_REPORT if kind in REPORTED else MOST_WORDS)
        if end - start > room and kind in WORDS:
            self.cut = True
        kept = self.raw[start : min(end, start + room)]
        self.room -= len(kept)
        return kept

    def _within(self, kind: str) -> bool:
        return any(outer == kind for _name, outer, _number in self.open)

    def _choice(self) -> int:
        for _name, kind, number in reversed(self.open):
            if kind == "multipart/alternative":
                return number
        return 0

    def _header(self) -> Message:
        """The header that begins here, up to a bound; leaves `at` where the body begins."""
        start, raw = self.at, self.raw
        end = start
        while end < len(raw) and end - start < LONGEST_HEADER:
            stop = raw.find(b"\n", end) + 1 or len(raw)
            line = raw[end : min(stop, end + LONGEST_HEADER)]
            if not line.strip(b"\r\n"):
                self.at = stop
                return _parsed(raw[start:end])
            if not _FIELD.match(line) or (self.open and self._is_boundary(line)):
                self.at = end
                return _parsed(raw[start:end])
            end = stop
        if end < len(raw):
            self.cut = True
            end = self._after_blank_line(end)
        self.at = end
        return _parsed(raw[start : start + LONGEST_HEADER])

    def _after_blank_line(self, start: int) -> int:
        found = [
            place + len(blank)
            for blank in (b"\n\n", b"\n\r\n")
            if (place := self.raw.find(blank, start - 1)) >= 0
        ]
        return min(found, default=len(self.raw))

    def _is_boundary(self, line: bytes) -> bool:
        name = line[2:].rstrip(b" \t\r\n")
        return line.startswith(b"--") and (name in self.names or name[:-2] in self.names)

    def _to_next_part(self) -> int:
        """Go to where the next part begins; returns where the one before ended."""
        ended = -1
        while (found := self._next_boundary()) is not None:
            start, after, place, closes = found
            ended = start if ended < 0 else ended
            self._close(place + (not closes))
            self.at = after
            if not closes:
                return ended
        self.at = len(self.raw)
        return len(self.raw) if ended < 0 else ended

    def _close(self, deep: int) -> None:
        """Leave every container that stands deeper."""
        for name, _kind, _number in self.open[deep:]:
            if self.names.get(name, -1) >= deep:
                del self.names[name]
        del self.open[deep:]

    def _next_boundary(self) -> tuple[int, int, int, bool] | None:
        """Start and end of the next line that is a boundary of ours, whose, and if it closes."""
        if not self.open:
            return None
        raw, line = self.raw, self.at
        if raw[line : line + 2] != b"--" or (line and raw[line - 1 : line] != b"\n"):
            line = raw.find(b"\n--", self.at) + 1
        while line or raw.startswith(b"--"):
            stop = raw.find(b"\n", line, line + LONGEST_BOUNDARY + 8) + 1
            if not stop and len(raw) - line <= LONGEST_BOUNDARY:
                stop = len(raw)
            name = raw[line + 2 : stop].rstrip(b" \t\r\n") if stop else b""
            for told, closes in ((name, False), (name[:-2], name.endswith(b"--"))):
                if told in self.names and (closes or told is name):
                    return max(line - 1, self.at), stop, self.names[told], closes
            self._count_false()
            line = raw.find(b"\n--", line + 2) + 1
            if not line:
                break
        return None

    def _count_false(self) -> None:
        self.false_boundaries += 1
        if self.false_boundaries > MOST_FALSE_BOUNDARIES:
            raise TooTangled("boundaries")


def _parsed(block: bytes) -> Message:
    """A header. Python's reader of parameters takes the square of their length: bounded here."""
    head = _HEADERS.parsebytes(block)
    for name in ("Content-Type", "Content-Disposition"):
        told = str(head.get(name, ""))
        if len(told) > LONGEST_TYPE or told.count(";") > MOST_PARAMETERS:
            few = ";".join(told.split(";", MOST_PARAMETERS)[:MOST_PARAMETERS])
            head.replace_header(name, few[:LONGEST_TYPE])
    return head


def _boundary(head: Message) -> bytes:
    """The boundary of a container; "" for a leaf, and for a container that names none."""
    if head.get_content_maintype() != "multipart":
        return b""
    try:
        named = head.get_boundary("")
    except FAULTS:
        return b""
    return named.encode("utf-8", "surrogateescape")[:LONGEST_BOUNDARY].rstrip()


def _is_file(head: Message) -> bool:
    return head.get_content_disposition() == "attachment" or bool(head.get_filename())
