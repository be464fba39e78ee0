"""Reads a mail in memory: words kept, attachments counted and dropped, nothing written anywhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Final

from django.conf import settings

from intake import danger
from intake.channels import mail_fields, mail_returns
from intake.channels.base import kind_of_media
from intake.channels.mail_fields import Fields
from intake.channels.mail_parts import Apart, Part, take_apart
from intake.channels.mail_returns import Returned
from intake.channels.mail_words import LONGEST_TEXT, text_of, without_quotes
from intake.inbound import MediaNotice

MOST_NOTICES: Final = 20  # lines about files that one mail brings
REPLY: Final = "reply+"  # begins our reply addresses
CUT: Final = "\n\n[…]"  # stands where a mail was too long
# Parts that nobody sent to be seen.
SILENT: Final = frozenset(
    {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
)
# What a dead letter tells of its header.
TOLD: Final = (
    "from",
    "sender",
    "reply-to",
    "return-path",
    "to",
    "cc",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "content-type",
    "auto-submitted",
    "x-mailer",
)


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
    returned: Returned | None
    """Which mail of ours it brings back, if it is a report; nobody must have sent it."""

    answers: tuple[str, ...]
    """Our own keys (32 hex digits) of the mails it says it answers."""

    recipients: tuple[str, ...]
    return_path: str | None
    """Where its header says it would come back to: "" is nowhere, None is unsaid."""

    vouched: bool
    """Whether the sender's own domain stands behind it, as far as our own server says."""

    told: dict[str, str]
    """Sizes and the header's own words, for a dead letter."""


def read(raw: bytes) -> Mail:
    """Read one whole mail. Raises one of `mail_parts.FAULTS` if it cannot."""
    return digest(take_apart(raw))


def digest(apart: Apart, *, recipients: Sequence[str] = ()) -> Mail:
    """What is kept of a mail taken apart; `recipients` are those the envelope named."""
    fields = Fields(apart.head)
    words, pasted, cut = text_of(apart.parts)
    is_report = apart.head.get_content_type() == "multipart/report" or any(
        part.kind == "message/delivery-status" for part in apart.parts
    )
    came_to = tuple(dict.fromkeys((*recipients, *mail_fields.recipients_of(fields))))
    answers = mail_fields.answers(fields, settings.MAIL_REPLY_DOMAIN)
    ours = {settings.MAIL_REPLY_DOMAIN.lower(), own_address()}
    answered = bool(answers) or any(one.startswith(REPLY) for one in came_to)
    answered = answered or any(name in words.lower() for name in ours)
    text = (without_quotes(words, ours=ours) if answered else words.strip())[:LONGEST_TEXT]
    subject = fields.one("subject")
    if not answered and (not text or danger.find(subject)):
        text = f"{subject}\n\n{text}".strip()
    name, sender = mail_fields.sender_of(fields)
    return Mail(
        sender=sender,
        name=name,
        message_id=fields.one("message-id"),
        date=fields.one("date"),
        text=text + CUT if cut or apart.cut or len(text) == LONGEST_TEXT else text,
        media=() if is_report else _notices(apart.parts, pasted),
        automatic=is_report or mail_fields.is_automatic(fields),
        returned=mail_returns.returned(
            fields,
            parts=apart.parts,
            text=words,
            is_report=is_report,
            recipients=came_to,
            domain=settings.MAIL_REPLY_DOMAIN,
        ),
        answers=answers,
        recipients=came_to,
        return_path=mail_fields.return_path(fields),
        vouched=mail_fields.vouched(fields, servers=settings.MAIL_AUTHSERV_IDS, sender=sender),
        told=facts(fields, apart),
    )


def own_address() -> str:
    """The address our mail is from, without a name beside it."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].lower()


def facts(fields: Fields, apart: Apart) -> dict[str, str]:
    """Header and sizes of a mail, as a dead letter tells them; no octet of its parts."""
    told = {name: words for name in TOLD if (words := fields.one(name))}
    return told | {"size": str(apart.size), "parts": str(len(apart.parts))}


def _notices(parts: Sequence[Part], pasted: int) -> tuple[MediaNotice, ...]:
    """A line for each file nobody opened, and for each that was pasted among the words."""
    found = [
        MediaNotice(kind_of_media(part.kind), _size(part))
        for part in parts
        if part.body is None and part.kind not in SILENT
    ]
    return tuple((found + [MediaNotice("file")] * pasted)[:MOST_NOTICES])


def _size(part: Part) -> int:
    """Rough octets before it travelled: base64 writes three as four letters."""
    return part.size * 3 // 4 if part.encoding == "base64" else part.size
