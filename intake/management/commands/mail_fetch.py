"""`manage.py mail_fetch`: brings in what comes to a mailbox; each mail is stored, then moved."""

import logging
import random
import signal
import time
from collections import Counter
from contextlib import suppress
from threading import Event
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connection, transaction
from imapclient.exceptions import IMAPClientError, LoginError

from intake import copies, services, troubles
from intake.channels.email import Email
from intake.channels.imap import (
    LOST,
    Mailbox,
    Unfit,
    as_inbound,
    mailbox,
    make_kept_folder,
    ref_of_key,
)
from intake.inbound import Inbound, key_of_content
from intake.models import InboundEvent, OutboundMessage
from intake.outcomes import OPEN
from privacy.access import acting

IDLE_FOR: Final = 300.0  # seconds; servers end a longer wait, and what was missed is seen then
TIDY_EVERY: Final = 600.0  # seconds between two looks at the kept folder
TOLD_AFTER: Final = 60.0  # seconds of failing until the desk is told
LINE: Final = "imap"
LONGEST_PAUSE: Final = 60.0  # seconds between two tries to connect
MOST_CUT_OFF: Final = 5  # a mail at which the line broke so often is taken by its header alone

logger = logging.getLogger("helpline.mail_fetch")


class Fetcher:
    """One mailbox, for as long as the process lives."""

    def __init__(self) -> None:
        self.stop = Event()
        self.failed: Counter[tuple[int, int]] = Counter()
        self.tidied_at = 0.0
        self.failing_since = 0.0

    def run(self) -> None:
        """Connect and fetch until told to stop; after a failure again, later each time."""
        pause = 1.0
        while not self.stop.is_set():
            try:
                with mailbox() as box:
                    make_kept_folder(box)
                    while not self.stop.is_set():
                        self.round(box)
                        pause = 1.0
                        self.tell("")
                        box.wait(IDLE_FOR, self.stop.wait)
            except LoginError:
                self.tell("credentials")
            except (*LOST, IMAPClientError) as fault:
                logger.warning("the mailbox did not answer: %s", type(fault).__name__)
                self.tell("unreachable")
            except Error as fault:
                connection.close()
                logger.warning("the database did not answer: %s", type(fault).__name__)
            self.stop.wait(pause * random.uniform(0.5, 1.5))  # noqa: S311
            pause = min(pause * 2, LONGEST_PAUSE)

    def tell(self, problem: str) -> None:
        """Have the desk shown what stands in the way for too long; "" when nothing does."""
        with suppress(Error):
            if not problem:
                for known in ("credentials", "unreachable"):
                    troubles.end(LINE, known)
                self.failing_since = 0.0
                return
            self.failing_since = self.failing_since or time.monotonic()
            if problem == "credentials" or time.monotonic() - self.failing_since > TOLD_AFTER:
                troubles.note(LINE, problem)

    def round(self, box: Mailbox) -> int:
        """Take everything that waits, and tidy when it is time; returns how many were new."""
        if time.monotonic() - self.tidied_at > TIDY_EVERY or not self.tidied_at:
            tidy(box)
            self.tidied_at = time.monotonic()
        answer = box.client.folder_status(settings.IMAP_FOLDER, ["UIDVALIDITY"])
        numbering = int(answer.get(b"UIDVALIDITY", 0))
        box.select(settings.IMAP_FOLDER)
        # What failed before comes last: it delays no other mail.
        waiting = sorted(box.waiting(), key=lambda uid: (self.failed[numbering, uid], uid))
        return sum(self.take(box, uid, numbering) for uid in waiting if not self.stop.is_set())

    def take(self, box: Mailbox, uid: int, numbering: int) -> bool:
        """Store one mail, then move it; whether it was new. One that broke the line is counted."""
        try:
            inbound = self._read(box, uid, numbering)
        except (*LOST, IMAPClientError):
            self.failed[numbering, uid] += 1
            raise
        ref = ref_of_key(inbound.key)
        box.mark(uid, ref)
        with transaction.atomic():
            new = services.receive(inbound)
        box.move(uid, settings.IMAP_KEPT_FOLDER)
        return new

    def _read(self, box: Mailbox, uid: int, numbering: int) -> Inbound:
        """The mail; its header alone if its structure cannot be read; at last only that it came."""
        failed = self.failed[numbering, uid]
        if failed < MOST_CUT_OFF:
            try:
                return as_inbound(box.read(uid))
            except Unfit:
                return Email().dead_letter(box.read_header(uid), provider="imap")
        if failed < 2 * MOST_CUT_OFF:
            return Email().dead_letter(box.read_header(uid), provider="imap")
        return Inbound(
            provider="imap",
            kind="message",
            key=key_of_content("unfetchable", str(numbering), str(uid)),
            channel="email",
            problem="unfetchable",
        )


def tidy(box: Mailbox) -> None:
    """Delete what is settled from the kept folder; what we do not know of is fetched again.

    Mail that became a conversation's is deleted by the outbox, or held there by a person's choice;
    this is for reports, dead letters, and what was moved after the outbox had looked.
    """
    box.select(settings.IMAP_KEPT_FOLDER)
    refs = box.refs()
    known = _known(set(refs.values()))
    done = [uid for uid, ref in refs.items() if known.get(ref)]
    if done:
        box.remove(done)
    for uid, ref in refs.items():
        if ref and ref not in known:
            box.move(uid, settings.IMAP_FOLDER)


def _known(refs: set[str]) -> dict[str, bool]:
    """For the mark of each arrival we know: whether nothing more is to become of it."""
    found: dict[str, bool] = {}
    for ref in refs - {""}:
        rows = InboundEvent.objects.filter(provider="imap", key__startswith=ref[1:])
        if event := rows.first():
            found[ref] = _is_settled(event) and not _is_waited_for(event)
    return found


def _is_waited_for(event: InboundEvent) -> bool:
    """Whether the outbox is still to delete it."""
    with acting(part="delivery"):
        rows = OutboundMessage.objects.filter(client_key=copies.arrival_key(event))
        return bool(rows.filter(state__in=OPEN).exists())


def _is_settled(event: InboundEvent) -> bool:
    """Whether its copy in the mailbox may go: a person may still need that of a dead letter."""
    done = event.state in (InboundEvent.State.DONE, InboundEvent.State.ASIDE)
    return done or event.sealed is None


class Command(BaseCommand):
    help = "Fetches mail from the mailbox at IMAP_HOST until TERM or INT."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Fetch until told to stop; a mail that is being stored is finished first."""
        if not settings.IMAP_HOST:
            raise CommandError("IMAP_HOST names no mail server.")
        fetcher = Fetcher()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: fetcher.stop.set())
        fetcher.run()
