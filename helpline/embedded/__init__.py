"""Real PostgreSQL and Valkey servers for a machine that has only Python.

`ensure()` starts what is not running and tells, as environment variables, how to reach it. What is
already set in the environment is left alone: those servers are used instead.
"""

from __future__ import annotations

import os

from helpline.embedded import postgres, valkey
from helpline.embedded.home import EmbeddedError, Home, default_path

__all__ = ["EmbeddedError", "default_path", "ensure", "stop"]

# variable -> (role, database)
_DATABASE_URLS = {
    "DATABASE_URL": ("amaan_web", "amaan"),
    "DATABASE_WORKER_URL": ("amaan_worker", "amaan"),
    "DATABASE_OWNER_URL": ("amaan_owner", "amaan"),
    "DATABASE_AUDIT_URL": ("amaan_audit", "amaan"),
    "DATABASE_STATS_URL": ("amaan_stats", "amaan"),
    "DATABASE_BACKUP_URL": ("amaan_backup", "amaan"),
    "DATABASE_KEYS_URL": ("amaan_web", "amaan_keys"),
    "DATABASE_KEYS_WORKER_URL": ("amaan_worker", "amaan_keys"),
    "DATABASE_KEYS_OWNER_URL": ("amaan_owner", "amaan_keys"),
    "DATABASE_KEYS_BACKUP_URL": ("amaan_backup", "amaan_keys"),
}


def ensure() -> dict[str, str]:
    """Start the servers this environment lacks; return the variables to add to it.

    Raises EmbeddedError when a server cannot be had.
    """
    if _is_production():
        return _refuse_unless_named()
    home = Home.open()
    found = {"AMAAN_HOME": str(home.path)}
    with home.locked():
        if "DATABASE_URL" not in os.environ:
            port = postgres.ensure(home)
            found["POSTGRES_PROGRAMS"] = str(postgres.programs(home))
            for variable, (role, database) in _DATABASE_URLS.items():
                password = home.password(role)
                found[variable] = f"postgres://{role}:{password}@127.0.0.1:{port}/{database}"
        if "REDIS_URL" not in os.environ:
            port = valkey.ensure(home)
            found["REDIS_URL"] = f"redis://:{home.password('valkey')}@127.0.0.1:{port}/0"
        found |= _demo_secrets(home)
    return found


def stop() -> None:
    """Stop this folder's servers, the bell before the database."""
    home = Home.open()
    with home.locked():
        valkey.stop(home)
        postgres.stop(home)


def _is_production() -> bool:
    return os.environ.get("PRODUCTION", "").lower() in {"1", "true", "yes", "on", "y", "ok"}


def _refuse_unless_named() -> dict[str, str]:
    """A real desk's data lie in servers its people chose, back up and keep the keys of."""
    missing = [name for name in ("DATABASE_URL", "REDIS_URL") if name not in os.environ]
    if missing:
        raise EmbeddedError(f"With PRODUCTION=1 set {' and '.join(missing)} (docs/running.md).")
    return {}


def _demo_secrets(home: Home) -> dict[str, str]:
    """Keys for trying out, kept in the folder; those the environment names win."""
    found = {}
    if "SECRET_KEY" not in os.environ:
        found["SECRET_KEY"] = home.secret_file("django.key").read_text()
    if not {"AMAAN_MASTER_KEY", "AMAAN_MASTER_KEY_FILE"} & os.environ.keys():
        found["AMAAN_MASTER_KEY_FILE"] = str(home.secret_file("master.key"))
    if "AMAAN_ANCHOR_FILE" not in os.environ:
        # Here all is one person's; a real desk keeps both where no other program reaches them.
        found["AMAAN_ANCHOR_FILE"] = str(home.path / "record.anchors")
        found["AMAAN_ANCHOR_KEY_FILE"] = str(home.secret_file("anchor.key"))
    if "AMAAN_INTAKE_PUBLIC_KEY_FILE" not in os.environ:
        found["AMAAN_INTAKE_PUBLIC_KEY_FILE"] = str(home.path / "intake.pub")
    return found
