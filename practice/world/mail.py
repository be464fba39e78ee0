"""Everybody's mail server: takes what the helpline sends, and carries people's mail to its door."""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import formatdate, getaddresses, make_msgid
from typing import TYPE_CHECKING
from uuid import uuid4

from aiosmtpd.smtp import SMTP, Envelope, Session

from practice.world.ledger import Mail

if TYPE_CHECKING:
    from practice.world.state import World

BOUNCES = "@bounce.example"
NAIVE = "@naive.example"  # answers everything at once, and does not say that it is a machine
NEEDED = ("From", "To", "Date", "Message-ID")


@dataclass(frozen=True)
class Letter:
    """A mail a person writes. `raw` replaces all else but the envelope, for ugly mail."""

    sender: str
    to: str
    subject: str = ""
    text: str = ""
    in_reply_to: str = ""
    references: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes = b""


class Sink:
    """aiosmtpd's handler: refuses what a real server would refuse, keeps the rest."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take one mail from the helpline."""
        fault = self.world.faults.take("smtp", "status", "hang", "drop")
        if fault is not None and fault.what == "hang":
            await asyncio.sleep(fault.seconds)
        elif fault is not None and fault.what == "status":
            return f"{fault.code} As asked"
        elif fault is not None and server.transport is not None:
            server.transport.close()
        parsed = parse(_octets(envelope))
        trouble = mail_trouble(parsed)
        if trouble:
            self.world.refuse("smtp", trouble)
            return f"550 {trouble}"
        mail = as_mail(parsed, "out", envelope.rcpt_tos)
        mail.greeted_as = str(session.host_name or "")
        mail.returns_to = envelope.mail_from or ""
        self.world.ledger.keep(mail)
        if any(address.endswith(BOUNCES) for address in envelope.rcpt_tos) and envelope.mail_from:
            self.world.later(bounce(self.world, mail, envelope.mail_from))
        if any(address.endswith(NAIVE) for address in envelope.rcpt_tos):
            self.world.later(answer_naively(self.world, mail))
        if self.world.faults.take("smtp", "accept-then-drop") and server.transport is not None:
            server.transport.close()
        return "250 OK"


def parse(raw: bytes) -> EmailMessage:
    """Return a mail as Python's own library reads it."""
    return BytesParser(EmailMessage, policy=policy.default).parsebytes(raw)


def mail_trouble(parsed: EmailMessage) -> str:
    """Return why a mail server would not take this mail, or nothing."""
    for name in NEEDED:
        if len(parsed.get_all(name, [])) != 1:
            return f"{name} must stand once"
    if parsed.defects:
        return f"malformed: {type(parsed.defects[0]).__name__}"
    return ""


def as_mail(parsed: EmailMessage, direction: str, recipients: Sequence[str]) -> Mail:
    """Return the parts of a mail that a person's mailbox shows."""
    body = parsed.get_body(("plain", "html"))
    return Mail(
        id=uuid4().hex,
        direction=direction,
        sender=_one_address(parsed, "From"),
        to=list(recipients),
        subject=str(parsed.get("Subject", "")),
        text=str(body.get_content()) if body is not None else "",
        message_id=str(parsed.get("Message-ID", "")),
        in_reply_to=str(parsed.get("In-Reply-To", "")),
        references=str(parsed.get("References", "")),
        reply_to=_one_address(parsed, "Reply-To"),
        headers=[[name, str(value)] for name, value in parsed.items()],
    )


def composed(letter: Letter) -> EmailMessage:
    """Return a person's letter as a real MIME message."""
    mail = EmailMessage()
    mail["From"] = letter.sender
    mail["To"] = letter.to
    mail["Subject"] = letter.subject
    mail["Date"] = formatdate()
    mail["Message-ID"] = make_msgid(domain=letter.sender.rsplit("@", 1)[-1].strip(">"))
    if letter.in_reply_to:
        mail["In-Reply-To"] = letter.in_reply_to
        mail["References"] = f"{letter.references} {letter.in_reply_to}".strip()
    for name, value in letter.headers.items():
        del mail[name]
        mail[name] = value
    mail.set_content(letter.text)
    return mail


async def post(world: World, letter: Letter) -> Mail:
    """Carry a letter to the helpline's mail door over SMTP; `outcome` tells how it went."""
    raw = letter.raw or composed(letter).as_bytes(policy=policy.SMTP)
    mail = _seen(raw, letter)
    mail.outcome = await _carry(world, letter.sender, letter.to, raw)
    world.ledger.keep(mail)
    return mail


async def bounce(world: World, mail: Mail, return_path: str) -> None:
    """Return a delivery status notification (RFC 3464) for a mail nobody can get."""
    failed = next(address for address in mail.to if address.endswith(BOUNCES))
    report = (
        b"From: MAILER-DAEMON@bounce.example\r\nTo: " + return_path.encode() + b"\r\n"
        b"Subject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\n"
        b"Date: " + formatdate().encode() + b"\r\n"
        b"Message-ID: " + make_msgid(domain="bounce.example").encode() + b"\r\n"
        b"MIME-Version: 1.0\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nThis mail could not be delivered.\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        b"Reporting-MTA: dns; bounce.example\r\n\r\n"
        b"Final-Recipient: rfc822; " + failed.encode() + b"\r\n"
        b"Action: failed\r\nStatus: 5.1.1\r\n"
        b"--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        b"Message-ID: " + mail.message_id.encode() + b"\r\n"
        b"To: " + failed.encode() + b"\r\n\r\n--b--\r\n"
    )
    await _carry(world, "", return_path, report)


async def answer_naively(world: World, mail: Mail) -> None:
    """Answer as the worst of machines does: at once, always, and as if a person had written."""
    await post(
        world,
        Letter(
            sender=next(address for address in mail.to if address.endswith(NAIVE)),
            to=mail.reply_to or mail.sender,
            subject=f"Re: {mail.subject}",
            text="Thank you for your mail. I will answer soon.",
            in_reply_to=mail.message_id,
        ),
    )


async def _carry(world: World, sender: str, to: str, raw: bytes) -> str:
    if not world.config.mail_port:
        return "no mail door"
    try:
        await asyncio.to_thread(
            _smtp, world.config.mail_host, world.config.mail_port, sender, to, raw
        )
    except (OSError, smtplib.SMTPException) as error:
        code = getattr(error, "smtp_code", None)
        return f"refused {code}" if code else f"refused {type(error).__name__}"
    return "taken"


def _smtp(host: str, port: int, sender: str, to: str, raw: bytes) -> None:
    with smtplib.SMTP(host, port, timeout=30) as door:
        door.sendmail(sender, [to], raw)


def _seen(raw: bytes, letter: Letter) -> Mail:
    if not letter.raw:
        return as_mail(parse(raw), "in", [letter.to])
    # Ugly mail may not parse at all, and the world must still be able to send it.
    return Mail(
        id=uuid4().hex,
        direction="in",
        sender=letter.sender,
        to=[letter.to],
        subject="(raw)",
        text="",
        message_id="",
    )


def _one_address(parsed: EmailMessage, name: str) -> str:
    found = getaddresses([str(value) for value in parsed.get_all(name, [])])
    return found[0][1] if found else ""


def _octets(envelope: Envelope) -> bytes:
    content = envelope.content
    return content.encode() if isinstance(content, str) else content or b""
