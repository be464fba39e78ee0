"""The words of a mail's parts: decoded whatever they claim, without files pasted among them."""

import base64
import binascii
import codecs
import quopri
import re
from collections.abc import Collection, Iterable
from html.parser import HTMLParser
from typing import Final

from mailparser_reply import EmailReplyParser

from intake.channels.mail_parts import FAULTS, Part

LONGEST_TEXT: Final = 50_000  # characters kept of one mail
LONGEST_MARKUP: Final = 200_000
# The quote finder's time grows with the square of what it reads; a reply stands at the top.
QUOTE_WINDOW: Final = 4000
QUOTE_LANGUAGES: Final = ["en", "fr"]

# Python's own codecs that no mail is written in; some take hours for one mail made to hurt.
NO_CHARSETS: Final = frozenset(
    {"punycode", "idna", "unicode_escape", "raw_unicode_escape", "utf_7", "undefined", "mbcs"}
)
# Of these every octet is a letter, so what is right UTF-8 as well was only labelled wrong.
_ONE_OCTET: Final = re.compile(r"ascii|iso8859|latin|cp\d|koi8|mac|tis|hp-roman", re.ASCII)
_SIGNS_OF_FILES: Final = re.compile(
    rb"\xff\xd8\xff|\x89PNG|GIF8|RIFF....WEBP|....ftyp|II\*\x00|MM\x00\*|%PDF|PK\x03\x04"
    rb"|Rar!|\x1f\x8b|\x1aE\xdf\xa3|OggS|ID3|8BPS|\x00\x00\x01\x00",
    re.DOTALL,
)
_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b"))
_DATA_URI: Final = re.compile(rb"data:[\w+.-]{0,60}/?[\w+.;=-]{0,90},[^\s\"'<>)]*", re.IGNORECASE)
# How a file pasted among the words begins and ends, line by line. One pattern over all of the text
# would look for the end anew from each beginning: hours, for a mail made of beginnings.
_PASTED: Final = (
    (re.compile(r"begin(?:-base64)? [0-7]{3,4} "), re.compile(r"(?:end|====)[ \t\r]*$")),
    (re.compile(r"=ybegin "), re.compile(r"=yend")),
)
# Over a mail that somebody passes on, in the words of common programs.
_PASSED_ON: Final = re.compile(
    r"(?im)^[ \t>*-]*(?:begin forwarded message|forwarded message|original message from|message "
    r"transféré|début du message (?:réexpédié|transféré)|अग्रेषित संदेश|الرسالة المعاد توجيهها)"
)
_STRAY: Final = re.compile(r"<(?![^<>]*>)")
_BASE64_LINES: Final = re.compile(r"(?m)(?:^[ \t>]*[A-Za-z0-9+/_-]{40,}={0,2}[ \t\r]*\n?){3,}")
_BASE64_RUN: Final = re.compile(r"[A-Za-z0-9+/]{1000,}={0,2}")


class NoWords(ValueError):
    """What calls itself text is a file."""


def text_of(parts: Iterable[Part]) -> tuple[str, int, bool]:
    """The words of all parts in order, how many files stood among them, and if any was cut."""
    texts, files, cut = [], 0, False
    for part in _chosen(parts):
        try:
            words, pasted, long = _read(part)
        except NoWords:
            files += 1
        else:
            texts.append(words)
            files += pasted
            cut = cut or long
    joined = "\n\n".join(text.strip() for text in texts if text.strip())
    return joined[: LONGEST_TEXT * 2], files, cut or len(joined) > LONGEST_TEXT * 2


def without_quotes(text: str, *, ours: Collection[str]) -> str:
    """The new words of an answer to us, without the mail of ours it answers.

    Only what bears one of `ours` (our addresses' domains), or is marked as a quote line by line,
    is cut: what they pass on of somebody else, such as a threat, is theirs to tell and stays.
    """
    if _PASSED_ON.search(text):
        return text.strip()
    window, rest = text[:QUOTE_WINDOW], text[QUOTE_WINDOW:]
    first, *older = EmailReplyParser(languages=list(QUOTE_LANGUAGES)).read(window).replies
    below = "\n".join([*(one.content for one in older), rest])
    kept = first.content if older and _is_history(below, ours) else text
    own = [line for line in kept.splitlines() if not _is_quote(line)]
    return "\n".join(own).strip() or text.strip()


def plain(text: str) -> str:
    """Text that can be stored: without NUL and without halves of letters."""
    return text.replace("\0", "").encode(errors="replace").decode()


def decoded(octets: bytes, charset: str, *, final: bool = True) -> tuple[str, str]:
    """The letters of some octets, and the character set they were read in; never raises."""
    tried = [_codec(charset), "utf-8"]
    if _ONE_OCTET.match(tried[0]) and not octets.isascii():
        tried.reverse()
    for name in tried:
        if not name:
            continue
        try:
            return plain(codecs.getincrementaldecoder(name)().decode(octets, final)), name
        except (LookupError, ValueError):
            continue
    return plain(octets.decode("cp1252", errors="replace")), "cp1252"


def octets_of(part: Part) -> bytes:
    """What a part's octets were before they travelled."""
    body = part.body or b""
    if part.encoding == "base64":
        letters = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
        return base64.b64decode(letters[: len(letters) - (len(letters) % 4 == 1)] + b"==")
    if part.encoding == "quoted-printable":
        return quopri.decodestring(body)
    if part.encoding in ("x-uuencode", "uuencode", "uue", "x-uue", "x-yencode"):
        raise NoWords
    return body


class _Text(HTMLParser):
    """Collects the words of HTML; scripts and styles are left out, quoted mail is marked."""

    LINES: Final = frozenset({"p", "div", "br", "tr", "li", "h1", "h2", "h3", "table"})
    SILENT: Final = frozenset({"script", "style", "title", "template"})
    QUOTED: Final = "blockquote"

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.silent = 0
        self.quoted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # What was left open before the body would swallow every word of it.
        self.silent = 0 if tag == "body" else self.silent + (tag in self.SILENT)
        self.quoted += tag == self.QUOTED
        if tag in self.LINES or tag == self.QUOTED:
            self.out.append(self._line())

    def handle_endtag(self, tag: str) -> None:
        if tag in self.SILENT and self.silent:
            self.silent -= 1
        if tag == self.QUOTED and self.quoted:
            self.quoted -= 1
            self.out.append(self._line())

    def handle_data(self, data: str) -> None:
        if not self.silent:
            words = data.replace("\n", " ") if self.quoted else data
            self.out.append(words)

    def _line(self) -> str:
        return "\n> " if self.quoted else "\n"


def html_to_text(markup: str) -> str:
    """The words of an HTML mail, with no address of any image or link in it."""
    reader = _Text()
    try:
        reader.feed(_tame(markup[:LONGEST_MARKUP]))
        reader.close()
    except FAULTS:
        reader.out.append("\n[…]")
    lines = (" ".join(line.split()) for line in "".join(reader.out).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _tame(markup: str) -> str:
    """The same markup without what the library looks for the end of again and again.

    Comments are cut out, sections (`<![`) become ordinary bogus tags, and a `<` that no `>` answers
    is a letter: each costs the library a walk to the end of the mail otherwise.
    """
    kept, at = [], 0
    while (start := markup.find("<!--", at)) >= 0:
        kept.append(markup[at:start])
        end = markup.find("-->", start + 4)
        at = end + 3 if end >= 0 else start + 4
        if end < 0:
            break
    kept.append(markup[at:].replace("<!--", ""))
    return _STRAY.sub("&lt;", "".join(kept).replace("<![", "<!"))


def _is_quote(line: str) -> bool:
    return line.lstrip().startswith(">")


def _is_history(quoted: str, ours: Collection[str]) -> bool:
    """Whether what stands below is a mail of ours: by an address of ours, or quoted as mail is."""
    lines = [line for line in quoted.splitlines() if line.strip()]
    marked = sum(map(_is_quote, lines))
    return any(name in quoted.lower() for name in ours) or marked * 2 > len(lines) > 0


def _chosen(parts: Iterable[Part]) -> list[Part]:
    """Every part with words once: where it comes in two forms, as plain text."""
    words = [part for part in parts if part.is_words and part.body is not None]
    said = {
        part.choice
        for part in words
        if part.choice and part.kind == "text/plain" and (part.body or b"").strip()
    }
    return [part for part in words if part.choice not in said or part.kind == "text/plain"]


def _read(part: Part) -> tuple[str, int, bool]:
    """A part's words, how many files were pasted among them, if it was cut. Raises NoWords."""
    try:
        octets = octets_of(part)
    except (ValueError, binascii.Error):
        octets = part.body or b""
    if not _codec(part.charset).startswith(("utf-16", "utf-32")):
        _refuse_files(octets)
    octets, images = _DATA_URI.subn(b"", octets)
    most = LONGEST_MARKUP * 4
    text, _name = decoded(octets[:most], part.charset, final=len(octets) <= most)
    if part.kind == "text/html":
        text = html_to_text(text)
    text, pasted = _without_pasted(text)
    pasted += images
    for pattern in (_BASE64_LINES, _BASE64_RUN):
        text, count = pattern.subn("", text)
        pasted += count
    return text, pasted, len(octets) > most


def _without_pasted(text: str) -> tuple[str, int]:
    """A text without the files pasted between its lines, and how many; one without end stays."""
    found = 0
    for begins, ends in _PASTED:
        kept: list[str] = []
        first = -1  # the line that may begin a file
        for line in text.split("\n"):
            if first < 0 and begins.match(line):
                first = len(kept)
            elif first >= 0 and ends.match(line):
                del kept[first:]
                line, first, found = "", -1, found + 1  # noqa: PLW2901
            kept.append(line)
        text = "\n".join(kept)
    return text, found


def _refuse_files(octets: bytes) -> None:
    start = octets[:4096].lstrip(b"\r\n")
    controls = len(start) - len(start.translate(None, _CONTROLS))
    if _SIGNS_OF_FILES.match(start) or controls > len(start) // 50 + 8:
        raise NoWords


def _codec(charset: str) -> str:
    """The codec of a character set that people write mail in; "" for any other."""
    try:
        known = codecs.lookup(charset or "utf-8").name
    except (LookupError, ValueError):
        return ""
    return "" if known.replace("-", "_") in NO_CHARSETS else known
