"""E-mail: what came in by any way, in our words; answers by SMTP under a neutral subject."""

import hashlib
import smtplib
from collections.abc import Sequence
from contextlib import suppress
from email.errors import MessageError
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import sanitize_address

from intake import texts
from intake.channels import mime
from intake.channels.base import read_outgoing
from intake.channels.mail_fields import Fields
from intake.channels.mail_parts import FAULTS, Apart, take_apart
from intake.channels.mail_returns import RETURN, Returned, return_address
from intake.channels.mail_words import text_of
from intake.inbound import Address, Inbound, Provider, key_of_content
from intake.languages import speaking
from intake.models import Message, OutboundMessage
from intake.registry import Carrier, CarrierError, NotKnown
from privacy.access import acting
from privacy.purposes import keyed_hash

REPLY: Final = mime.REPLY


class Email(Carrier):
    """Mail by whatever way: the SMTP door, a mailbox, a provider's webhook."""

    def parse_mail(self, raw: bytes, *, sender: str, recipients: Sequence[str]) -> Inbound:
        """One mail with its envelope, in our words. What cannot be read is a dead letter."""
        try:
            apart = take_apart(raw)
        except FAULTS:
            return _unreadable(raw, "smtp")
        return self.parse_apart(apart, provider="smtp", sender=sender, recipients=recipients)

    def parse_apart(
        self,
        apart: Apart,
        *,
        provider: Provider,
        sender: str | None,
        recipients: Sequence[str] = (),
        vouched: bool | None = None,
    ) -> Inbound:
        """A mail taken apart, in our words; never raises.

        `sender` is the envelope's: "" for nobody, None when only the header may tell it. `vouched`
        is what the provider says of it, None when it says nothing.
        """
        try:
            mail = mime.digest(apart, recipients=recipients)
        except FAULTS:
            return _dead("unreadable", provider, apart)
        nobody = (mail.return_path if sender is None else sender) == ""
        if mail.returned and nobody:  # a real report has nobody to answer to (RFC 3464)
            return _came_back(mail.returned, provider)
        if not mail.sender:
            return _dead("no_sender", provider, apart, mail.text)
        return Inbound(
            provider=provider,
            kind="message",
            key=_key(mail),
            channel="email",
            sender=Address("address", mail.sender),
            profile_name=mail.name,
            text=mail.text,
            media=mail.media,
            references=(*_tokens(mail.recipients), *mail.answers),
            automatic=mail.automatic or nobody or is_ours(mail.sender),
            unverified=_is_unverified(mail, vouched),
        )

    def dead_letter(self, apart: Apart, *, provider: Provider) -> Inbound:
        """A mail of which only the header could be had."""
        return _dead("unreadable", provider, apart)

    def send(self, outbound: OutboundMessage) -> str:
        try:
            mail = _written(outbound)
            mail.message()
            for one in mail.recipients():
                sanitize_address(one, "utf-8")
        except (ValueError, MessageError):  # an address that no mail can be written to
            raise CarrierError("wrong_address", permanent=True) from None
        connection = get_connection()
        try:
            connection.open()
        except smtplib.SMTPAuthenticationError:
            raise CarrierError("credentials", permanent=False) from None
        except (OSError, smtplib.SMTPException):
            raise CarrierError("unreachable", permanent=False) from None
        try:
            _hand_over(connection, mail)
        finally:
            _hang_up(connection)
        return outbound.pk.hex


def reply_token(conversation: UUID) -> str:
    """The unguessable word in a conversation's reply address; only its hash is stored."""
    return keyed_hash("reply_token", conversation.hex)[:32]


def token_hash(token: str) -> str:
    """What `Conversation.reply_token` holds."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_ours(address: str) -> bool:
    """Whether mail from this address is our own coming back."""
    local, _, domain = address.rpartition("@")
    if address == mime.own_address():
        return True
    return local.startswith((REPLY, RETURN)) and domain == settings.MAIL_REPLY_DOMAIN.lower()


def _tokens(recipients: Sequence[str]) -> tuple[str, ...]:
    return tuple(found for one in recipients if (found := _token(one)))


def _token(recipient: str) -> str:
    local, _, domain = recipient.strip().lower().rpartition("@")
    if domain != settings.MAIL_REPLY_DOMAIN.lower() or not local.startswith(REPLY):
        return ""
    token = local.removeprefix(REPLY)
    return token if token.isascii() else ""


def _is_unverified(mail: mime.Mail, vouched: bool | None) -> bool:
    if vouched is None and not settings.MAIL_AUTHSERV_IDS:
        return False  # nobody of ours looks: nothing is known
    return not (mail.vouched if vouched is None else vouched)


def _key(mail: mime.Mail) -> str:
    """The same mail delivered twice has the same key; another mail under its id has not."""
    sizes = [f"{one.kind}{one.size}" for one in mail.media]
    return key_of_content(mail.message_id or mail.date, mail.sender, mail.text, *sizes)


def _dead(problem: str, provider: Provider, apart: Apart, text: str = "") -> Inbound:
    """A dead letter: header, sizes and the words that can be proven; never raw octets."""
    try:
        told = mime.facts(Fields(apart.head), apart)
        text = text or text_of(apart.parts)[0]
    except FAULTS:
        told = {"size": str(apart.size)}
    bodies = "".join(hashlib.sha256(part.body or b"").hexdigest() for part in apart.parts)
    return Inbound(
        provider=provider,
        kind="message",
        key=key_of_content(problem, *(f"{name}={words}" for name, words in told.items()), bodies),
        channel="email",
        text=text,
        problem=problem,
        extra=told,
    )


def _unreadable(raw: bytes, provider: Provider) -> Inbound:
    return Inbound(
        provider=provider,
        kind="message",
        key=hashlib.sha256(raw).hexdigest(),
        channel="email",
        problem="unreadable",
        extra={"size": str(len(raw))},
    )


def _came_back(back: Returned, provider: Provider) -> Inbound:
    """A report as the status of what it reports; nothing changes while it is only late."""
    return Inbound(
        provider=provider,
        kind="status",
        key=hashlib.sha256(f"bounce {back.key} {back.problem}".encode()).hexdigest(),
        channel="email",
        outbound=str(UUID(back.key)),
        status="failed" if back.problem else "",
        error=back.problem,
    )


def _written(outbound: OutboundMessage) -> EmailMessage:
    """The mail: neutral subject, our reply address, no word of what it answers.

    It comes back to an address of its own, so that even a report without its id finds it.
    """
    to, body = read_outgoing(outbound)
    if outbound.conversation_id is None:
        raise CarrierError("no_conversation", permanent=True)
    domain = settings.MAIL_REPLY_DOMAIN
    language, automatic = _manner(outbound)
    headers = {"Message-ID": f"<{outbound.pk.hex}@{domain}>", "From": settings.DEFAULT_FROM_EMAIL}
    if automatic:
        headers["Auto-Submitted"] = "auto-replied"
    with speaking(language):
        subject = texts.mail_subject()
    return EmailMessage(
        subject=subject,
        body=body,
        from_email=return_address(outbound.pk.hex, domain),
        to=[to],
        reply_to=[f"{REPLY}{reply_token(outbound.conversation_id)}@{domain}"],
        headers=headers,
    )


def _manner(outbound: OutboundMessage) -> tuple[str, bool]:
    """The language of a mail's subject, and whether no person caused it (RFC 3834)."""
    with acting(part="delivery"):
        found = OutboundMessage.objects.filter(pk=outbound.pk).values_list(
            "conversation__language", "message__kind", "message__author"
        )
        language, kind, author = found.get()
    return language, kind == Message.Kind.AUTOMATIC and author is None


def _hand_over(connection: BaseEmailBackend, mail: EmailMessage) -> None:
    """Give a mail to the server. Raises CarrierError for a refusal, NotKnown without an answer."""
    try:
        connection.send_messages([mail])
    except smtplib.SMTPRecipientsRefused as refused:
        codes = [code for code, _words in refused.recipients.values()]
        raise _refused(max(codes, default=550), "wrong_address") from None
    except smtplib.SMTPSenderRefused as refused:  # ours: until a person puts it right
        raise _refused(refused.smtp_code, "credentials") from None
    except smtplib.SMTPResponseException as refused:
        raise _refused(refused.smtp_code, "our_fault") from None
    except (OSError, smtplib.SMTPException):
        raise NotKnown("no_answer") from None


def _refused(code: int, problem: str) -> CarrierError:
    """A server's refusal: 4xx is "later", 5xx is "never" (RFC 5321)."""
    later = 400 <= code < 500
    return CarrierError("busy" if later else problem, permanent=not later)


def _hang_up(connection: BaseEmailBackend) -> None:
    with suppress(OSError, smtplib.SMTPException):
        connection.close()
