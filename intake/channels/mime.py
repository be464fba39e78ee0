"""Reads a mail in memory: words kept, attachments counted and dropped, nothing written anywhere."""

import codecs
import email
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses
from html.parser import HTMLParser
from typing import Final

from mailparser_reply import EmailReplyParser

from intake.channels.base import kind_of_media
from intake.inbound import MediaNotice

MOST_PARTS: Final = 200
DEEPEST: Final = 30
MOST_ANSWERED: Final = 20
LONGEST_TEXT: Final = 50_000  # characters kept of one mail
# The quote finder's time grows with the square of what it reads; a reply stands at the top.
QUOTE_WINDOW: Final = 4000
QUOTE_LANGUAGES: Final = ["en", "fr"]

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
# Python's own codecs that no mail is written in; some take hours for one mail made to hurt.
NO_CHARSETS: Final = frozenset(
    {"punycode", "idna", "unicode_escape", "raw_unicode_escape", "utf_7", "undefined"}
)
_ADDRESS: Final = re.compile(r"[^@\s<>\"(),:;\x00-\x1f]+@[^@\s<>\"(),:;\x00-\x1f]+")
_OUR_KEY: Final = r"<([0-9a-f]{32})@%s>"  # a Message-ID of ours, of the domain given


@dataclass(frozen=True)
class Mail:
    """What is kept of a mail."""

    sender: str
    name: str
    message_id: str
    date: str
    text: str
    media: tuple[MediaNotice, ...]
    automatic: bool
    bounced: str
    """Our own key (32 hex digits) in the mail that came back, for a bounce."""

    answers: tuple[str, ...]
    """Our own keys (32 hex digits) of the mails it says it answers."""


def read(raw: bytes, *, domain: str) -> Mail:
    """Read one mail; `domain` is that of our own Message-IDs. Raises one of FAULTS if it cannot."""
    ours = re.compile(_OUR_KEY % re.escape(domain), re.IGNORECASE)
    message = email.message_from_bytes(raw)
    parts = list(_leaves(message, 0))[:MOST_PARTS]
    words = [part for part in parts if _is_words(part)]
    plain = _joined(_decoded(part) for part in words if part.get_content_subtype() != "html")
    text = plain or _joined(html_to_text(_decoded(p)) for p in words)
    report = message.get_content_type() == "multipart/report"
    name, sender = _sender(message)
    return Mail(
        sender=sender,
        name=name,
        message_id=_header(message, "Message-ID"),
        date=_header(message, "Date"),
        text=without_quotes(text[: LONGEST_TEXT * 2])[:LONGEST_TEXT],
        media=tuple(_notice(part) for part in parts if not _is_words(part) and not report),
        automatic=report or _is_automatic(message),
        bounced=_bounced(message, ours) if report else "",
        answers=_answers(message, ours),
    )


def without_quotes(text: str) -> str:
    """The new words of a reply, without the mail it answers; all of it if that cannot be told."""
    window = text[:QUOTE_WINDOW]
    reply = EmailReplyParser(languages=list(QUOTE_LANGUAGES)).parse_reply(window) or ""
    own = [line for line in reply.splitlines() if not line.lstrip().startswith(">")]
    kept = "\n".join(own).strip()
    if not kept or kept == window.strip():
        return text.strip()
    return kept


class _Text(HTMLParser):
    """Collects the words of HTML; scripts, styles and quoted mail are left out."""

    LINES: Final = frozenset({"p", "div", "br", "tr", "li", "h1", "h2", "h3", "table"})
    SILENT: Final = frozenset({"script", "style", "head", "title", "blockquote", "template"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in self.SILENT
        if tag in self.LINES:
            self.out.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.SILENT and self.silent:
            self.silent -= 1

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.out.append(data)


def html_to_text(markup: str) -> str:
    """The words of an HTML mail, with no address of any image or link in it."""
    reader = _Text()
    reader.feed(markup[: LONGEST_TEXT * 4])
    lines = (" ".join(line.split()) for line in "".join(reader.out).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _leaves(message: Message, depth: int) -> list[Message]:
    """The parts that hold something, without opening mails inside the mail."""
    if depth > DEEPEST:
        return []
    if message.get_content_maintype() != "multipart" or not message.is_multipart():
        return [message]
    return [
        leaf
        for part in message.get_payload()
        if isinstance(part, Message)
        for leaf in _leaves(part, depth + 1)
    ]


def _is_words(part: Message) -> bool:
    is_text = part.get_content_type() in ("text/plain", "text/html")
    return is_text and part.get_content_disposition() != "attachment" and not part.get_filename()


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    octets = payload if isinstance(payload, bytes) else b""
    for charset in (part.get_content_charset(), "utf-8"):
        try:
            return _plain(octets.decode(_charset(charset)))
        except (LookupError, ValueError):
            continue
    return _plain(octets.decode("cp1252", errors="replace"))


def _charset(name: str | None) -> str:
    """The codec of a character set that people write mail in. Raises LookupError."""
    known = codecs.lookup(name or "utf-8").name
    if known.replace("-", "_") in NO_CHARSETS:
        raise LookupError(name)
    return known


def _plain(text: str) -> str:
    """Text that can be stored: without NUL and without halves of letters."""
    return text.replace("\0", "").encode(errors="replace").decode()


def _joined(texts: Iterable[str]) -> str:
    return "\n\n".join(text.strip() for text in texts if text.strip())


def _notice(part: Message) -> MediaNotice:
    """Kind and rough size of a part nobody opens; base64 writes three octets as four letters."""
    payload = part.get_payload()
    length = len(payload) if isinstance(payload, str) else 0
    if str(part.get("Content-Transfer-Encoding", "")).strip().lower() == "base64":
        length = length * 3 // 4
    return MediaNotice(kind_of_media(part.get_content_type()), length)


def _header(message: Message, name: str) -> str:
    """A header's words, decoded as far as that goes, on one line."""
    value = str(message.get(name, ""))
    words = []
    for chunk, charset in decode_header(value):
        if isinstance(chunk, bytes):
            try:
                words.append(chunk.decode(_charset(charset), errors="replace"))
            except LookupError:
                words.append(chunk.decode("utf-8", errors="replace"))
        else:
            words.append(chunk)
    return " ".join(_plain("".join(words)).split())[:500]


def _sender(message: Message) -> tuple[str, str]:
    for name, address in getaddresses([_header(message, "From")]):
        if _ADDRESS.fullmatch(address):
            return name, address.lower()
    return "", ""


def _is_automatic(message: Message) -> bool:
    """Whether a machine wrote it (RFC 3834, and what lists and older machines set)."""
    submitted = _header(message, "Auto-Submitted").lower()
    precedence = _header(message, "Precedence").lower()
    return (
        (submitted != "" and not submitted.startswith("no"))
        or precedence in ("bulk", "list", "junk", "auto_reply")
        or any(name in message for name in ("X-Autoreply", "X-Autorespond", "List-Id"))
        or "X-Auto-Response-Suppress" in message
    )


def _bounced(message: Message, ours: re.Pattern[str]) -> str:
    """The key in the Message-ID of ours that a delivery report returns (RFC 3464)."""
    for part in message.walk():
        if returned := _returned(part):
            found = ours.fullmatch(_header(returned, "Message-ID"))
            if found:
                return found[1].lower()
    return ""


def _returned(part: Message) -> Message | None:
    """The mail that a part of a delivery report gives back, or its headers alone."""
    if part.get_content_type() == "text/rfc822-headers":
        return email.message_from_string(_decoded(part).lstrip())
    inner = part.get_payload() if part.get_content_type() == "message/rfc822" else None
    first = inner[0] if isinstance(inner, list) and inner else None
    return first if isinstance(first, Message) else None


def _answers(message: Message, ours: re.Pattern[str]) -> tuple[str, ...]:
    """The keys of ours in what a mail says it answers (RFC 5322, 3.6.4), newest first."""
    named = " ".join(str(message.get(name, "")) for name in ("In-Reply-To", "References"))
    keys = [found[1].lower() for found in ours.finditer(named)]
    return tuple(dict.fromkeys(keys))[:MOST_ANSWERED]
