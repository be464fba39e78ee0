"""E-mail: what the mail door takes in, in our words; answers by SMTP under a neutral subject."""

import hashlib
import smtplib
from collections.abc import Sequence
from contextlib import suppress
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from intake import texts
from intake.channels import mime
from intake.channels.base import Channel, read_outgoing
from intake.inbound import Address, Inbound, key_of_content
from intake.models import OutboundMessage
from intake.registry import CarrierError, NotKnown
from privacy.crypto import keyed_hash

REPLY: Final = "reply+"


class Email(Channel):
    """The door for mail; the SMTP server is `manage.py mail_door`."""

    def parse_mail(self, raw: bytes, *, sender: str, recipients: Sequence[str]) -> Inbound:
        """One mail with its envelope, in our words. What cannot be read is a dead letter."""
        tokens = tuple(found for one in recipients if (found := _token(one)))
        try:
            mail = mime.read(raw, domain=settings.MAIL_REPLY_DOMAIN)
        except mime.FAULTS:
            return _dead("unreadable", raw)
        if mail.bounced and not sender:  # a real report has nobody to answer to (RFC 3464)
            return _returned(mail.bounced)
        if not mail.sender:
            return _dead("no_sender", raw, mail.text)
        automatic = mail.automatic or not sender or is_ours(mail.sender)
        return Inbound(
            provider="smtp",
            kind="message",
            key=_key(mail),
            channel="email",
            sender=Address("address", mail.sender),
            profile_name=mail.name,
            text=mail.text,
            media=mail.media,
            references=(*tokens, *mail.answers),
            automatic=automatic,
        )

    def send(self, outbound: OutboundMessage) -> str:
        mail = _written(outbound)
        connection = get_connection()
        try:
            connection.open()
        except (OSError, smtplib.SMTPException):
            raise CarrierError("unreachable", permanent=False) from None
        try:
            connection.send_messages([mail])
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _words in refused.recipients.values()]
            raise _refused(max(codes, default=550), "wrong_address") from None
        except smtplib.SMTPResponseException as refused:
            raise _refused(refused.smtp_code, "our_fault") from None
        except (OSError, smtplib.SMTPException):
            raise NotKnown("no_answer") from None
        finally:
            _hang_up(connection)
        return outbound.pk.hex

    def redact(self, ref: str) -> None:
        """The mail door is our own: no provider keeps a copy."""


def reply_token(conversation: UUID) -> str:
    """The unguessable word in a conversation's reply address; only its hash is stored."""
    return keyed_hash("reply_token", conversation.hex)[:32]


def token_hash(token: str) -> str:
    """What `Conversation.reply_token` holds."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_ours(address: str) -> bool:
    """Whether mail from this address is our own coming back."""
    local, _, domain = address.rpartition("@")
    if address == settings.DEFAULT_FROM_EMAIL.lower():
        return True
    return local.startswith(REPLY) and domain == settings.MAIL_REPLY_DOMAIN.lower()


def _token(recipient: str) -> str:
    local, _, domain = recipient.strip().lower().rpartition("@")
    if domain != settings.MAIL_REPLY_DOMAIN.lower() or not local.startswith(REPLY):
        return ""
    token = local.removeprefix(REPLY)
    return token if token.isascii() else ""


def _key(mail: mime.Mail) -> str:
    """The same mail delivered twice has the same key; another mail under its id has not."""
    sizes = [f"{one.kind}{one.size}" for one in mail.media]
    return key_of_content(mail.message_id or mail.date, mail.sender, mail.text, *sizes)


def _dead(problem: str, raw: bytes, text: str = "") -> Inbound:
    return Inbound(
        provider="smtp",
        kind="message",
        key=hashlib.sha256(raw).hexdigest(),
        channel="email",
        text=text,
        problem=problem,
        extra={"size": str(len(raw))},
    )


def _returned(key: str) -> Inbound:
    return Inbound(
        provider="smtp",
        kind="status",
        key=hashlib.sha256(f"bounce {key}".encode()).hexdigest(),
        channel="email",
        outbound=str(UUID(key)),
        status="failed",
        error="bounced",
    )


def _written(outbound: OutboundMessage) -> EmailMessage:
    """The mail: neutral subject, our reply address, no word of what it answers."""
    to, body = read_outgoing(outbound)
    if outbound.conversation_id is None:
        raise CarrierError("no_conversation", permanent=True)
    domain = settings.MAIL_REPLY_DOMAIN
    return EmailMessage(
        subject=texts.mail_subject(),
        body=body,
        to=[to],
        reply_to=[f"{REPLY}{reply_token(outbound.conversation_id)}@{domain}"],
        headers={"Message-ID": f"<{outbound.pk.hex}@{domain}>"},
    )


def _refused(code: int, problem: str) -> CarrierError:
    """A server's refusal: 4xx is "later", 5xx is "never" (RFC 5321)."""
    later = 400 <= code < 500
    return CarrierError("busy" if later else problem, permanent=not later)


def _hang_up(connection: BaseEmailBackend) -> None:
    with suppress(OSError, smtplib.SMTPException):
        connection.close()
