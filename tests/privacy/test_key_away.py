"""While the master key cannot be read, pages wait and nothing is shown."""

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User


@pytest.fixture
def key_away(settings: Settings, tmp_path: Path) -> None:
    settings.AMAAN_MASTER_KEY_FILE = str(tmp_path / "gone")


def test_pages_answer_503_with_nothing_of_anybody_on_them(
    client: Client, amina: User, key_away: None
) -> None:
    client.force_login(amina)
    answer = client.get("/me/")
    assert answer.status_code == 503
    assert amina.name not in answer.content.decode()


def test_the_api_answers_503_too(client: Client, amina: User, key_away: None) -> None:
    client.force_login(amina)
    assert client.get("/api/schema/").status_code == 503


def test_health_still_answers(client: Client, db: None, key_away: None) -> None:
    assert client.get("/health/").status_code == 200


@pytest.mark.parametrize("held", [b"\xff" * 32, "schlüssel".encode(), b"short", b""])
def test_a_key_file_that_holds_no_key_is_a_key_that_is_away(
    client: Client, amina: User, settings: Settings, tmp_path: Path, held: bytes
) -> None:
    (tmp_path / "key").write_bytes(held)
    settings.AMAAN_MASTER_KEY_FILE = str(tmp_path / "key")
    client.force_login(amina)
    assert client.get("/me/").status_code == 503
