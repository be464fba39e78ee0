"""The master key is changed while the desk works: nothing fails to open, nothing is lost."""

import os
import signal
import stat
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from threading import Event, Thread

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connections, transaction
from pytest_django import Settings

from accounts import telephones, wrapped
from accounts.adapters import FactorAdapter
from accounts.models import Team, User
from cases.models import Case
from privacy import crypto, keys, purposes, ring, rotation
from privacy.access import acting
from privacy.fields import unseal
from privacy.keys import DataKey
from privacy.models import AuditEvent
from tests import people

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def file(settings: Settings, tmp_path: Path) -> Path:
    """A ring as installations had it before versions: the key alone, and all keys wrapped by it."""
    path = tmp_path / "master.key"
    path.write_text(Path(settings.AMAAN_MASTER_KEY_FILE).read_text())
    path.chmod(0o400)
    settings.AMAAN_MASTER_KEY_FILE = str(path)
    return path


def rotate(*arguments: str) -> str:
    said = StringIO()
    call_command("rotate_keys", *arguments, stdout=said)
    return said.getvalue()


def test_e5_both_versions_are_readable_until_the_old_one_is_retired(
    amina: User, team: Team, file: Path
) -> None:
    case = people.case_of(amina, team=team, name="Asha")
    hashed = purposes.keyed_hash("identity", "x")
    rotate("--new")
    assert ring.current_ring().current == 1  # it waits until whoever has a copy can read it
    younger = people.case_of(amina, team=team, name="Usha")
    assert "0 keys are left" in rotate()
    newest = people.case_of(amina, team=team, name="Nisha")
    with acting(part="intake"):
        names = [unseal(Case.objects.get(pk=one.pk), "name") for one in (case, younger, newest)]
    assert names == ["Asha", "Usha", "Nisha"]
    assert set(DataKey.objects.values_list("version", flat=True)) == {2}
    rotate("--retire", "1")
    assert set(ring.current_ring().versions) == {2}
    with acting(part="intake"):
        assert unseal(Case.objects.get(pk=case.pk), "name") == "Asha"
    assert purposes.keyed_hash("identity", "x") == hashed
    assert AuditEvent.objects.filter(verb__in=["keys_rotated", "key_retired"]).count() == 2


def test_e5_a_retired_version_opens_nothing(db: None, file: Path) -> None:
    place = keys.place_of(uuid.uuid4(), "identity")
    old = crypto.wrap(crypto.new_key(), place)
    rotate("--new")
    rotate()
    assert crypto.unwrap(old, place)
    rotate("--retire", "1")
    with pytest.raises(crypto.CannotOpen, match="retired"):
        crypto.unwrap(old, place)


def test_e5_no_version_is_retired_that_still_wraps_something(
    amina: User, team: Team, file: Path
) -> None:
    people.case_of(amina, team=team, name="Asha")
    rotate("--new")
    with pytest.raises(CommandError, match="the one that wraps"):
        rotate("--retire", "1")
    ring.start_newest()
    with pytest.raises(CommandError, match="still wraps keys"):
        rotate("--retire", "1")
    assert set(ring.current_ring().versions) == {1, 2}


def test_e5_a_process_with_an_old_copy_of_the_ring_cannot_write_what_nobody_could_open(
    db: None, file: Path
) -> None:
    before = file.read_text()
    rotate("--new")
    rotate()
    rotate("--retire", "1")
    file.unlink()
    file.write_text(before)
    with pytest.raises(DatabaseError), transaction.atomic(using="keys"):
        keys.provide(uuid.uuid4(), "identity", crypto.new_key())
    DataKey.objects.update(wrapped=crypto._VERSIONED + b"\0\2" + b"later")
    with pytest.raises(crypto.KeyUnavailable):  # one that is newer than the copy: wait for it
        keys.stored(keys.NO_FOLDER, purposes.INTAKE)


def test_e5_second_factors_recovery_codes_and_telephones_are_wrapped_anew(
    amina: User, file: Path
) -> None:
    adapter = FactorAdapter()
    kinds = Authenticator.Type
    factor = Authenticator(user=amina, type=kinds.TOTP, data={"secret": adapter.encrypt("SEED")})
    codes = {"seed": adapter.encrypt("CODES"), "used_mask": 5}
    recovery = Authenticator(user=amina, type=kinds.RECOVERY_CODES, data=codes)
    Authenticator.objects.filter(user=amina).delete()
    Authenticator.objects.bulk_create([factor, recovery])
    telephones.set_number(amina, number="+915550100", takes_calls=True, by=amina)
    rotate("--new")
    rotate()
    assert {crypto.wrapped_by(kept.wrapped) for kept in wrapped.kept()} == {2}
    rotate("--retire", "1")
    factor.refresh_from_db()
    recovery.refresh_from_db()
    assert adapter.decrypt(factor.data["secret"]) == "SEED"
    assert adapter.decrypt(recovery.data["seed"]) == "CODES"
    assert recovery.data["used_mask"] == 5
    assert telephones.number_of(amina) == "+915550100"


def test_e5_whatever_is_wrapped_by_the_master_key_is_known_to_the_rotation() -> None:
    """A stage that wraps something of its own tells `rotation.elsewhere`, and stands here."""
    known = {"privacy/keys.py", "privacy/custody.py", "privacy/rotation.py"}  # rows of DataKey
    known |= {"accounts/adapters.py", "accounts/telephones.py"}  # accounts/wrapped.py
    stages = ("privacy", "reference", "accounts", "intake", "cases", "takedowns", "referrals")
    found = {
        path.relative_to(ROOT).as_posix()
        for stage in (*stages, "insight", "helpline")
        for path in (ROOT / stage).rglob("*.py")
        if "crypto.wrap(" in path.read_text()
    }
    assert found == known
    assert rotation.elsewhere == [wrapped.kept]


def test_e5_a_key_destroyed_meanwhile_stays_destroyed(amina: User, team: Team, file: Path) -> None:
    case = people.case_of(amina, team=team, name="Asha")
    rotate("--new")
    keys.destroy(case.folder_id, "identity")
    rotate()
    row = DataKey.objects.get(folder=case.folder_id, data_class="identity")
    assert row.wrapped is None
    assert row.destroyed_at is not None


def test_e4_the_ring_file_is_for_its_owner_alone_after_each_change(db: None, file: Path) -> None:
    rotate("--new")
    rotate()
    rotate("--retire", "1")
    assert stat.S_IMODE(file.stat().st_mode) == 0o400
    assert [one.name for one in file.parent.iterdir()] == [file.name]


# --- While the desk works: real connections, a real process, a real kill ----------------------


@pytest.fixture
def many(transactional_db: None, file: Path) -> Iterator[list[uuid.UUID]]:
    """Many keys of folders, committed."""
    folders = [uuid.uuid4() for _ in range(1000)]
    keys._insert(
        [
            (folder, "identity", crypto.wrap(folder.bytes * 2, keys.place_of(folder, "identity")))
            for folder in folders
        ]
    )
    yield folders
    with connections["keys"].cursor() as cursor:
        cursor.execute(f"ALTER TABLE {rotation._TABLE} DROP CONSTRAINT IF EXISTS {rotation._RULE}")


def _rotating() -> "subprocess.Popen[bytes]":
    at = connections["keys"].settings_dict
    url = f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/"
    named = {
        "DATABASE_OWNER_URL": url + connections["default"].settings_dict["NAME"],
        "DATABASE_KEYS_OWNER_URL": url + at["NAME"],
        "AMAAN_MASTER_KEY_FILE": str(ring.ring_file()),
    }
    return subprocess.Popen(
        [sys.executable, "manage.py", "rotate_keys"],
        cwd=ROOT,
        env={**os.environ, **named, "AMAAN_PROCESS": "owner"},
        stdin=subprocess.DEVNULL,
    )


def _read_on(folders: list[uuid.UUID], wrong: list[str], enough: Event) -> None:
    """Open keys, and make some, until told to stop."""
    try:
        while not enough.is_set():
            for folder in folders[::100]:
                if keys.stored(folder, "identity") != folder.bytes * 2:
                    wrong.append("another key")
            keys.folder_key(uuid.uuid4(), "identity")
            enough.wait(0.02)
    except (crypto.CannotOpen, crypto.KeyUnavailable, DatabaseError) as error:
        wrong.append(type(error).__name__)
    finally:
        connections.close_all()


def test_e5_killed_half_way_it_resumes_and_no_read_fails_meanwhile(many: list[uuid.UUID]) -> None:
    rotate("--new")
    wrong: list[str] = []
    enough = Event()
    readers = [Thread(target=_read_on, args=(many, wrong, enough)) for _ in range(2)]
    for reader in readers:
        reader.start()
    killed = _rotating()
    try:
        deadline = time.monotonic() + 30
        done = DataKey.objects.filter(version=2)
        while done.count() < rotation.BATCH and time.monotonic() < deadline:
            time.sleep(0.005)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        assert 0 < done.count() < len(many)
        assert not wrong
        assert _rotating().wait(60) == 0
    finally:
        enough.set()
        for reader in readers:
            reader.join()
    assert not wrong
    assert "0 keys are left" in rotate()
    rotate("--retire", "1")
    assert all(keys.stored(folder, "identity") == folder.bytes * 2 for folder in many[::10])
