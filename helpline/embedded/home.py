"""The folder of one installation's embedded servers: programs, data, ports and passwords."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import pwd
import secrets
import shutil
import socket
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SYSTEM_USER = "amaan"


class EmbeddedError(RuntimeError):
    """An embedded server cannot be set up or started; the text says what a person can do."""


def default_path() -> Path:
    """AMAAN_HOME, else the usual place for this user."""
    if named := os.environ.get("AMAAN_HOME"):
        return Path(named).absolute()
    if os.geteuid() == 0:
        return Path("/var/lib/amaan")
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(data).absolute() / "amaan"


def free_port() -> int:
    """A TCP port on 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def port_is_free(port: int) -> bool:
    """True if a server could listen on 127.0.0.1:port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


@dataclass
class Home:
    """One folder, one PostgreSQL, one Valkey; `account` runs them (None: ourselves)."""

    path: Path
    account: pwd.struct_passwd | None = field(default=None)

    @classmethod
    def open(cls, path: Path | None = None) -> Home:
        """Make the folder if need be; raises EmbeddedError if the servers' user cannot enter it."""
        path = path or default_path()
        account = _system_account() if os.geteuid() == 0 else None
        if not path.exists():
            path.mkdir(parents=True)
            path.chmod(0o711 if account else 0o700)
        if account:
            _refuse_closed_parents(path)
        return cls(path, account)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold this folder against other processes that start or stop its servers."""
        with (self.path / "lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def remembered(self) -> dict[str, Any]:
        """Ports and passwords of this installation (empty before the first start)."""
        try:
            facts: dict[str, Any] = json.loads((self.path / "servers.json").read_text())
        except FileNotFoundError:
            return {}
        return facts

    def remember(self, **facts: int | str) -> None:
        """Add to the remembered facts: written whole, readable by the owner only."""
        write_private(self.path / "servers.json", json.dumps(self.remembered() | facts, indent=1))

    def password(self, name: str) -> str:
        """The random password kept under this name, made on first use."""
        key = f"password_{name}"
        known = self.remembered().get(key)
        if known is None:
            known = secrets.token_urlsafe(24)
            self.remember(**{key: known})
        return str(known)

    def port(self, name: str, preferred: int | None = None) -> int:
        """The remembered (at first: preferred) port, or a free one if somebody else took it."""
        key = f"port_{name}"
        known = self.remembered().get(key, preferred)
        if known is None or not port_is_free(known):
            known = free_port()
        if known != self.remembered().get(key):
            self.remember(**{key: known})
        return int(known)

    def secret_file(self, name: str) -> Path:
        """A file of 32 random bytes in base64, mode 0400, made on first use."""
        path = self.path / name
        if not path.exists():
            write_private(path, base64.b64encode(secrets.token_bytes(32)).decode(), mode=0o400)
        return path

    def private_folder(self, name: str) -> Path:
        """A folder that only the user who runs the servers can read."""
        path = self.path / name
        path.mkdir(mode=0o700, exist_ok=True)
        self.give(path)
        return path

    def give(self, path: Path) -> None:
        """Make a file or folder belong to the user who runs the servers."""
        if self.account:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)

    def program_files(self, name: str, sources: list[Path]) -> Path:
        """Where a program may be run from: in place for a user, a copy inside this folder for root.

        The servers' own user could not reach a virtual environment under /root, and no mode
        outside this folder may change for that.
        """
        if self.account is None:
            return sources[0].parent
        target = self.path / "programs" / name
        if not target.exists():
            (self.path / "programs").mkdir(exist_ok=True)
            (self.path / "programs").chmod(0o755)
            _copy_whole(sources, target)
        return target

    def run(self, command: list[str | Path], **more: Any) -> subprocess.CompletedProcess[bytes]:
        """Run a program as the servers' user, away from the caller's terminal."""
        who: dict[str, Any] = {}
        if self.account:
            who = {
                "user": self.account.pw_uid,
                "group": self.account.pw_gid,
                "extra_groups": [],
            }
        return subprocess.run(
            [str(part) for part in command],
            cwd=self.path,
            umask=0o077,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            check=False,
            **who,
            **more,
        )


def write_private(path: Path, text: str, *, mode: int = 0o600) -> None:
    """Write a file whole or not at all, never readable by others in between."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w") as file:
        file.write(text)
    Path(name).chmod(mode)
    Path(name).replace(path)


def _system_account() -> pwd.struct_passwd:
    """The unprivileged system user the servers run as when we are root; made if absent."""
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        pass
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        raise EmbeddedError(
            f"PostgreSQL does not run as root: create a system user named {SYSTEM_USER}."
        )
    made = subprocess.run(
        [
            *(useradd, "--system", "--user-group", "--no-create-home"),
            *("--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", SYSTEM_USER),
        ],
        check=False,
        capture_output=True,
    )
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        raise EmbeddedError(
            f"The system user {SYSTEM_USER} could not be created (useradd said {made.returncode})."
        ) from None


def _refuse_closed_parents(path: Path) -> None:
    """Say which folder keeps the servers' user out, rather than opening it."""
    for folder in (path, *path.parents):
        if not folder.stat().st_mode & stat.S_IXOTH:
            raise EmbeddedError(
                f"The servers' own user ({SYSTEM_USER}) cannot enter {folder}: set AMAAN_HOME to a "
                "folder that others may enter (mode 0711 is enough)."
            )


def _copy_whole(sources: list[Path], target: Path) -> None:
    """Copy programs beside each other, keeping their layout (their libraries are found by it)."""
    half = target.with_name(f"{target.name}.{secrets.token_hex(4)}")
    half.mkdir()
    half.chmod(0o755)
    for source in sources:
        shutil.copytree(
            source,
            half / source.name,
            symlinks=True,
            ignore=shutil.ignore_patterns("pginstall", "include", "*.a", "*.py", "__pycache__"),
        )
    half.replace(target)
