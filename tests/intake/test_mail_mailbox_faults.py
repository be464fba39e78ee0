"""The line to the mailbox is cut and cut again, processes die, mail is renumbered: none is lost."""

from __future__ import annotations

import os
import random
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from django.db import connection, connections
from pytest_django import Settings

from intake.models import InboundEvent
from tests.dovecot import (
    PASSWORD,
    USER,
    Dovecot,
    dovecot,  # noqa: F401 (a fixture)
    remove_dovecot,
    start_dovecot,
)
from tests.installation import ROOT
from tests.intake.conftest import MARK, Desk
from tests.intake.letters import PICTURE, mail

pytestmark = pytest.mark.faults

MAILS = 40
HEALED_SECONDS = 60


class Cutter:
    """A line to the mail server that breaks after some octets, until told to hold."""

    def __init__(self, port: int) -> None:
        self.to = port
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listening.getsockname()[1]
        self.chance, self.holds, self.cuts = random.Random(20), False, 0
        self.open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self.listening.close()
        self.cut_all()

    def cut_all(self) -> None:
        for line in list(self.open):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self.listening.accept()
                threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        room = self.chance.randint(1500, 9000)
        with suppress(OSError), near, socket.create_connection(("127.0.0.1", self.to)) as far:
            self.open.add(near)
            while room > 0:
                for one in select.select([near, far], [], [])[0]:
                    octets = one.recv(512)
                    if not octets:
                        return
                    (near if one is far else far).sendall(octets)
                    room -= 0 if self.holds or one is near else len(octets)
            self.cuts += 1


def wait_for(fact: Callable[[], bool], seconds: float = HEALED_SECONDS) -> None:
    end = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < end, "not so in time"
        time.sleep(0.1)


@pytest.fixture
def cutter(dovecot: Dovecot) -> Iterator[Cutter]:  # noqa: F811
    made = Cutter(dovecot.port)
    yield made
    made.close()


class Fetching:
    """The process that fetches mail, as it runs in service."""

    def __init__(self, port: int) -> None:
        self.env = {
            **os.environ,
            "AMAAN_PROCESS": "owner",
            "DATABASE_OWNER_URL": url_of("default"),
            "DATABASE_KEYS_OWNER_URL": url_of("keys"),
            "IMAP_HOST": "127.0.0.1",
            "IMAP_PORT": str(port),
            "IMAP_USER": USER,
            "IMAP_PASSWORD": PASSWORD,
            "IMAP_TLS": "none",
            "IMAP_POLL_SECONDS": "1",
        }
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "mail_fetch"], cwd=ROOT, env=self.env
        )
        return self.process

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(15)


def url_of(name: str) -> str:
    """The address of a database of this test, for a process of its own."""
    known = connections[name].settings_dict
    who = f"{known['USER']}:{known['PASSWORD']}@{known['HOST']}:{known['PORT']}"
    return f"postgres://{who}/{known['NAME']}"


def letter(count: int) -> bytes:
    made = mail(f"mail {count} {MARK}", sender=f"young{count}@young.example")
    if count % 3 == 0:
        made.add_attachment(PICTURE * 20, maintype="image", subtype="png", filename="a.png")
    return made.as_bytes()


@pytest.fixture
def fetching(cutter: Cutter, desk: Desk, settings: Settings) -> Iterator[Fetching]:
    settings.IMAP_HOST, settings.IMAP_PORT = "127.0.0.1", cutter.to
    settings.IMAP_USER, settings.IMAP_PASSWORD, settings.IMAP_TLS = USER, PASSWORD, "none"
    made = Fetching(cutter.port)
    yield made
    if made.process.poll() is None:
        made.end(signal.SIGKILL)


@pytest.mark.django_db(transaction=True, databases=["default", "keys"])
def test_f20_cut_killed_and_renumbered_every_mail_is_there_once(
    desk: Desk,
    dovecot: Dovecot,  # noqa: F811
    cutter: Cutter,
    fetching: Fetching,
) -> None:
    for part in range(4):
        dovecot.put(*(letter(count) for count in range(part, MAILS, 4)))
        cuts = cutter.cuts
        wait_for(lambda cuts=cuts: cutter.cuts > cuts)  # type: ignore[misc]
        fetching.end(signal.SIGKILL)
        if part % 2:
            dovecot.renumber()
        fetching.start()
    cutter.holds = True
    wait_for(lambda: InboundEvent.objects.count() == MAILS and dovecot.count() == 0)
    desk.work()
    said = sorted(words for way, _, words in desk.said() if way == "in" and MARK in words)
    assert said == sorted(f"mail {count} {MARK}" for count in range(MAILS))
    assert len(desk.conversations()) == MAILS
    assert dovecot.count("Kept") == 0  # each was deleted at the provider, and that was confirmed
    assert cutter.cuts >= 4


@pytest.mark.django_db(transaction=True, databases=["default", "keys"])
@pytest.mark.usefixtures("desk")
def test_a_server_that_tells_nothing_is_asked_again_and_again() -> None:
    server = start_dovecot("IMAP4rev1 UIDPLUS")
    fetching = Fetching(server.port)
    try:
        for count in (1, 2):
            server.put(letter(count))
            wait_for(lambda count=count: InboundEvent.objects.count() == count)  # type: ignore[misc]
        assert fetching.end() == 0
    finally:
        fetching.process.kill()
        remove_dovecot(server)


@pytest.mark.django_db(transaction=True, databases=["default", "keys"])
def test_new_mail_is_told_by_the_server_and_term_ends_the_waiting(
    dovecot: Dovecot,  # noqa: F811
    cutter: Cutter,
    fetching: Fetching,
) -> None:
    cutter.holds = True
    dovecot.put(letter(1))
    wait_for(lambda: InboundEvent.objects.count() == 1)
    time.sleep(0.5)  # it waits now
    began = time.monotonic()
    dovecot.put(letter(2))
    wait_for(lambda: InboundEvent.objects.count() == 2, 10)
    assert time.monotonic() - began < 10  # far sooner than any poll
    assert fetching.end() == 0
    connection.close()
