"""A backup opens to two people of three, comes back whole, and brings back nothing erased."""

from __future__ import annotations

import base64
import io
import json
import os
import secrets
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from pytest_django import Settings

from accounts.models import Team, User
from cases.models import Case
from helpline import backups, postgres_tools
from privacy import canaries, crypto, keys, purposes, recovery, retention
from privacy.access import acting
from privacy.fields import Sealed, unseal
from privacy.models import Folder
from tests import people

ROOT = Path(__file__).resolve().parents[2]
IDENTITY = recovery.new_identity()


@pytest.fixture
def place(settings: Settings, tmp_path: Path) -> Path:
    """Where backups go, and to whom they are sealed; the private half lies elsewhere."""
    settings.BACKUP_FOLDER = str(tmp_path / "backups")
    settings.BACKUP_RECIPIENTS_FILE = str(tmp_path / "recipients")
    ring = tmp_path / "ring"
    ring.write_text(Path(settings.AMAAN_MASTER_KEY_FILE).read_text())
    ring.chmod(0o400)
    settings.AMAAN_MASTER_KEY_FILE = str(ring)
    (tmp_path / "recipients").write_text(f"{recovery.recipient_of(IDENTITY)} recovery\n")
    (tmp_path / "identity").write_text(IDENTITY)
    return tmp_path


@pytest.fixture
def case(transactional_db: None, place: Path, team: Team, amina: User) -> Case:
    """A case as a desk has it: committed, with what is sealed and hashed."""
    purposes.publish_intake_key()
    canaries.plant()
    return people.case_of(amina, team=team, text="a story", name="Asha", summary="short")


def url(alias: str, user: str = "", name: str = "") -> str:
    """The address of one of this test's databases, for a role."""
    known = postgres_tools.parameters(alias)
    login = f"{known['user']}:{known['password']}"
    if user:
        variable = os.environ["DATABASE_BACKUP_URL"]
        login = variable.removeprefix("postgres://").partition("@")[0]
    return f"postgres://{login}@{known['host']}:{known['port']}/{name or known['dbname']}"


def manage(place: Path, *command: str, process: str = "owner", **env: str) -> str:
    """What a command prints, run as a real process; its complaints are shown."""
    wishes = {
        "AMAAN_PROCESS": process,
        "DATABASE_OWNER_URL": url("default"),
        "DATABASE_KEYS_OWNER_URL": url("keys"),
        "DATABASE_BACKUP_URL": url("default", "backup"),
        "DATABASE_KEYS_BACKUP_URL": url("keys", "backup"),
        "BACKUP_FOLDER": str(place / "backups"),
        "BACKUP_RECIPIENTS_FILE": str(place / "recipients"),
        "AMAAN_MASTER_KEY_FILE": str(place / "ring"),
    }
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env={**os.environ, **wishes, **env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=False,
        text=True,
    )
    if done.returncode:
        raise CommandError(done.stdout)
    return done.stdout


def back_up(place: Path) -> dict[str, Path]:
    """A backup as each night makes one: by kind, the file to restore from."""
    ours = {"AMAAN_MASTER_KEY_FILE": ""}  # who makes backups has no key of anybody's words
    made = manage(place, "backup", process="backup", **ours).split()
    found = {Path(line).parent.name: Path(line) for line in made if ".dump." in line}
    return found | {"erasures": Path(made[-1])}


@contextmanager
def empty(alias: str) -> Iterator[str]:
    """A database for what comes back; the address an owner reaches it by."""
    name = f"amaan_test_{secrets.token_hex(6)}"
    with psycopg.connect(url(alias, name="postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield url(alias, name=name)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def opened(path: Path) -> bytes:
    """What a sealed file holds, for whoever has the private half."""
    target = io.BytesIO()
    with path.open("rb") as source:
        recovery.open_stream(source, target, IDENTITY)
    return target.getvalue()


def name_in(address: str, case: Case) -> bytes | None:
    """A case's sealed name as it lies in a database."""
    with psycopg.connect(address) as connection:
        connection.execute("SELECT set_config('amaan.part', 'forgetting', false)")
        row = connection.execute("SELECT name FROM cases_case WHERE id = %s", [case.pk]).fetchone()
    return row[0] if row else None


def test_l5_backups_are_sealed_to_a_key_that_is_not_here_and_the_nightly_test_restores_them(
    case: Case, place: Path
) -> None:
    made = back_up(place)
    assert {path.parent.name for path in made.values()} == {"data", "keys", "erasures"}
    for path in (place / "backups").rglob("*.age"):
        assert path.read_bytes().startswith(b"age-encryption.org/v1")
        assert case.folder_id.bytes not in path.read_bytes()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    here = [path for path in place.rglob("*") if path.is_file() and path.name != "identity"]
    assert not any(IDENTITY.encode() in path.read_bytes() for path in here)
    told = json.loads(manage(place, "restore_test", f"--identity={place / 'identity'}"))
    assert told["sound"]
    assert told["differences"] == {}
    assert told["rows"] > 100
    assert told["canaries"] == told["singing"] == canaries.COUNT
    with psycopg.connect(url("default", name="postgres")) as connection:
        left = "SELECT count(*) FROM pg_database WHERE datname LIKE 'amaan_restored_%'"
        assert connection.execute(left).fetchone() == (0,)


def test_f2_a_backup_of_yesterday_gives_back_nothing_that_was_destroyed_since(
    case: Case, place: Path
) -> None:
    yesterday = back_up(place)
    with acting(part="intake"):
        sealed = Case.objects.get(pk=case.pk).name
    with acting(part="forgetting"):
        retention.destroy(Folder.objects.get(pk=case.folder_id))
    # The ciphertext is in the backup all the same, and no key anywhere opens it.
    assert isinstance(sealed, Sealed)
    with empty("default") as data:
        given = [f"--identity={place / 'identity'}", f"--data={yesterday['data']}"]
        told = json.loads(manage(place, "restore", *given, DATABASE_OWNER_URL=data))
        assert told["sound"]
        assert told["erased_again"] > 0
        assert name_in(data, case) is None
    case.name = sealed
    with acting(part="intake"), pytest.raises(crypto.CannotOpen, match="destroyed"):
        unseal(case, "name")


def test_f2_where_the_keys_come_back_too_the_newest_list_destroys_them_again(
    case: Case, place: Path
) -> None:
    before = back_up(place)
    with acting(part="forgetting"):
        retention.destroy(Folder.objects.get(pk=case.folder_id))
    after = back_up(place)
    with empty("default") as data, empty("keys") as wrapped:
        given = [f"--{kind}={before[kind]}" for kind in ("data", "keys")]
        given += [f"--erasures={after['erasures']}", f"--identity={place / 'identity'}"]
        at = {"DATABASE_OWNER_URL": data, "DATABASE_KEYS_OWNER_URL": wrapped}
        told = json.loads(manage(place, "restore", *given, **at))
        assert told["erased_again"] > 0
        assert name_in(data, case) is None
        with psycopg.connect(wrapped) as connection:
            of_case = "SELECT count(wrapped) FROM privacy_datakey WHERE folder = %s"
            assert connection.execute(of_case, [case.folder_id]).fetchone() == (0,)


def test_e8_two_of_three_people_bring_everything_back_and_one_alone_nothing(
    case: Case, place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("recovery_shares", "split")
    sheets = [line for line in capsys.readouterr().out.splitlines() if line.startswith("AGE-")]
    assert len(sheets) == recovery.PEOPLE
    made = back_up(place)
    ring = (place / "ring").read_bytes()
    (place / "ring").unlink()  # the machine is lost; its backups and the ring's copy are not
    for path in (made["data"], place / "ring.age"):
        with pytest.raises(recovery.CannotRecover):
            opened(path)  # whoever had the key before has nothing
    pieces = json.loads((place / "backups" / "recovery.json").read_text())
    for sheet in sheets:
        with pytest.raises(recovery.CannotRecover):
            recovery.join(pieces, [sheet])
        with pytest.raises(recovery.CannotRecover):
            recovery.join(pieces, [sheet, recovery.new_identity()])
    two = iter(sheets[1:])
    monkeypatch.setattr("builtins.input", lambda: next(two))
    call_command("recovery_shares", "join", f"--into={place / 'joined'}")
    assert stat.S_IMODE((place / "joined").stat().st_mode) == 0o400
    call_command("recovery_shares", "ring", f"--identity={place / 'joined'}")
    assert (place / "ring").read_bytes() == ring
    with empty("default") as data, empty("keys") as wrapped:
        given = [f"--{kind}={path}" for kind, path in made.items()]
        at = {"DATABASE_OWNER_URL": data, "DATABASE_KEYS_OWNER_URL": wrapped}
        told = json.loads(manage(place, "restore", *given, f"--identity={place / 'joined'}", **at))
        assert told["sound"]
        assert told["singing"] == canaries.COUNT
        case.name = Sealed(name_in(data, case) or b"")
    with acting(part="intake"):
        assert unseal(case, "name") == "Asha"


def test_e8_any_two_people_have_the_same_key_and_one_twice_none() -> None:
    people = [recovery.new_identity() for _ in range(recovery.PEOPLE)]
    pieces = recovery.divide(IDENTITY, [recovery.recipient_of(one) for one in people])
    assert {recovery.join(pieces, two) for two in combinations(people, 2)} == {IDENTITY}
    assert {recovery.join(pieces, two[::-1]) for two in combinations(people, 2)} == {IDENTITY}
    for one in people:
        for found in (opened_alone(piece, one) for piece in pieces):
            assert found is None or IDENTITY.encode() not in found
        with pytest.raises(recovery.CannotRecover):
            recovery.join(pieces, [one, one])
    with pytest.raises(recovery.CannotRecover):
        recovery.divide(IDENTITY, [recovery.recipient_of(people[0])] * recovery.PEOPLE)


def opened_alone(piece: str, key: str) -> bytes | None:
    """What one person gets out of a piece by themselves."""
    target = io.BytesIO()
    try:
        recovery.open_stream(io.BytesIO(base64.b64decode(piece)), target, key)
    except recovery.CannotRecover:
        return None
    return target.getvalue()


def test_l5_keys_backups_are_gone_after_a_day_and_data_backups_after_their_days(
    place: Path, settings: Settings
) -> None:
    settings.BACKUP_KEEP_DAYS = 3
    now = datetime.now(UTC)
    for kind in ("data", "keys", "erasures"):
        for hours in (100, 50, 25, 23, 1):
            stamp = (now - timedelta(hours=hours)).strftime(backups._STAMP)
            file = place / "backups" / kind / f"{stamp}.dump.age"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
    assert backups.prune(now) == 1 + 3 + 3
    ages = {
        kind: [round((now - backups.made_at(path)).total_seconds() / 3600) for path in found]
        for kind in ("data", "keys", "erasures")
        if (found := backups.files(kind))
    }
    assert ages == {"data": [50, 25, 23, 1], "keys": [23, 1], "erasures": [23, 1]}


@pytest.mark.parametrize("lines", ["", "nonsense recovery\n"])
def test_without_somebody_to_open_it_no_backup_is_made(
    db: None, place: Path, settings: Settings, lines: str
) -> None:
    (place / "recipients").write_text(lines)
    with pytest.raises(backups.BackupFailed):
        backups._seal("data", "x", io.BytesIO(b"rows"))
    assert not list((place / "backups").rglob("*.age"))
    assert not list((place / "backups").rglob(".*half"))


def test_a_database_that_holds_something_is_never_restored_over(db: None, place: Path) -> None:
    dump = place / "20260101T000000000000Z.dump.age"
    with pytest.raises(CommandError, match="not empty"):
        call_command("restore", f"--identity={place / 'identity'}", f"--data={dump}")


def test_a_damaged_backup_is_told_and_not_half_restored(place: Path, db: None) -> None:
    with (place / "plain").open("wb") as file:
        file.write(os.urandom(200_000))
    sealed = place / "cut.age"
    with (place / "plain").open("rb") as source, sealed.open("wb") as target:
        recovery.seal_stream(source, target, [recovery.recipient_of(IDENTITY)])
    sealed.write_bytes(sealed.read_bytes()[:-1000])
    with pytest.raises((OSError, recovery.CannotRecover)):
        opened(sealed)


def test_the_keys_of_canaries_are_nobodys(db: None) -> None:
    assert connections["keys"].vendor == "postgresql"
    canaries.plant()
    canaries.plant()
    assert canaries.count_singing() == canaries.COUNT
    keys.DataKey.objects.filter(data_class=purposes.CANARY).update(version=1)
    keys.destroy(keys.NO_FOLDER, purposes.CANARY)
    with pytest.raises(crypto.CannotOpen):
        canaries.count_singing()
