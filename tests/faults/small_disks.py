"""Disks of a few megabytes for the database, so that they can be filled: a tmpfs mounted over it.

Needs root, and a machine that lets root mount. Where neither is to be had, AMAAN_NO_MOUNT=1 says so
and these tests are left out; without that word they fail.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from helpline.embedded import postgres
from tests.processes import Desk

NO_MOUNT = "AMAAN_NO_MOUNT"


@contextmanager
def disk(desk: Desk, name: str, megabytes: int) -> Iterator[Path]:
    """An empty disk of this size, owned by the database's user."""
    place = desk.folder / name
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "none", str(place)]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        place.rmdir()
        if os.environ.get(NO_MOUNT):
            pytest.skip("no disk can be mounted here")
        pytest.fail(f"mounting a small disk needs root; {NO_MOUNT}=1 leaves these tests out")
    desk.home.give(place)
    try:
        yield place
    finally:
        command = ["umount", "--lazy", str(place)]
        subprocess.run(command, check=True)
        place.rmdir()


@contextmanager
def full(place: Path) -> Iterator[None]:
    """Nothing more fits on a disk."""
    filler = place / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def log_on(desk: Desk, place: Path) -> Iterator[None]:
    """The database keeps its write-ahead log there; moved while it is stopped, and back again."""
    log = desk.home.path / "postgres" / "pg_wal"
    with desk.home.locked():
        postgres.stop(desk.home)
        shutil.copytree(log, place / "pg_wal")
        log.rename(log.with_name("pg_wal.before"))
        log.symlink_to(place / "pg_wal")
        for path in [place / "pg_wal", *(place / "pg_wal").rglob("*"), log]:
            _give(desk, path)
        postgres.ensure(desk.home)
    try:
        yield
    finally:
        with desk.home.locked():
            postgres.stop(desk.home)
            log.unlink()
            shutil.rmtree(log.with_name("pg_wal.before"))
            shutil.copytree(place / "pg_wal", log)
            for path in [log, *log.rglob("*")]:
                _give(desk, path)
            postgres.ensure(desk.home)


def _give(desk: Desk, path: Path) -> None:
    """As Home.give, for a link too."""
    if desk.home.account is not None:
        os.chown(path, desk.home.account.pw_uid, desk.home.account.pw_gid, follow_symlinks=False)
