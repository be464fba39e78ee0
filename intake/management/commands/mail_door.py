"""`manage.py mail_door`: the SMTP server mail comes in by; 250 only once it is stored."""

import asyncio
import logging
import signal
from threading import Event
from typing import Any, Final

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import Error, close_old_connections, transaction

from intake import services
from intake.channels.email import Email

LARGEST: Final = 25 * 1024 * 1024  # octets of one mail, as most providers allow
NAME: Final = "mail"  # all the greeting says of this machine

STORED: Final = "250 OK"
LATER: Final = "451 Try again later"

logger = logging.getLogger("helpline.mail_door")


class Handler:
    """Takes each mail from its octets in memory to its row; nothing touches a disk of ours."""

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Answer 250 when the mail is committed, 451 when it could not be."""
        return await asyncio.to_thread(_take_with_fresh_connection, envelope)

    async def handle_exception(self, error: Exception) -> str:
        """What the protocol itself trips over: the sender tries again."""
        logger.error("mail door: %s", type(error).__name__, exc_info=error)
        return LATER


def take(envelope: Envelope) -> str:
    """Parse, seal and store one mail; returns the SMTP answer."""
    raw = envelope.content if isinstance(envelope.content, bytes) else b""
    inbound = Email().parse_mail(
        raw, sender=envelope.mail_from or "", recipients=[str(one) for one in envelope.rcpt_tos]
    )
    try:
        with transaction.atomic():
            services.receive(inbound)
    except (Error, OSError):
        return LATER
    return STORED


def _take_with_fresh_connection(envelope: Envelope) -> str:
    """As `take`; a connection that the database closed in between is not used again."""
    close_old_connections()
    try:
        return take(envelope)
    finally:
        close_old_connections()


def door() -> Controller:
    """The server, not yet started, on MAIL_DOOR_HOST and MAIL_DOOR_PORT."""
    logging.getLogger("mail").setLevel(logging.CRITICAL)  # the library would log every line
    return Controller(
        Handler(),
        hostname=settings.MAIL_DOOR_HOST,
        port=settings.MAIL_DOOR_PORT,
        data_size_limit=LARGEST,
        server_hostname=NAME,
        ident=NAME,
    )


class Command(BaseCommand):
    help = "Takes mail by SMTP on MAIL_DOOR_HOST:MAIL_DOOR_PORT until TERM or INT."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Listen until told to stop; what is being stored is finished first."""
        stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        listening = door()
        listening.start()
        stop.wait()
        listening.stop()
