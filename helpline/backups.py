"""Backups: both databases and the list of what was erased, sealed before they touch a disk.

What opens them is not on this machine. Backups of the keys are gone after a day, so that a key that
was destroyed is gone everywhere a day later.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final, cast

import psycopg
from django.conf import settings

from helpline import postgres_tools
from privacy import erasures, recovery, ring

KEYS_KEPT: Final = timedelta(hours=24)  # minimisation: "its own backups kept at most 24 h"
DATABASES: Final = {"data": "default", "keys": "keys"}
ERASURES: Final = "erasures"
RECOVERY: Final = "recovery"  # who alone opens the copy of the ring
_STAMP: Final = "%Y%m%dT%H%M%S%fZ"


class BackupFailed(Exception):
    """No backup was made, or one cannot be used; `str()` says why, without any value."""


def folder() -> Path:
    """Where backups lie. Raises BackupFailed when no place is named."""
    if not settings.BACKUP_FOLDER:
        raise BackupFailed("BACKUP_FOLDER is not set")
    return Path(settings.BACKUP_FOLDER)


def recipients(*, who: str = "") -> list[str]:
    """To whom backups are sealed (lines "age1… name"); or only those of one name."""
    path = settings.BACKUP_RECIPIENTS_FILE
    if not path or not Path(path).is_file():
        raise BackupFailed("BACKUP_RECIPIENTS_FILE names no file (manage.py recovery_shares split)")
    lines = [line.split() for line in Path(path).read_text().splitlines()]
    return [words[0] for words in lines if words and (not who or words[1:] == [who])]


def back_up(now: datetime) -> list[Path]:
    """Make one backup of everything and throw away those whose time is over; the new files.

    Data go first: a key that is made meanwhile is in the backup that is taken last.
    """
    prune(now)
    stamp = now.astimezone(UTC).strftime(_STAMP)
    made = [path for kind in DATABASES for path in _dump(kind, stamp)]
    listed = json.dumps([[row.folder.hex, row.data_class] for row in erasures.ledger()])
    made.append(_seal(ERASURES, f"{stamp}.json", io.BytesIO(listed.encode())))
    return made


def prune(now: datetime) -> int:
    """Delete backups of the keys after a day and of the data after BACKUP_KEEP_DAYS; how many.

    The newest list of erasures holds all of the older ones.
    """
    kept = {"data": timedelta(days=settings.BACKUP_KEEP_DAYS), "keys": KEYS_KEPT}
    old = [
        path for kind, time in kept.items() for path in files(kind) if now - made_at(path) > time
    ]
    old += [path for path in files(ERASURES)[:-2] if now - made_at(path) > KEYS_KEPT]
    for path in old:
        path.unlink()
    return len(old)


def files(kind: str) -> list[Path]:
    """Every file of one kind of backup, the newest last."""
    return sorted((folder() / kind).glob("*.age"))


def made_at(path: Path) -> datetime:
    """When a backup was begun (UTC), as its name tells."""
    return datetime.strptime(path.name.partition(".")[0], _STAMP).replace(tzinfo=UTC)


def seal_ring() -> Path | None:
    """Keep a copy of the ring that two of three people open; None where no recovery is set up."""
    named = settings.BACKUP_RECIPIENTS_FILE
    if not settings.AMAAN_MASTER_KEY_FILE or not named or not Path(named).is_file():
        return None
    path = ring.ring_file()
    with path.open("rb") as source:
        return _seal_to(path.with_name(f"{path.name}.age"), source, recipients(who=RECOVERY))


def _dump(kind: str, stamp: str) -> tuple[Path, Path]:
    """Dump one database and count its rows, both as they are at one and the same moment."""
    alias = DATABASES[kind]
    known = postgres_tools.parameters(alias)
    with psycopg.connect(**known) as connection:  # type: ignore[arg-type]
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()
        counts = _count(connection)
        dumping = postgres_tools.start(
            "pg_dump",
            alias,
            *("--format=custom", f"--snapshot={snapshot[0] if snapshot else ''}"),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # it may name what it could not read
        )
        dump = _seal(kind, f"{stamp}.dump", cast(BinaryIO, dumping.stdout))
        if dumping.wait() != 0:
            dump.unlink()
            raise BackupFailed(f"pg_dump of the {kind} ended with {dumping.returncode}")
    told = {"database": kind, "taken_at": stamp, "rows": counts}
    return dump, _seal(kind, f"{stamp}.json", io.BytesIO(json.dumps(told).encode()))


def _count(connection: psycopg.Connection) -> dict[str, int]:
    tables = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    ).fetchall()
    counts = {}
    for (table,) in tables:
        row = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()  # noqa: S608
        counts[table] = int(row[0]) if row else 0
    return counts


def _seal(kind: str, name: str, source: BinaryIO | io.BufferedIOBase) -> Path:
    place = folder() / kind
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return _seal_to(place / f"{name}.age", source, recipients())


def _seal_to(path: Path, source: BinaryIO | io.BufferedIOBase, to: list[str]) -> Path:
    """Write a sealed file whole or not at all."""
    half = path.with_name(f".{path.name}.half")
    half.unlink(missing_ok=True)
    try:
        handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as target:
            recovery.seal_stream(source, target, to)  # type: ignore[arg-type]
            target.flush()
            os.fsync(target.fileno())
    except (OSError, recovery.CannotRecover):
        half.unlink(missing_ok=True)
        raise BackupFailed(f"{path.name} could not be sealed") from None
    half.replace(path)
    return path
