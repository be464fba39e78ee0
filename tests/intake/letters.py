"""Mail for the tests: written, handed to the door as its SMTP server does, and what came of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import Envelope
from django.db import connection
from pytest_django import Settings

from helpline.embedded.home import free_port
from intake.management.commands import mail_door
from tests.counterparts import ASHA_MAIL
from tests.intake.conftest import MARK, Desk

HELPLINE = "hello@helpline.example"
OTHER = "brother@young.example"
PICTURE = b"\x89PNG-seven-lanterns-in-the-rain" * 50


def mail(text: str = f"hello {MARK}", sender: str = ASHA_MAIL, **headers: str) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, HELPLINE, "please"
    made["Message-ID"] = f"<{abs(hash((text, sender)))}@young.example>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


def send(content: EmailMessage | bytes, *, sender: str = ASHA_MAIL, to: str = "") -> str:
    """Hand a mail to the door as its SMTP server does; returns the door's answer."""
    envelope = Envelope()
    envelope.mail_from = sender
    envelope.rcpt_tos = [to or HELPLINE]
    envelope.content = content if isinstance(content, bytes) else content.as_bytes()
    return mail_door.take(envelope)


def heard(desk: Desk) -> list[tuple[str, str]]:
    """(notice, words) of everything that came in, in order."""
    return [(notice, words) for way, notice, words in desk.said() if way == "in"]


def greeted(desk: Desk) -> dict[str, Any]:
    """The one mail Asha was answered with, after she has written."""
    send(mail())
    desk.work()
    (greeting,) = desk.world.mails_to(ASHA_MAIL)
    return dict(greeting)


def report(
    returned: str, kind: str = "text/rfc822-headers", *, action: str = "failed", status: str = ""
) -> bytes:
    """A delivery report that gives these headers back."""
    told = f"Final-Recipient: rfc822; kind@bounce.example\r\nAction: {action}\r\n"
    told += f"Status: {status}\r\n" if status else ""
    return (
        "From: MAILER-DAEMON@bounce.example\r\nTo: hello@helpline.example\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nno such person\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; bounce.example\r\n\r\n{told}\r\n"
        f"--b\r\nContent-Type: {kind}\r\n\r\n{returned}\r\n\r\n--b--\r\n"
    ).encode()


def found_in_database(*octets: bytes) -> bool:
    """Whether any of these bytes stands in any row of any table, as text or in hex."""
    wanted = [form for one in octets for form in (one.hex(), one.decode("latin-1"))]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t.*::text FROM "{table}" t')  # noqa: S608
            for row in cursor.fetchall():
                told = str(row)
                if any(form in told for form in wanted):
                    return True
    return False


@contextmanager
def open_door(settings: Settings) -> Iterator[tuple[str, int]]:
    """The real SMTP server, on a free port."""
    settings.MAIL_DOOR_HOST, settings.MAIL_DOOR_PORT = "127.0.0.1", free_port()
    door = mail_door.door()
    door.start()
    try:
        yield settings.MAIL_DOOR_HOST, settings.MAIL_DOOR_PORT
    finally:
        door.stop()
