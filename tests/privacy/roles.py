"""Connections as the product's processes have them, to the database of the test."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

import psycopg
from django.db import connection

URLS: Final = {
    "web": "DATABASE_URL",
    "worker": "DATABASE_WORKER_URL",
    "audit": "DATABASE_AUDIT_URL",
    "stats": "DATABASE_STATS_URL",
    "backup": "DATABASE_BACKUP_URL",
}


@contextmanager
def connected(role: str) -> Iterator["psycopg.Connection[Any]"]:
    """A connection of one role; what it did is undone at the end unless it committed."""
    url = urlsplit(os.environ[URLS[role]])
    raw = psycopg.connect(
        host=url.hostname,
        port=url.port,
        user=url.username,
        password=url.password,
        dbname=connection.settings_dict["NAME"],
    )
    try:
        yield raw
    finally:
        raw.close()
