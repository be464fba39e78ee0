"""PostgreSQL's own programs, as backups and restores run them: no password where others see it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import connections
from psycopg.conninfo import make_conninfo


def parameters(alias: str) -> dict[str, str]:
    """How a database of the settings is reached, in libpq's words."""
    known = connections[alias].settings_dict
    found = {
        "host": known["HOST"],
        "port": str(known["PORT"] or ""),
        "user": known["USER"],
        "password": known["PASSWORD"],
        "dbname": known["NAME"],
        **{name: known["OPTIONS"][name] for name in _TLS if name in known["OPTIONS"]},
    }
    return {name: str(value) for name, value in found.items() if value}


_TLS = ("sslmode", "sslrootcert", "sslcert", "sslkey")


def start(
    program: str, alias: str, *arguments: str, **pipes: int | IO[Any]
) -> subprocess.Popen[bytes]:
    """Start one of PostgreSQL's programs on a database; its password goes by the environment."""
    known = parameters(alias)
    secret = {"PGPASSWORD": known.pop("password")} if "password" in known else {}
    folder = settings.POSTGRES_PROGRAMS
    started: subprocess.Popen[bytes] = subprocess.Popen(
        [
            str(Path(folder) / program) if folder else program,
            *arguments,
            f"--dbname={make_conninfo(**known)}",
        ],
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", **secret},
        **pipes,  # type: ignore[call-overload]
    )
    return started
