"""The embedded servers are real, walled in, independent of each other, and leave the machine be."""

import os
import secrets
import shutil
import signal
import site
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

ROOT = Path(__file__).resolve().parents[2]
Shared = tuple[Path, dict[str, str]]
OURS = ("DATABASE_", "REDIS_URL", "SECRET_KEY", "AMAAN_", "PRODUCTION")


def embedded(verb: str, home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the servers' command line with nothing of this test run's own servers in sight."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return subprocess.run(
        [sys.executable, "-m", "helpline.embedded", verb],
        cwd=ROOT,
        env={**bare, "AMAAN_HOME": str(home), **more},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def started(home: Path, **more: str) -> dict[str, str]:
    """The variables that `env` printed."""
    done = embedded("env", home, **more)
    assert done.returncode == 0, done.stderr
    pairs = (line.removeprefix("export ").partition("=") for line in done.stdout.splitlines())
    return {name: value.strip("'") for name, _, value in pairs}


def modes_outside(home: Path) -> dict[Path, int]:
    """Mode of every folder above the home, the packages and the user's own folder."""
    packages = [Path(folder) for folder in site.getsitepackages()]
    inside = [path for package in packages for path in package.glob("*") if path.is_dir()]
    starts = [home.parent, ROOT, Path.home(), Path(sys.executable), *packages, *inside]
    folders = {above for start in starts for above in (start, *start.parents)}
    return {path: stat.S_IMODE(path.stat().st_mode) for path in folders}


def command_lines() -> list[bytes]:
    """The arguments of PostgreSQL's and Valkey's processes, which every user can read."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if b"postgres" in line or b"valkey" in line:
            found.append(line)
    assert found
    return found


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder the servers' own user may enter (pytest's own folders are closed to it)."""
    path = Path(tempfile.mkdtemp(prefix="amaan-test-"))
    path.chmod(0o711)
    yield path
    for home in path.glob("*/servers.json"):
        embedded("stop", home.parent)
    shutil.rmtree(path)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder of one test's own."""
    with scratch_folder() as path:
        yield path


@pytest.fixture(scope="module")
def shared() -> Iterator[Shared]:
    """A home and its variables, for the tests that only look."""
    with scratch_folder() as path:
        home = path / "home"
        yield home, started(home)


def test_no_folder_outside_its_home_changes_its_mode(folder: Path) -> None:
    home = folder / "home"
    before = modes_outside(home)
    started(home)
    assert modes_outside(home) == before


def test_data_and_addresses_are_there_after_a_stop(folder: Path) -> None:
    home = folder / "home"
    first = started(home)
    with psycopg.connect(first["DATABASE_OWNER_URL"]) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    embedded("stop", home)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(first["DATABASE_URL"], connect_timeout=2)
    with pytest.raises(redis.ConnectionError):
        redis.Redis.from_url(first["REDIS_URL"]).ping()
    second = started(home)
    assert second == first
    with psycopg.connect(second["DATABASE_OWNER_URL"]) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)


@pytest.mark.faults
def test_servers_killed_outright_come_back_at_the_same_addresses(folder: Path) -> None:
    home = folder / "home"
    first = started(home)
    os.kill(int((home / "postgres" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    os.kill(int((home / "valkey" / "valkey.pid").read_text()), signal.SIGSTOP)
    assert started(home) == first
    with psycopg.connect(first["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert redis.Redis.from_url(first["REDIS_URL"]).ping()


def test_two_homes_know_nothing_of_each_other(folder: Path) -> None:
    one, other = started(folder / "one"), started(folder / "other")
    assert {one["DATABASE_URL"], one["REDIS_URL"], one["SECRET_KEY"]}.isdisjoint(
        {other["DATABASE_URL"], other["REDIS_URL"], other["SECRET_KEY"]}
    )
    with psycopg.connect(one["DATABASE_OWNER_URL"]) as connection:
        connection.execute("CREATE TABLE here ()")
    with psycopg.connect(other["DATABASE_OWNER_URL"]) as connection:
        assert connection.execute("SELECT to_regclass('here')").fetchone() == (None,)


def test_every_role_brings_a_password_and_none_stands_above_the_wall(shared: Shared) -> None:
    home, found = shared
    with psycopg.connect(found["DATABASE_URL"]) as connection:
        roles = connection.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole"
            " FROM pg_roles WHERE rolname LIKE 'amaan\\_%' AND rolname <> 'amaan_admin'"
        ).fetchall()
        settings: dict[str, str] = dict(
            connection.execute("SELECT name, setting FROM pg_settings").fetchall()
        )
    assert sorted(roles) == [
        ("amaan_audit", False, False, False, False),
        ("amaan_backup", False, True, False, False),
        ("amaan_owner", False, False, True, False),
        ("amaan_stats", False, False, False, False),
        ("amaan_web", False, False, False, False),
        ("amaan_worker", False, False, False, False),
    ]
    assert settings["fsync"] == settings["data_checksums"] == "on"
    assert settings["listen_addresses"] == "127.0.0.1"
    assert (home / "postgres" / "postmaster.pid").read_text().splitlines()[4] == ""  # no socket
    for role in ("amaan_admin", "amaan_owner", "amaan_web"):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(found["DATABASE_URL"], user=role, password="guess")
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=urlsplit(found["REDIS_URL"]).port or 0, password="guess").ping()


def test_the_servers_of_root_run_as_somebody_else(shared: Shared) -> None:
    home, _found = shared
    owner = (home / "postgres").stat().st_uid
    assert owner != 0
    assert stat.S_IMODE((home / "postgres").stat().st_mode) == 0o700
    pids = [int((home / "postgres" / "postmaster.pid").read_text().split()[0])]
    pids.append(int((home / "valkey" / "valkey.pid").read_text()))
    assert {Path(f"/proc/{pid}").stat().st_uid for pid in pids} == {owner}


def test_no_value_reaches_the_database_log(shared: Shared) -> None:
    home, found = shared
    canary = f"canary{secrets.token_hex(6)}"
    with psycopg.connect(found["DATABASE_OWNER_URL"], autocommit=True) as connection:
        connection.execute("CREATE TABLE words (word text PRIMARY KEY)")
        connection.execute("INSERT INTO words VALUES (%s)", [canary])
        with pytest.raises(psycopg.errors.UniqueViolation, match=canary):  # the client is told
            connection.execute("INSERT INTO words VALUES (%s)", [canary])
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            connection.execute("SELECT %s::uuid", [canary])
        with pytest.raises(psycopg.errors.SyntaxError):
            connection.execute(f"SELECT FROM WHERE '{canary}'")
    logs = [path.read_text() for path in home.rglob("*.log")]
    assert logs
    assert not any(canary in log for log in logs)


def test_secrets_are_for_their_owner_only(shared: Shared) -> None:
    home, found = shared
    key = Path(found["AMAAN_MASTER_KEY_FILE"])
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in home.iterdir() if path.is_file()}
    assert modes[key] == 0o400
    assert modes[home / "servers.json"] == 0o600
    arguments = b"".join(command_lines())
    for variable in ("DATABASE_URL", "REDIS_URL"):
        password = found[variable].partition("@")[0].rpartition(":")[2]
        assert password.encode() not in arguments


def test_servers_named_by_the_environment_are_used_instead(folder: Path) -> None:
    home = folder / "home"
    own = {"DATABASE_URL": "postgres://me@elsewhere/desk", "REDIS_URL": "redis://elsewhere"}
    found = started(home, **own)
    assert not {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"} & found.keys()
    assert not (home / "postgres").exists()
    assert not (home / "valkey").exists()


def test_a_production_desk_names_its_own_servers(folder: Path) -> None:
    refused = embedded("env", folder / "home", PRODUCTION="1")
    assert refused.returncode == 1
    assert "DATABASE_URL" in refused.stderr
    assert not (folder / "home").exists()


def test_a_closed_folder_is_named_and_stays_closed(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    done = embedded("start", closed / "home")
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    if os.geteuid() == 0:  # root's servers run as another user, who cannot get in
        assert done.returncode == 1
        assert f"cannot enter {closed}" in done.stderr
    else:
        assert done.returncode == 0
        embedded("stop", closed / "home")
