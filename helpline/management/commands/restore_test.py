"""`manage.py restore_test`: restores the newest backup into scratch databases, and drops them."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from psycopg import sql

from helpline import backups, postgres_tools


class Command(BaseCommand):
    help = "The nightly test of the backups, on a machine that may open them. As an owner."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--identity", type=Path, required=True, help="the private key's file")

    def handle(self, *_args: Any, identity: Path, **_options: Any) -> None:
        """Ends in one line of JSON; fails when anything did not come back."""
        try:
            newest = {kind: _newest(kind) for kind in (*backups.DATABASES, backups.ERASURES)}
        except backups.BackupFailed as error:
            raise CommandError(f"Nothing to restore: {error}.") from None
        began = time.monotonic()
        with _scratch("default") as data, _scratch("keys") as keys:
            done = subprocess.run(
                [
                    *(sys.executable, "manage.py", "restore", f"--identity={identity.resolve()}"),
                    *(f"--{kind}={path.resolve()}" for kind, path in newest.items()),
                ],
                cwd=settings.BASE_DIR,
                env={**os.environ, "DATABASE_OWNER_URL": data, "DATABASE_KEYS_OWNER_URL": keys},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                text=True,
                check=False,
            )
        self.stdout.write(done.stdout.strip())
        if done.returncode != 0:
            raise CommandError("The newest backup cannot be relied on.")
        self.stderr.write(f"Restored in {time.monotonic() - began:.1f} s.")


def _newest(kind: str) -> Path:
    dumps = [
        path for path in backups.files(kind) if kind == backups.ERASURES or ".dump." in path.name
    ]
    if not dumps:
        raise backups.BackupFailed(f"no backup of the {kind}")
    return dumps[-1]


@contextmanager
def _scratch(alias: str) -> Iterator[str]:
    """The URL of an empty database of the same server, which is gone afterwards."""
    known = postgres_tools.parameters(alias)
    name = f"amaan_restored_{secrets.token_hex(6)}"
    with psycopg.connect(**{**known, "dbname": "postgres"}, autocommit=True) as connection:  # type: ignore[arg-type]
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            login = f"{quote(known['user'])}:{quote(known.get('password', ''))}"
            yield f"postgres://{login}@{known['host']}:{known['port']}/{name}"
        finally:
            gone = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            connection.execute(gone)
