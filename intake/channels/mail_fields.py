"""A mail's header: who it is from, what it answers, whether a machine wrote it, who vouches."""

import re
from collections.abc import Collection
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses
from typing import Final

from intake.channels.mail_parts import FAULTS
from intake.channels.mail_words import decoded, plain

LONGEST: Final = 8000  # characters of one field that are read
LONGEST_ADDRESS: Final = 254  # RFC 5321
MOST_ANSWERED: Final = 20
MOST_RECIPIENTS: Final = 50
# Where a mailbox or a server in between writes for whom a mail came.
RECIPIENTS: Final = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-forwarded-to")
_ADDRESS: Final = re.compile(r"[^@\s<>\"(),:;\x00-\x1f]+@[^@\s<>\"(),:;\x00-\x1f]+")
_OUR_KEY: Final = r"<([0-9a-f]{32})@%s>"  # a Message-ID of ours, of the domain given
_MACHINES: Final = re.compile(
    r"(?:no|not|dont|donot)[-_.]?reply|do[-_.]not[-_.]reply|mailer[-_.]?daemon|postmaster|bounces?"
    r"|auto[-_.]?(?:reply|responder|mailer)|listserv|majordomo|\w+-(?:request|owner)|owner-\w+",
)
_METHOD: Final = re.compile(r"\b(spf|dkim|dmarc)\s*=\s*([a-z]+)([^;]*)", re.IGNORECASE)
_DOMAIN: Final = re.compile(
    r"(?:header\.(?:d|i|from)|smtp\.(?:mailfrom|helo))\s*=\s*\"?(?:[^\s@\"]*@)?([^\s;\"]+)",
    re.IGNORECASE,
)


class Fields:
    """The fields of one header by their names in lower case, decoded as far as that goes."""

    def __init__(self, head: Message) -> None:
        self.raw: dict[str, list[str]] = {}
        for name, value in head.raw_items():
            self.raw.setdefault(name.lower(), []).append(str(value)[:LONGEST])

    def one(self, name: str) -> str:
        """The first field of a name, on one line; "" without any."""
        return field(self.raw.get(name, [""])[0])

    def many(self, name: str) -> list[str]:
        """Every field of a name."""
        return [field(value) for value in self.raw.get(name, [])[:MOST_RECIPIENTS]]

    def has(self, *starts: str) -> bool:
        """Whether any field's name begins so."""
        return any(name.startswith(starts) for name in self.raw)


def field(value: str) -> str:
    """A field's words on one line: no break in it survives, whatever it was written in."""
    octets = value.encode("utf-8", "surrogateescape")
    told = value if octets.isascii() else decoded(octets, "utf-8")[0]
    if "=?" in told:
        told = _encoded_words(told)
    return " ".join(plain(told).split())[:500]


def sender_of(fields: Fields) -> tuple[str, str]:
    """Name and address of who wrote it; the address is "" when From holds none."""
    for name, address in getaddresses([fields.one("from")]):
        if _ADDRESS.fullmatch(address) and len(address) <= LONGEST_ADDRESS:
            return name, address.lower()
    return "", ""


def recipients_of(fields: Fields) -> tuple[str, ...]:
    """Every address the header says it came to."""
    told = [one for name in RECIPIENTS for one in fields.many(name)]
    found = [address.lower() for _name, address in getaddresses(told[:MOST_RECIPIENTS])]
    return tuple(dict.fromkeys(found))[:MOST_RECIPIENTS]


def return_path(fields: Fields) -> str | None:
    """The envelope's sender as the last server wrote it down; "" for nobody, None if unsaid."""
    if "return-path" not in fields.raw:
        return None
    return fields.one("return-path").strip("<> ").lower()


def answers(fields: Fields, domain: str) -> tuple[str, ...]:
    """The keys of ours in what a mail says it answers (RFC 5322, 3.6.4), the newest first."""
    ours = re.compile(_OUR_KEY % re.escape(domain), re.IGNORECASE)
    direct = " ".join(fields.raw.get("in-reply-to", [])[:5])
    chain = " ".join(fields.raw.get("references", [])[:5])
    keys = [found[1].lower() for found in ours.finditer(direct)]
    keys += reversed([found[1].lower() for found in ours.finditer(chain)])
    return tuple(dict.fromkeys(keys))[:MOST_ANSWERED]


def key_in(message_id: str, domain: str) -> str:
    """Our own key in a Message-ID of ours; "" in any other."""
    found = re.fullmatch(_OUR_KEY % re.escape(domain), message_id, re.IGNORECASE)
    return found[1].lower() if found else ""


def is_automatic(fields: Fields) -> bool:
    """Whether a machine wrote it (RFC 3834, and what lists and older machines set)."""
    submitted = fields.one("auto-submitted").lower()
    precedence = fields.one("precedence").lower()
    return (
        (submitted != "" and not submitted.startswith("no"))
        or precedence in ("bulk", "list", "junk", "auto_reply")
        or fields.has("list-", "x-auto", "x-mail-autoreply", "x-failed-recipients")
        or return_path(fields) == ""
        or is_machine(sender_of(fields)[1])
    )


def is_machine(address: str) -> bool:
    """Whether nobody reads what is sent to this address."""
    return bool(_MACHINES.fullmatch(address.rpartition("@")[0].lower()))


def vouched(fields: Fields, *, servers: Collection[str], sender: str) -> bool:
    """Whether the sender's own domain stands behind this mail, as our own server found.

    Reads the topmost Authentication-Results of one of our `servers` (RFC 8601): what stands below
    it, or under another name, anybody may have written. A pass counts only for the domain in From.
    """
    domain = sender.rpartition("@")[2]
    for told in fields.raw.get("authentication-results", []):
        name, _, results = field(told).partition(";")
        if name.split(" ")[0].lower() in servers:
            return passes(results, domain)
    return False


def passes(results: str, domain: str) -> bool:
    """Whether SPF, DKIM or DMARC passed for this domain or one above or below it."""
    verdicts = [(m[1].lower(), m[2].lower(), m[3]) for m in _METHOD.finditer(results)]
    dmarc = [verdict for method, verdict, _ in verdicts if method == "dmarc"]
    if "fail" in dmarc:
        return False
    return any(
        verdict == "pass" and any(same_house(named, domain) for named in _DOMAIN.findall(about))
        for _method, verdict, about in verdicts
    )


def same_house(one: str, other: str) -> bool:
    """Whether two domains are the same, or one lies under the other."""
    one, other = one.lower().strip("."), other.lower().strip(".")
    if min(one.count("."), other.count(".")) < 1:
        return one == other != ""
    return one == other or one.endswith("." + other) or other.endswith("." + one)


def _encoded_words(told: str) -> str:
    """A field with its encoded words read (RFC 2047); as it stands when they cannot be."""
    try:
        chunks = decode_header(told)
    except FAULTS:
        return told
    return "".join(
        decoded(chunk, charset or "")[0] if isinstance(chunk, bytes) else chunk
        for chunk, charset in chunks
    )
