"""The master key is changed while the desk works: nothing fails to open, nothing is lost."""

import base64
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


def test_e5_a_key_destroyed_meanwhile_stays_destroyed(
    amina: User, team: Team, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
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


def test_a_new_installation_gets_its_ring_from_the_command(
    db: None, settings: Settings, tmp_path: Path
) -> None:
    """Keys of hashes are then random: the ring alone tells nothing of them."""
    settings.AMAAN_MASTER_KEY_FILE = str(tmp_path / "ring")
    settings.AMAAN_INTAKE_PUBLIC_KEY_FILE = str(tmp_path / "intake.pub")
    DataKey.objects.all().delete()
    rotate("--new")
    with pytest.raises(crypto.KeyUnavailable, match="prepare"):
        purposes.keyed_hash("identity", "x")
    purposes.publish_intake_key()
    assert purposes.keyed_hash("identity", "x") == purposes.keyed_hash("identity", "x")
    ours = ring.current_ring().versions[1]
    guess = crypto.hash_with(crypto.derive(ours, b"hash:identity"), "x")
    assert purposes.keyed_hash("identity", "x") != guess
    assert purposes.open_for_intake(crypto.seal_for_intake(b"words")) == b"words"


class StandInService:
    """A key service in two lines: what it gives out is not the key."""

    asked = 0

    def wrap(self, key: bytes) -> bytes:
        return bytes(255 - octet for octet in key)

    def unwrap(self, wrapped: bytes) -> bytes:
        type(self).asked += 1
        return self.wrap(wrapped)


class SilentService:
    """A key service that does not answer."""

    def wrap(self, key: bytes) -> bytes:
        raise ConnectionError

    def unwrap(self, wrapped: bytes) -> bytes:
        raise ConnectionError


def test_a_key_service_keeps_the_ring_and_is_asked_once_for_all_keys(
    db: None, settings: Settings, tmp_path: Path
) -> None:
    settings.AMAAN_MASTER_KEY_FILE = str(tmp_path / "ring")
    settings.AMAAN_KMS = f"{__name__}.{StandInService.__name__}"
    rotate("--new")
    place = keys.place_of(uuid.uuid4(), "identity")
    wrappings = [crypto.wrap(b"k" * 32, place) for _ in range(20)]
    assert all(crypto.unwrap(one, place) == b"k" * 32 for one in wrappings)
    assert StandInService.asked == 1
    material = (tmp_path / "ring").read_text().split()[1]
    key = ring.current_ring().versions[1]
    assert material.startswith("kms:")
    assert base64.b64encode(key).decode() not in material


def test_a_key_service_that_does_not_answer_is_a_key_that_is_away(
    settings: Settings, tmp_path: Path
) -> None:
    settings.AMAAN_MASTER_KEY_FILE = str(tmp_path / "ring")
    settings.AMAAN_KMS = f"{__name__}.{SilentService.__name__}"
    (tmp_path / "ring").write_text(f"1 kms:{base64.b64encode(b'x' * 32).decode()}")
    with pytest.raises(crypto.KeyUnavailable):
        ring.current_ring()


@pytest.mark.parametrize(
    "line", ["0 {}", "70000 {}", "2 {} soon", "x {}", "1 {}\n1 {}", "1 {} waits"]
)
def test_a_ring_with_a_line_that_is_none_is_away_and_tells_nothing_of_it(
    settings: Settings, tmp_path: Path, line: str
) -> None:
    material = base64.b64encode(b"k" * 32).decode()
    (tmp_path / "ring").write_text(line.replace("{}", material))
    settings.AMAAN_MASTER_KEY_FILE = str(tmp_path / "ring")
    with pytest.raises(crypto.KeyUnavailable) as refused:
        ring.current_ring()
    assert material not in str(refused.value)


# --- While the desk works: real connections, a real process, a real kill ----------------------


@pytest.fixture
def many(transactional_db: None, file: Path) -> Iterator[list[uuid.UUID]]:
    """Many keys of folders, committed."""
    folders = [uuid.uuid4() for _ in range(1500)]
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
