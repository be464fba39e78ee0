"""The leak alarm: what people say, write from and are called in tests is marked, and looked for.

The marks are new for each session. `find(desk)` names every place outside the sealed rows where one
of them lies, in plain or as hexadecimal or base64: logs, servers' files, the broker, dumps of both
databases, the command lines of processes. It never shows what it found.
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from helpline.embedded import postgres
from practice.world.pictures import MARK, PICTURE

if TYPE_CHECKING:
    from tests.processes import Desk

WORD: Final = "zq" + secrets.token_hex(6)
DIGITS: Final = str(70000000 + secrets.randbelow(9999999))  # begins every number of a session
LARGEST: Final = 64 * 1024 * 1024


def marked(text: str) -> str:
    """A text that the alarm knows again."""
    return f"{text} {WORD}"


def number(place: int) -> str:
    """A telephone number that the alarm knows again, one for each place (0 to 9999)."""
    return f"+91{DIGITS}{place:04}"


def whatsapp(place: int) -> str:
    """The same, as WhatsApp's provider writes it."""
    return "whatsapp:" + number(place)


def mail_address(place: int) -> str:
    """An e-mail address that the alarm knows again."""
    return f"{WORD}{place}@young.example"


def find(desk: Desk) -> list[str]:
    """The places where a mark lies, none where all is well."""
    found = [f"file {path}" for path in _files(desk) if _holds(_content(path))]
    found += [f"process {name}" for name, words in _command_lines(desk) if _holds(words)]
    found += [f"broker: {kind}" for kind, value in _broker(desk) if _holds(value)]
    found += [f"dump of {name}" for name in postgres.DATABASES if _holds(dump(desk, name))]
    return found


@contextmanager
def listening(desk: Desk) -> Iterator[list[str]]:
    """Gather everything that passes the broker meanwhile; never with a stopped broker."""
    heard: list[str] = []
    ready, enough = Event(), Event()

    def listen() -> None:
        with _client(desk) as client, client.monitor() as monitor:
            ready.set()
            while not enough.is_set():
                if monitor.connection.can_read(timeout=0.1):
                    heard.append(str(monitor.next_command()["command"]))

    listener = Thread(target=listen, daemon=True)
    listener.start()
    ready.wait(5)
    try:
        yield heard
    finally:
        enough.set()
        listener.join(5)


def dump(desk: Desk, database: str) -> bytes:
    """What a backup of this database holds, made as backups are made."""
    home = desk.home
    return subprocess.run(
        [
            str(postgres._program(home, "pg_dump")),
            *("--data-only", "--host=127.0.0.1", "--username=amaan_backup"),
            *(f"--port={home.remembered()['port_postgres']}", database),
        ],
        env={"PGPASSWORD": home.password("amaan_backup"), "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=True,
    ).stdout


def on_disk(desk: Desk) -> dict[str, list[Path]]:
    """What a thief of disks or backups has, by kind, once all servers wrote what they hold.

    A base backup is a copy of these data files and this log.
    """
    with desk.database() as connection:
        connection.execute("SELECT pg_switch_wal()")
        connection.execute("CHECKPOINT")
    with _client(desk) as client:
        client.save()
        client.config_set("appendonly", "yes")
        try:
            desk.wait_for(lambda: client.info("persistence")["aof_rewrite_in_progress"] == 0, 10)
        finally:
            client.config_set("appendonly", "no")
    postgres_files, valkey_files = desk.home.path / "postgres", desk.home.path / "valkey"
    kinds = {
        "write-ahead log": (postgres_files / "pg_wal", "0*"),
        "data files": (postgres_files / "base", "*/*"),
        "server log": (postgres_files, "server.log"),
        "broker's dump": (valkey_files, "dump.rdb"),
        "broker's log of writes": (valkey_files / "appendonlydir", "*"),
        "temporary files": (desk.home.path, "tmp"),
        "logs": (desk.folder / "logs", "*.log"),
    }
    return {kind: list(place.glob(shape)) for kind, (place, shape) in kinds.items()}


def find_key(desk: Desk, key: bytes) -> list[str]:
    """The places where a key lies, as it is or as text."""
    with _listening_for(_shapes(key, key.hex().encode(), base64.b64encode(key))):
        return find(desk)


def find_picture(desk: Desk) -> list[str]:
    """The places where any 64 octets of the world's picture lie, or a hash of it; none, if well."""
    with _listening_for(_PICTURE_SHAPES):
        return find(desk)


def rings(text: str) -> bool:
    """Whether the alarm would ring for this text."""
    return _holds(text.encode())


def _shapes(*marks: bytes) -> frozenset[bytes]:
    """The marks as they are, in hexadecimal, and in base64 wherever in it they begin."""
    shapes = set()
    for mark in marks:
        shapes |= {mark, mark.hex().encode()}
        for shift in range(3):
            whole = base64.b64encode(b"\0" * shift + mark + b"\0" * 3)
            begins, ends = (8 * shift + 5) // 6, (8 * (shift + len(mark))) // 6
            shapes.add(whole[begins:ends])
    return frozenset(shapes)


_PICTURE_SHAPES: Final = _shapes(
    MARK,
    hashlib.sha256(PICTURE).hexdigest().encode(),
    hashlib.md5(PICTURE, usedforsecurity=False).hexdigest().encode(),
)
_listened_for = [_shapes(WORD.encode(), DIGITS.encode())]


@contextmanager
def _listening_for(shapes: frozenset[bytes]) -> Iterator[None]:
    _listened_for.append(shapes)
    try:
        yield
    finally:
        _listened_for.pop()


def _holds(content: bytes) -> bool:
    return any(shape in content for shape in _listened_for[-1])


def _files(desk: Desk) -> Iterator[Path]:
    """All that the desk wrote: logs, servers' data and logs, temporary files; not the world's."""
    theirs = Path(desk.env["WORLD_LEDGER"])
    for folder, _folders, names in os.walk(desk.folder):
        for name in names:
            path = Path(folder) / name
            if path != theirs and path.is_file() and path.stat().st_size <= LARGEST:
                yield path


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:  # a server's temporary file
        return b""


def _command_lines(desk: Desk) -> Iterator[tuple[str, bytes]]:
    for process in desk.processes.values():
        if process.running is not None and process.alive:
            about = Path(f"/proc/{process.running.pid}")
            yield process.name, (about / "cmdline").read_bytes() + (about / "environ").read_bytes()


def _broker(desk: Desk) -> Iterator[tuple[str, bytes]]:
    """Every key and value the broker holds."""
    with _client(desk) as client:
        for key in client.scan_iter():
            kind = client.type(key).decode()
            yield "key", key
            read = {
                "string": lambda k: [client.get(k)],
                "list": lambda k: client.lrange(k, 0, -1),
                "set": client.smembers,
                "hash": lambda k: [*client.hgetall(k).keys(), *client.hgetall(k).values()],
                "zset": lambda k: client.zrange(k, 0, -1),
            }[kind]
            for value in read(key):
                yield kind, value or b""


def _client(desk: Desk) -> redis.Redis:
    return redis.Redis.from_url(
        desk.env["REDIS_URL"], socket_timeout=5, retry=Retry(NoBackoff(), 0)
    )
