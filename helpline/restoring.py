"""Restoring a backup, and judging whether what came back is all that was there."""

from __future__ import annotations

import io
import json
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import BinaryIO, cast
from uuid import UUID

from django.db import connections

from helpline import postgres_tools
from helpline.backups import DATABASES, BackupFailed
from privacy import canaries, crypto, erasures, recovery, wall
from privacy.models import Canary


@dataclass
class Report:
    """What a restore brought back: counts, and nothing of anybody."""

    rows: int = 0
    differences: dict[str, list[int]] = field(default_factory=dict)  # table: counted, came back
    canaries: int = 0
    singing: int | None = None  # how many of them open; None without the ring
    erased_again: int = 0

    @property
    def sound(self) -> bool:
        """Whether every row came back, and the canaries with them, not silent where they can."""
        heard = canaries.COUNT if self.singing is None else self.singing
        return not self.differences and self.canaries == heard == canaries.COUNT

    def as_json(self) -> str:
        """One line for whoever watches the nightly test."""
        return json.dumps({"sound": self.sound, **asdict(self)})


def restore(identity: str, *, data: Path | None, keys: Path | None, told: Path | None) -> Report:
    """Fill the databases of this environment, which are empty, and erase again what was erased.

    Any of the two may be left out: it is then used as it is. Raises BackupFailed.
    """
    report = Report()
    given = {kind: path for kind, path in (("data", data), ("keys", keys)) if path is not None}
    for kind in given:
        _refuse_unless_empty(kind)
    for kind, path in given.items():
        _fill(kind, path, identity)
    for kind, path in given.items():
        _compare(kind, path, identity, report)
    wall.build()
    report.erased_again = erasures.replay(_erasures(told, identity) if told else ())
    report.canaries = Canary.objects.count()
    report.singing = _count_singing()
    return report


def _count_singing() -> int | None:
    try:
        return canaries.count_singing()
    except crypto.KeyUnavailable:
        return None
    except crypto.CannotOpen:
        return 0


def _refuse_unless_empty(kind: str) -> None:
    with connections[DATABASES[kind]].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        if cursor.fetchone()[0]:
            raise BackupFailed(f"the database for the {kind} is not empty")


def _fill(kind: str, path: Path, identity: str) -> None:
    restoring = postgres_tools.start(
        "pg_restore",
        DATABASES[kind],
        *("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"),
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # it quotes rows
    )
    try:
        with path.open("rb") as source, cast(BinaryIO, restoring.stdin) as target:
            recovery.open_stream(source, target, identity)
    except (OSError, recovery.CannotRecover):
        restoring.kill()
        restoring.wait()
        raise BackupFailed(f"{path.name} could not be opened with this key") from None
    if restoring.wait() != 0:
        raise BackupFailed(f"pg_restore of the {kind} ended with {restoring.returncode}")


def _compare(kind: str, path: Path, identity: str, report: Report) -> None:
    """Count every table again, as the part of the service that sees all rows."""
    counted = json.loads(_open(path.with_name(path.name.replace(".dump.", ".json.")), identity))
    with connections[DATABASES[kind]].cursor() as cursor:
        cursor.execute("SELECT set_config('amaan.part', 'forgetting', false)")
        for table, rows in counted["rows"].items():
            cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608
            (there,) = cursor.fetchone()
            report.rows += there
            if there != rows:
                report.differences[table] = [rows, there]
        cursor.execute("SELECT set_config('amaan.part', '', false)")


def _erasures(path: Path, identity: str) -> Iterator[erasures.Erasure]:
    for folder, klass in json.loads(_open(path, identity)):
        yield erasures.Erasure(UUID(folder), klass)


def _open(path: Path, identity: str) -> bytes:
    """What a small sealed file says."""
    opened = io.BytesIO()
    try:
        with path.open("rb") as source:
            recovery.open_stream(source, opened, identity)
    except (OSError, recovery.CannotRecover):
        raise BackupFailed(f"{path.name} could not be opened with this key") from None
    return opened.getvalue()
