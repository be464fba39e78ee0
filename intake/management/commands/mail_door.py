"""`manage.py mail_door`: the SMTP server mail comes in by; 250 only once it is stored."""

import asyncio
import logging
import signal
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any, Final

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import Error, close_old_connections, connections, transaction

from intake import services
from intake.channels.email import Email

LARGEST: Final = 25 * 1024 * 1024  # octets of one mail, as most providers allow
LONGEST_LINE: Final = 1024 * 1024  # octets; the rule says 998, and not everybody keeps it
NAME: Final = "mail"  # all the greeting says of this machine

STORED: Final = "250 OK"
LATER: Final = "451 Try again later"

logger = logging.getLogger("helpline.mail_door")


class Handler:
    """Takes each mail from its octets in memory to its row; nothing touches a disk of ours.

    One thread does it, on one connection to the database that stays open.
    """

    def __init__(self) -> None:
        self.desk = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail")

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Answer 250 when the mail is committed, 451 when it could not be."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.desk, self.take, envelope)

    def take(self, envelope: Envelope) -> str:
        """Store one mail by the open connection, or by a new one if that broke meanwhile."""
        close_old_connections()
        return take(envelope)

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


class Talk(SMTP):
    """The library's side of a conversation, patient with long lines."""

    line_length_limit = LONGEST_LINE


class Door(Controller):
    """Listens until it is stopped."""

    def factory(self) -> SMTP:
        """One conversation with a mail server."""
        return Talk(self.handler, **self.SMTP_kwargs)

    def stop(self, no_assert: bool = False) -> None:
        """Take no more, and let go of the database."""
        super().stop(no_assert)
        self.handler.desk.submit(connections.close_all)
        self.handler.desk.shutdown()


def door() -> Door:
    """The server, not yet started, on MAIL_DOOR_HOST and MAIL_DOOR_PORT."""
    return Door(
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
