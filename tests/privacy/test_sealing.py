"""What is sealed stays sealed: moved, stolen or destroyed, it does not open."""

from pathlib import Path

import pytest
from django.db import connection, connections, transaction
from pytest_django import Settings

from accounts.models import Team, User
from cases.models import Case
from intake.models import Message
from privacy import crypto, keys, purposes
from privacy.access import acting
from privacy.fields import Sealed, unseal
from tests import people

MARK = "zq-canary-7431"


@pytest.fixture
def case(amina: User, team: Team) -> Case:
    return people.case_of(amina, team=team, text=f"words {MARK}", name=f"Name {MARK}")


def _raw(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT string_agg(t::text, ' ') FROM {table} t")  # noqa: S608
        (text,) = cursor.fetchone()
    return text or ""


def test_no_protected_word_is_readable_in_the_database(case: Case) -> None:
    with acting(part="intake"):
        for table in ("cases_case", "intake_message", "intake_identity"):
            raw = _raw(table)
            assert raw
            assert MARK not in raw
            assert MARK.encode().hex() not in raw


def test_printing_a_raw_row_shows_dots(case: Case) -> None:
    with acting(part="intake"):
        row = Case.objects.get(pk=case.pk)
        assert str(row.name) == "•••"
        assert MARK not in repr(vars(row))


def test_a_ciphertext_moved_to_another_column_row_or_case_does_not_open(
    case: Case, amina: User, team: Team
) -> None:
    other = people.case_of(amina, team=team, summary="another")
    with acting(part="intake"):
        row, stranger = Case.objects.get(pk=case.pk), Case.objects.get(pk=other.pk)
        stranger.name = row.name
        with pytest.raises(crypto.CannotOpen):
            unseal(stranger, "name")
        row.school = row.name
        with pytest.raises(crypto.CannotOpen):
            unseal(row, "school")


def test_two_sealings_of_one_text_differ(case: Case) -> None:
    with acting(part="intake"):
        row = Case.objects.get(pk=case.pk)
        before = row.name
        row.name = f"Name {MARK}"
        row.save(update_fields=["name"])
        after = Case.objects.get(pk=case.pk).name
    assert isinstance(before, Sealed)
    assert isinstance(after, Sealed)
    assert before.data != after.data


def test_a_destroyed_key_makes_the_class_unreadable_and_the_others_not(case: Case) -> None:
    with acting(part="forgetting"):
        keys.destroy(case.folder_id, "identity")
    with acting(part="intake"):
        with pytest.raises(crypto.CannotOpen):
            unseal(Case.objects.get(pk=case.pk), "name")
        assert MARK in (unseal(Message.objects.get(), "body") or "")


def test_a_filed_message_opens_with_the_case_key_and_no_longer_with_the_conversation_key(
    case: Case,
) -> None:
    with acting(part="intake"):
        message = Message.objects.get()
        conversation = message.conversation
        assert message.folder_id == case.folder_id
        keys.destroy(conversation.folder_id, "narrative")
    with acting(part="intake"):
        assert MARK in (unseal(Message.objects.get(), "body") or "")
        keys.destroy(case.folder_id, "narrative")
    with acting(part="intake"), pytest.raises(crypto.CannotOpen):
        unseal(Message.objects.get(), "body")


def test_keys_live_in_a_database_of_their_own(case: Case) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('privacy_datakey')")
        assert cursor.fetchone() == (None,)
    with connections["keys"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM privacy_datakey")
        assert cursor.fetchone()[0] > 0
        cursor.execute("SELECT to_regclass('cases_case')")
        assert cursor.fetchone() == (None,)


def test_intake_seals_without_the_master_key_and_only_the_master_key_opens(
    db: None, settings: Settings, tmp_path: Path
) -> None:
    purposes.publish_intake_key()
    kept = settings.AMAAN_MASTER_KEY_FILE
    settings.AMAAN_MASTER_KEY_FILE = str(tmp_path / "gone")
    sealed = crypto.seal_for_intake(b"words")
    with pytest.raises(crypto.KeyUnavailable):
        purposes.open_for_intake(sealed)
    settings.AMAAN_MASTER_KEY_FILE = kept
    assert purposes.open_for_intake(sealed) == b"words"


def test_hashes_of_one_value_for_two_purposes_do_not_match(db: None) -> None:
    assert purposes.keyed_hash("identity", "x") != purposes.keyed_hash("locator", "x")
    assert purposes.keyed_hash("identity", "x") == purposes.keyed_hash("identity", "x")


def test_plain_text_is_refused_by_update(case: Case) -> None:
    with acting(part="intake"), pytest.raises(TypeError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(summary="in the clear")
