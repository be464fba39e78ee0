"""Mail that a mail provider posts to us: django-anymail proves and reads it, we keep its words.

Its signals are not used: a mail is stored, and only then answered.
"""

import json
import re
from base64 import b64decode
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final

from anymail.exceptions import AnymailError, AnymailWebhookValidationFailure
from anymail.inbound import AnymailInboundMessage
from anymail.signals import AnymailInboundEvent
from anymail.webhooks.amazon_ses import AmazonSESInboundWebhookView
from anymail.webhooks.base import AnymailBaseWebhookView
from anymail.webhooks.mailgun import MailgunInboundWebhookView
from anymail.webhooks.postmark import PostmarkInboundWebhookView
from anymail.webhooks.sendgrid import SendGridInboundWebhookView
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest
from django.http.request import RawPostDataException

from intake.channels.base import NotVerified, Unreadable
from intake.channels.email import Email
from intake.channels.mail_fields import Fields, same_house, sender_of
from intake.channels.mail_parts import FAULTS, Apart, Part, take_apart
from intake.inbound import Inbound, key_of_content, key_of_id

# Where a provider puts a whole mail, and the plain words of one it took apart itself.
_WHOLE: Final = ("email", "body-mime")
_WORDS: Final = ("text", "body-plain", "html", "body-html")
_SIGNED_BY: Final = re.compile(r"(?:^|;)\s*d=\s*([\w.-]+)")
# No machine writes such a header; Python's own reader takes the square of its length over it.
_TOO_LONG: Final = re.compile(r"^content-[a-z-]*:(?:[^\n]|\n[ \t]){4000}", re.I | re.M)
_FORM: Final = "multipart/form-data"
_FORMS: Final = (_FORM, "application/x-www-form-urlencoded")


class DroppedFile(FileUploadHandler):
    """Takes the files of a form: each is counted while it passes, and no octet of it is kept."""

    chunk_size = 64 * 1024

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.found: list[Part] = []

    def receive_data_chunk(self, _raw: bytes, _start: int) -> None:
        """Drop it."""

    def file_complete(self, file_size: int) -> None:
        """Note that a file came; there is none to give on."""
        kind = str(self.content_type or "application/octet-stream").lower()
        self.found.append(Part(kind=kind, size=file_size, is_file=True))


@dataclass(frozen=True)
class Posted:
    """One provider's way of posting mail."""

    view: type[AnymailBaseWebhookView]

    def read(self, request: HttpRequest) -> list[Inbound]:
        """What was posted, in our words; what cannot be read is a dead letter.

        Raises NotVerified unless it comes with our secret (and the provider's signature, where it
        signs), Unreadable for what no provider posts.
        """
        files = _handler(request)
        if not settings.MAIL_WEBHOOK_SECRET:
            raise NotVerified
        try:
            view = self.view()
            view.run_validators(request)
        except (AnymailWebhookValidationFailure, *FAULTS):
            raise NotVerified from None
        except AnymailError:
            raise Unreadable from None
        if any(_TOO_LONG.search(raw) for raw in _whole_mails(request)):
            return [_dead(request, files.found)]
        try:
            events = view.parse_events(request)
        except (AnymailError, ImproperlyConfigured, *FAULTS):
            return [_dead(request, files.found)]
        return [_as_inbound(view, event, request, files.found) for event in events]


def _whole_mails(request: HttpRequest) -> list[str]:
    """The whole mails that a provider posted as one field, wherever it puts them."""
    octets = b""
    with suppress(RawPostDataException):  # the form was read already
        octets = request.body  # before the form is: the library wants both
    try:
        if request.content_type in _FORMS:
            found = [request.POST.get(name) for name in _WHOLE]
        else:
            told = json.loads(octets)
            notice = json.loads(told["Message"]) if "Message" in told else {}
            found = [told.get("RawEmail"), notice.get("content")]
            if notice.get("receipt", {}).get("action", {}).get("encoding") == "BASE64":
                found.append(b64decode(notice["content"]).decode("latin-1"))
    except FAULTS:
        return []  # the library says in its own words what that is
    return [one for one in found if isinstance(one, str)]


class _SendGrid(SendGridInboundWebhookView):  # type: ignore[misc]
    """SendGrid's inbound parse, as fields or as the whole mail.

    The library has no account there any more to try it with, and says so in a warning each time;
    our tests hold it to the published form.
    """

    def __init__(self, **kwargs: Any) -> None:
        AnymailBaseWebhookView.__init__(self, **kwargs)

    def vouched(self, event: AnymailInboundEvent, sender: str) -> bool:
        form = event.esp_event.POST
        spf = form.get("SPF", "").lower() == "pass"
        dkim = re.findall(r"@([\w.-]+)\s*:\s*pass", form.get("dkim", ""), re.IGNORECASE)
        return _stands_behind(event, sender, spf=spf, signed_by=dkim)


class _Mailgun(MailgunInboundWebhookView):  # type: ignore[misc]
    """Mailgun's routes: forward, as fields or (`…/mime`) as the whole mail."""

    def vouched(self, event: AnymailInboundEvent, sender: str) -> bool:
        fields = Fields(event.message)
        spf = {value.lower() for value in fields.many("x-mailgun-spf")} == {"pass"}
        dkim = {one.lower() for one in fields.many("x-mailgun-dkim-check-result")} == {"pass"}
        return _stands_behind(event, sender, spf=spf, signed_by=_signers(fields) if dkim else [])


class _Postmark(PostmarkInboundWebhookView):  # type: ignore[misc]
    """Postmark's inbound webhook; what it says of attachments is read, what they hold is not."""

    def esp_to_anymail_event(self, esp_event: dict[str, Any]) -> AnymailInboundEvent:
        attached = esp_event.pop("Attachments", None) or []
        self.files = [
            Part(
                kind=str(one.get("ContentType", "")).lower(),
                size=int(one.get("ContentLength") or 0),
                is_file=True,
            )
            for one in attached
        ]
        return super().esp_to_anymail_event(esp_event)

    def vouched(self, event: AnymailInboundEvent, sender: str) -> bool:
        headers = event.esp_event.get("Headers") or []  # its own; the raw mail has only others'
        values = [str(one.get("Value", "")) for one in headers if _is_spf(one)]
        told = values[0].lower() if values else ""
        return _stands_behind(event, sender, spf=told.startswith("pass"), signed_by=[])


class _SES(AmazonSESInboundWebhookView):  # type: ignore[misc]
    """Amazon SES by SNS, the whole mail in the notice: no bucket ever holds one."""

    def __init__(self, **kwargs: Any) -> None:
        self.auto_confirm_enabled = False  # a person confirms: see `_subscription`
        AnymailBaseWebhookView.__init__(self, **kwargs)

    def fetch_s3_chunks(self, bucket_name: str, object_key: str) -> Any:
        """Refuse: mail in a bucket is pictures in a bucket."""
        raise ValueError("mail was put into a bucket")

    def parse_events(self, request: HttpRequest) -> list[Any]:
        notice = self._parse_sns_message(request)
        if notice.get("Type") == "SubscriptionConfirmation":
            return [_subscription(notice)]
        events: list[Any] = super().parse_events(request)
        return events

    def vouched(self, event: AnymailInboundEvent, sender: str) -> bool:
        receipt = event.esp_event.get("receipt", {})
        told = {
            name: str(receipt.get(f"{name}Verdict", {}).get("status", "")).upper()
            for name in ("spf", "dkim", "dmarc")
        }
        if told["dmarc"] in ("PASS", "FAIL"):
            return told["dmarc"] == "PASS"
        signed = _signers(Fields(event.message)) if told["dkim"] == "PASS" else []
        return _stands_behind(event, sender, spf=told["spf"] == "PASS", signed_by=signed)


SENDGRID: Final = Posted(_SendGrid)
MAILGUN: Final = Posted(_Mailgun)
POSTMARK: Final = Posted(_Postmark)
SES: Final = Posted(_SES)


def _handler(request: HttpRequest) -> DroppedFile:
    """What drops the request's files; the same when the request is answered a second time."""
    known: DroppedFile | None = getattr(request, "dropped", None)
    if known is None:
        known = request.dropped = DroppedFile(request)  # type: ignore[attr-defined]
        if request.content_type == _FORM:
            request.upload_handlers = [known]
    return known


def _as_inbound(view: Any, event: Any, request: HttpRequest, files: Sequence[Part]) -> Inbound:
    if isinstance(event, Inbound):
        return event
    message: AnymailInboundMessage = event.message
    try:
        apart = _apart(event, request)
        apart = replace(apart, parts=(*apart.parts, *files, *getattr(view, "files", ())))
        sender = sender_of(Fields(apart.head))[1]
        recipient = message.envelope_recipient
        return Email().parse_apart(
            apart,
            provider="anymail",
            sender=message.envelope_sender,
            recipients=[str(recipient)] if recipient else [],
            vouched=view.vouched(event, sender),
        )
    except FAULTS:
        return _dead(request, files)


def _apart(event: AnymailInboundEvent, request: HttpRequest) -> Apart:
    """The mail taken apart: by us where the provider gave it whole, else as it took it apart."""
    whole = _whole(event, request)
    if whole is not None:
        return take_apart(whole)
    message: AnymailInboundMessage = event.message
    leaves = [part for part in message.walk() if not part.is_multipart()]
    parts = tuple(_part(leaf) for leaf in leaves if leaf.get_content_maintype() == "text")
    return Apart(message, parts, sum(part.size for part in parts))


def _part(leaf: Any) -> Part:
    body = leaf.get_payload(decode=True) or b""
    return Part(
        kind=leaf.get_content_type(),
        size=len(body),
        charset=leaf.get_content_charset("") or "",
        choice=1,  # a provider gives the words and, beside them, the same as HTML
        body=body,
    )


def _whole(event: AnymailInboundEvent, request: HttpRequest) -> bytes | None:
    told: Any = event.esp_event
    if isinstance(told, dict):
        text = told.get("RawEmail", told.get("content"))
        action = told.get("receipt", {}).get("action", {})
        if isinstance(text, str) and action.get("encoding") == "BASE64":
            return b64decode(text)
    else:
        text = next((request.POST[name] for name in _WHOLE if name in request.POST), None)
    return text.encode("utf-8", "surrogateescape") if isinstance(text, str) else None


def _stands_behind(
    event: AnymailInboundEvent, sender: str, *, spf: bool, signed_by: Sequence[str]
) -> bool:
    """Whether a pass is one of the domain in From: its own path, or its own signature."""
    domain = sender.rpartition("@")[2]
    path = str(event.message.envelope_sender or "").rpartition("@")[2]
    return (spf and same_house(path, domain)) or any(same_house(one, domain) for one in signed_by)


def _is_spf(header: dict[str, Any]) -> bool:
    return str(header.get("Name", "")).lower() == "received-spf"


def _signers(fields: Fields) -> list[str]:
    return [name for told in fields.many("dkim-signature") for name in _SIGNED_BY.findall(told)]


def _subscription(notice: dict[str, Any]) -> Inbound:
    """Amazon's question whether we want its notices: set aside for a person, who opens the link."""
    return Inbound(
        provider="anymail",
        kind="message",
        key=key_of_id(str(notice.get("MessageId", ""))),
        channel="email",
        problem="confirm_subscription",
        text=str(notice.get("SubscribeURL", ""))[:2000],
        extra={"topic": str(notice.get("TopicArn", ""))[:200]},
    )


def _dead(request: HttpRequest, files: Sequence[Part]) -> Inbound:
    """What the provider's own reader could not read: the words it told plainly, and sizes."""
    told = _fields(request)
    words = next((told[name] for name in (*_WORDS, "TextBody") if told.get(name)), "")
    facts = {name: told[name][:500] for name in ("from", "to", "subject") if told.get(name)}
    facts |= {"size": request.headers.get("Content-Length", "0"), "parts": str(len(files))}
    apart = Apart(_NO_HEAD, (Part("text/plain", len(words), body=words.encode()),), 0)
    return replace(
        Email().dead_letter(apart, provider="anymail"),
        key=key_of_content("unreadable", words, *facts.values(), *_whole_mails(request)),
        extra=facts,
    )


def _fields(request: HttpRequest) -> dict[str, str]:
    try:
        if request.content_type == _FORM:
            return {name: str(value) for name, value in request.POST.items()}
        told = json.loads(request.body)
        return {name: value for name, value in told.items() if isinstance(value, str)}
    except FAULTS:
        return {}


_NO_HEAD: Final = AnymailInboundMessage()
