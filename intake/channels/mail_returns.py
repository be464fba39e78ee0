"""Mail that came back: which of ours it was, and whether for good (RFC 3464, and older forms)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from typing import Final

from intake.channels.mail_fields import Fields, key_in
from intake.channels.mail_parts import Part
from intake.channels.mail_words import decoded, octets_of

RETURN: Final = "return+"
GIVES_BACK: Final = ("message/rfc822", "message/global", "text/rfc822-headers")
MOST_READ: Final = 20_000  # characters of an old report that are searched
_STATUS: Final = re.compile(r"^\s*([245])\.(\d{1,3})\.(\d{1,3})")
_OLD_ID: Final = re.compile(r"(?im)^[ >]*message-id:\s*(<[^>\s]{1,200}>)")
_OLD_REPORT: Final = re.compile(
    r"(?i)undeliver|delivery (?:status|failure|has failed|to the following)|returned mail"
    r"|could not be delivered|qmail-send program|mail delivery (?:failed|system)|failure notice"
)
_OLD_DELAY: Final = re.compile(r"(?i)delayed|will (?:be retried|keep trying)|warning only|not yet")


@dataclass(frozen=True)
class Returned:
    """That a mail of ours came back."""

    key: str
    """Our own key of it, 32 hex digits."""

    problem: str
    """wrong_address, or bounced for any other reason; "" while it is only late."""


def returned(
    fields: Fields,
    *,
    parts: Sequence[Part],
    text: str,
    is_report: bool,
    recipients: Sequence[str],
    domain: str,
) -> Returned | None:
    """What came back, when this is a report of it; the caller knows that nobody sent it.

    The address it came back to names the mail; else the Message-ID of what it gives back.
    """
    old = not is_report and (fields.has("x-failed-recipients") or _is_old(fields, text))
    if not is_report and not old:
        return None
    key = _key_of_return(recipients, domain) or _key_given_back(parts, text, domain, old=old)
    if not key:
        return None
    if is_report:
        return Returned(key, _problem(parts))
    late = _OLD_DELAY.search(fields.one("subject") + "\n" + text[:MOST_READ])
    return Returned(key, "" if late else "wrong_address")


def return_address(key: str, domain: str) -> str:
    """Where one mail of ours comes back to when it cannot be delivered."""
    return f"{RETURN}{key}@{domain}"


def _key_of_return(recipients: Sequence[str], domain: str) -> str:
    for one in recipients:
        local, _, named = one.strip().lower().rpartition("@")
        key = local.removeprefix(RETURN)
        if named == domain.lower() and local != key and re.fullmatch(r"[0-9a-f]{32}", key):
            return key
    return ""


def _key_given_back(parts: Sequence[Part], text: str, domain: str, *, old: bool) -> str:
    for part in parts:
        back = part.kind in GIVES_BACK and part.body is not None
        if back and (key := key_in(Fields(_header_of(part)).one("message-id"), domain)):
            return key
    if old:
        for named in _OLD_ID.findall(text[:MOST_READ]):
            if key := key_in(named, domain):
                return key
    return ""


def _problem(parts: Sequence[Part]) -> str:
    """What a report says of each recipient, in one word of ours; "" if nothing has failed."""
    for part in parts:
        if part.kind != "message/delivery-status" or part.body is None:
            continue
        for block in re.split(r"\r?\n\s*\r?\n", decoded(octets_of(part), "")[0]):
            fields = Fields(HeaderParser().parsestr(block.lstrip()))
            if fields.one("action").lower() == "failed":
                return _word_of(fields.one("status"))
        return ""
    return "wrong_address"


def _word_of(status: str) -> str:
    """Our word for an enhanced status code (RFC 3463)."""
    found = _STATUS.match(status)
    if found is None:
        return "wrong_address"
    kind, subject, detail = found.groups()
    if kind == "4" or subject in ("3", "4", "7") or (subject, detail) == ("2", "2"):
        return "bounced"  # too long away, too large, refused, full: the address may be right
    return "wrong_address"


def _header_of(part: Part) -> Message:
    return HeaderParser().parsestr(decoded(octets_of(part), part.charset)[0].lstrip())


def _is_old(fields: Fields, text: str) -> bool:
    sender = fields.one("from").lower()
    if not any(name in sender for name in ("mailer-daemon", "postmaster", "mail delivery")):
        return False
    return bool(_OLD_REPORT.search(fields.one("subject") + "\n" + text[:MOST_READ]))
