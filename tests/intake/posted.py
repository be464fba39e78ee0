"""What mail providers post, in the forms they publish, and our secret with it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from email.message import EmailMessage
from typing import Any, Final

from tests.counterparts import ASHA_MAIL
from tests.intake.letters import HELPLINE

SECRET: Final = "amaan:a-long-secret"
KEY: Final = "mailgun-signing-key"
AUTH: Final = {"HTTP_AUTHORIZATION": "Basic " + base64.b64encode(SECRET.encode()).decode()}
BOUNDARY: Final = "b0undary"
PROVIDERS: Final = ("sendgrid", "sendgrid raw", "mailgun", "mailgun raw", "postmark")
PROVIDERS_ALL: Final = (*PROVIDERS, "postmark raw", "ses", "ses base64")


def form(fields: dict[str, str], files: dict[str, tuple[str, bytes]] | None = None) -> bytes:
    """A multipart form as a provider posts it; files by field, each with its kind."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for name, (kind, octets) in (files or {}).items():
        head = f'Content-Disposition: form-data; name="{name}"; filename="a.bin"'
        parts.append(f"--{BOUNDARY}\r\n{head}\r\nContent-Type: {kind}\r\n\r\n".encode())
        parts.append(octets + b"\r\n")
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def posted(provider: str, letter: EmailMessage, **more: Any) -> dict[str, Any]:
    """Arguments for the test client's `generic`: path, data, content type, headers."""
    name, _, kind = provider.partition(" ")
    made = {"sendgrid": _sendgrid, "mailgun": _mailgun, "postmark": _postmark, "ses": _ses}
    body, content_type, headers = made[name](letter, kind, more)
    return {
        "path": f"/hooks/mail/{name}/",
        "data": body,
        "content_type": content_type,
        **AUTH,
        **headers,
    }


Made = tuple[bytes, str, dict[str, str]]
_FORM: Final = f"multipart/form-data; boundary={BOUNDARY}"


def _words(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    return str(body.get_content()).rstrip() if body else ""


def _files(letter: EmailMessage) -> list[tuple[str, bytes]]:
    return [
        (part.get_content_type(), part.get_payload(decode=True) or b"")  # type: ignore[misc]
        for part in letter.iter_attachments()
    ]


def _sendgrid(letter: EmailMessage, kind: str, more: dict[str, Any]) -> Made:
    fields = {
        "envelope": json.dumps({"to": [more.get("to", HELPLINE)], "from": ASHA_MAIL}),
        "SPF": more.get("spf", "pass"),
        "dkim": more.get("dkim", "none"),
        "charsets": json.dumps({"text": "UTF-8"}),
    }
    if kind == "raw":
        return form(fields | {"email": letter.as_string()}), _FORM, {}
    head = "".join(f"{name}: {value}\n" for name, value in letter.items())
    files = {f"attachment{n}": one for n, one in enumerate(_files(letter), 1)}
    info = {name: {"filename": "a.bin", "type": one[0]} for name, one in files.items()}
    fields |= {"headers": head, "text": _words(letter), "attachment-info": json.dumps(info)}
    return form(fields | {"from": str(letter["From"])}, files), _FORM, {}


def _mailgun(letter: EmailMessage, kind: str, more: dict[str, Any]) -> Made:
    stamp, token = "1767225600", "t" * 50
    signature = hmac.new(KEY.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    fields = {
        "sender": ASHA_MAIL,
        "recipient": more.get("to", HELPLINE),
        "timestamp": stamp,
        "token": token,
        "signature": more.get("signature", signature),
    }
    letter["X-Mailgun-Spf"] = more.get("spf", "Pass").capitalize()
    if kind == "raw":
        return form(fields | {"body-mime": letter.as_string()}), _FORM, {}
    files = {f"attachment-{n}": one for n, one in enumerate(_files(letter), 1)}
    fields |= {
        "message-headers": json.dumps([[name, str(value)] for name, value in letter.items()]),
        "body-plain": _words(letter),
        "attachment-count": str(len(files)),
    }
    return form(fields, files), _FORM, {}


def _postmark(letter: EmailMessage, kind: str, more: dict[str, Any]) -> Made:
    spf = more.get("spf", "pass").capitalize()
    told: dict[str, Any] = {
        "FromFull": {"Email": str(letter["From"]), "Name": "A", "MailboxHash": ""},
        "ToFull": [{"Email": more.get("to", HELPLINE), "Name": ""}],
        "OriginalRecipient": more.get("to", HELPLINE),
        "Subject": str(letter["Subject"]),
        "MessageID": "73e6d360-66eb-11e1-8e72-a8904824019b",
        "TextBody": _words(letter),
        "Headers": [
            {"Name": "Return-Path", "Value": f"<{ASHA_MAIL}>"},
            {"Name": "Received-SPF", "Value": f"{spf} (sender SPF) identity=mailfrom"},
            *[
                {"Name": name, "Value": str(value)}
                for name, value in letter.items()
                if name in ("Message-ID", "In-Reply-To", "References", "Auto-Submitted")
            ],
        ],
        "Attachments": [
            {
                "Name": "a.bin",
                "ContentType": kind_of,
                "ContentLength": len(octets),
                "Content": base64.b64encode(octets).decode(),
            }
            for kind_of, octets in _files(letter)
        ],
    }
    if kind == "raw":
        told["RawEmail"] = letter.as_string()
        told["Attachments"] = []
    return json.dumps(told).encode(), "application/json", {}


def _ses(letter: EmailMessage, kind: str, more: dict[str, Any]) -> Made:
    whole = letter.as_string()
    verdict = more.get("spf", "pass").upper()
    event = {
        "notificationType": "Received",
        "mail": {"source": ASHA_MAIL, "messageId": "m1", "timestamp": "2026-01-01T00:00:00Z"},
        "receipt": {
            "recipients": [more.get("to", HELPLINE)],
            "spfVerdict": {"status": verdict},
            "dkimVerdict": {"status": "GRAY"},
            "dmarcVerdict": {"status": verdict},
            "action": {"type": "SNS", "encoding": "BASE64" if kind else "UTF8"},
        },
        "content": base64.b64encode(whole.encode()).decode() if kind else whole,
    }
    notice = {"Type": "Notification", "MessageId": "s1", "Message": json.dumps(event)}
    return json.dumps(notice).encode(), "text/plain; charset=UTF-8", sns("Notification", "s1")


def sns(kind: str, key: str) -> dict[str, str]:
    """The headers Amazon's notices come with."""
    return {"HTTP_X_AMZ_SNS_MESSAGE_TYPE": kind, "HTTP_X_AMZ_SNS_MESSAGE_ID": key}
