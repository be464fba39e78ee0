"""A ring is a few lines of text, or what a key service keeps; whatever is none is a key away."""

import base64
import uuid
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from privacy import crypto, keys, purposes, ring
from privacy.keys import DataKey


def test_a_new_installation_gets_its_ring_from_the_command(
    db: None, settings: Settings, tmp_path: Path
) -> None:
    """Keys of hashes are then random: the ring alone tells nothing of them."""
    settings.AMAAN_MASTER_KEY_FILE = str(tmp_path / "ring")
    settings.AMAAN_INTAKE_PUBLIC_KEY_FILE = str(tmp_path / "intake.pub")
    DataKey.objects.all().delete()
    call_command("rotate_keys", "--new", stdout=StringIO())
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
    call_command("rotate_keys", "--new", stdout=StringIO())
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
