"""A real mailbox: Dovecot with its own configuration in a scratch folder, mail put in by Maildir.

`script/test` installs it (Debian: dovecot-imapd). It listens on a loopback port of its own, as an
unprivileged user, and is ended with the test session.
"""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest
from imapclient import IMAPClient

from helpline.embedded.home import free_port

USER, PASSWORD = "desk@helpline.example", "words-for-the-mailbox"
PROGRAM = shutil.which("dovecot") or "/usr/sbin/dovecot"
CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
{ssl}
disable_plaintext_auth = no
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_location = maildir:{folder}/mail
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
imap_capability = {capability}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {sealed_port}
  }}
}}
service anvil {{
  chroot =
}}
"""


class Dovecot:
    """One mail server with one mailbox."""

    def __init__(self, folder: Path, capability: str, certificate: Path | None) -> None:
        self.folder = folder
        self.port = free_port()
        self.sealed_port = free_port() if certificate else 0
        self.numbers = count(1)
        self.process: subprocess.Popen[bytes] | None = None
        root = os.getuid() == 0
        self.user = "nobody" if root else getpass.getuser()
        self.group = "nogroup" if root else str(os.getgid())
        (folder / "run").mkdir()
        for name in ("cur", "new", "tmp"):
            (folder / "mail" / name).mkdir(parents=True)
        self.own(folder / "mail")
        (folder / "dovecot.conf").write_text(
            CONFIGURATION.format(
                folder=folder,
                user=self.user,
                group=self.group,
                port=self.port,
                sealed_port=self.sealed_port,
                ssl=_ssl(certificate),
                password=PASSWORD,
                capability=capability,
            )
        )

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.process = subprocess.Popen(
            [PROGRAM, "-F", "-c", str(self.folder / "dovecot.conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        end = time.monotonic() + 10
        while time.monotonic() < end:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as line:
                if line.recv(4) == b"* OK":
                    return
            time.sleep(0.05)
        pytest.fail(f"Dovecot did not start: {self.log()}")

    def stop(self) -> None:
        """End it and all its children."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(10)
            self.process = None

    def put(self, *mails: bytes, folder: str = "") -> None:
        """Deliver mails to a folder, as a delivery agent does."""
        for octets in mails:
            name = f"{time.time():.6f}.{next(self.numbers)}.test"
            fresh = self.place(folder) / "tmp" / name
            fresh.write_bytes(octets.replace(b"\r\n", b"\n"))
            self.own(fresh)
            fresh.rename(self.place(folder) / "new" / name)

    def place(self, folder: str = "") -> Path:
        """Where a folder lies."""
        return self.folder / "mail" / f".{folder}" if folder else self.folder / "mail"

    def count(self, folder: str = "") -> int:
        """How many mails a folder holds."""
        return len([*self.place(folder).glob("new/*"), *self.place(folder).glob("cur/*")])

    def renumber(self) -> None:
        """Give every folder a new UIDVALIDITY and every mail another number."""
        self.stop()
        for name in self.folder.joinpath("mail").rglob("dovecot*"):
            if name.name != "dovecot-keywords":
                name.unlink()
        time.sleep(1.1)  # it numbers by seconds
        self.start()

    def client(self) -> IMAPClient:
        """A connection of the test's own."""
        client = IMAPClient("127.0.0.1", self.port, ssl=False)
        client.login(USER, PASSWORD)
        return client

    def log(self) -> str:
        """What it wrote down."""
        log = self.folder / "log"
        return log.read_text(errors="replace") if log.exists() else ""

    def own(self, path: Path) -> None:
        """Give a file or folder to the user the mailbox belongs to."""
        if os.getuid() == 0:
            for one in (path, *path.rglob("*")):
                shutil.chown(one, self.user, self.group)


def _ssl(certificate: Path | None) -> str:
    if certificate is None:
        return "ssl = no"
    return f"ssl = yes\nssl_cert = <{certificate}\nssl_key = <{certificate}\nssl_dh ="


def start_dovecot(capability: str = "", certificate: Path | None = None) -> Dovecot:
    """A running mail server in a folder of its own; the caller ends it with `remove_dovecot`."""
    if not Path(PROGRAM).exists():
        pytest.fail("Dovecot is needed (Debian: apt-get install dovecot-imapd).")
    folder = Path(tempfile.mkdtemp(prefix="amaan-mailbox-"))
    folder.chmod(0o755)
    server = Dovecot(folder, capability, certificate)
    server.start()
    return server


def remove_dovecot(server: Dovecot) -> None:
    """End a server, and delete all it held."""
    server.stop()
    shutil.rmtree(server.folder, ignore_errors=True)


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    """A mail server that can all that a good one can."""
    server = start_dovecot()
    yield server
    remove_dovecot(server)
