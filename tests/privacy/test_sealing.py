"""What is sealed stays sealed: moved, stolen or destroyed, it does not open."""

import hashlib
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction
from pytest_django import Settings

from accounts.models import Team, User
from cases.models import Case
from intake.models import Identity, Message
from privacy import crypto, fields, keys, purposes
from privacy.access import acting
from privacy.fields import Sealed, unseal
from privacy.keys import DataKey
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


def test_e1_no_protected_word_is_readable_in_the_database(case: Case) -> None:
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


def test_e1_ciphertext_moved_to_another_column_row_or_case_does_not_open(
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


def test_e1_ciphertext_of_another_key_version_does_not_open(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fields, "KEY_VERSION", fields.KEY_VERSION + 1)
    with acting(part="intake"), pytest.raises(crypto.CannotOpen):
        unseal(Case.objects.get(pk=case.pk), "name")


@pytest.mark.parametrize("place", [0, 1, 12, 13, -1])
def test_e1_ciphertext_with_one_bit_changed_does_not_open(case: Case, place: int) -> None:
    with acting(part="intake"):
        row = Case.objects.get(pk=case.pk)
        assert isinstance(row.name, Sealed)
        changed = bytearray(row.name.data)
        changed[place] ^= 1
        row.name = Sealed(bytes(changed))
        with pytest.raises(crypto.CannotOpen):
            unseal(row, "name")


def test_e1_a_wrapped_key_opens_for_its_folder_class_and_version_alone(case: Case) -> None:
    row = DataKey.objects.get(folder=case.folder_id, data_class="identity")
    wrapped = bytes(row.wrapped or b"")
    assert crypto.unwrap(wrapped, keys.place_of(case.folder_id, "identity"))
    for folder, klass in ((case.folder_id, "narrative"), (uuid4(), "identity")):
        with pytest.raises(crypto.CannotOpen):
            crypto.unwrap(wrapped, keys.place_of(folder, klass))
    other = wrapped[:2] + b"\7" + wrapped[3:]
    with pytest.raises((crypto.CannotOpen, crypto.KeyUnavailable)):
        crypto.unwrap(other, keys.place_of(case.folder_id, "identity"))


def test_e1_a_key_put_in_the_place_of_another_opens_nothing(
    case: Case, amina: User, team: Team
) -> None:
    other = people.case_of(amina, team=team, name="Asha")
    stolen = DataKey.objects.get(folder=case.folder_id, data_class="identity")
    row = DataKey.objects.filter(folder=other.folder_id, data_class="identity")
    row.update(wrapped=stolen.wrapped)
    with acting(part="intake"), pytest.raises(crypto.CannotOpen):
        unseal(Case.objects.get(pk=other.pk), "name")


def test_e1_a_message_opens_as_itself_alone(case: Case) -> None:
    with acting(part="intake"):
        message = Message.objects.get()
        other = people.say(message.conversation, "another")
        other = Message.objects.get(pk=other.pk)
        other.body = message.body
        with pytest.raises(crypto.CannotOpen):
            unseal(other, "body")
        other.wrapped_key = message.wrapped_key
        with pytest.raises(crypto.CannotOpen):
            unseal(other, "body")


def test_e1_two_sealings_of_one_text_differ(case: Case) -> None:
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


def test_e1_keys_live_in_a_database_of_their_own(case: Case) -> None:
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


def test_e6_hashes_of_one_value_for_two_purposes_do_not_match(db: None) -> None:
    hashes = {purposes.keyed_hash(purpose, "x") for purpose in purposes.PURPOSES}
    assert len(hashes) == len(purposes.PURPOSES)
    assert purposes.keyed_hash("identity", "x") == purposes.keyed_hash("identity", "x")
    with pytest.raises(LookupError):
        purposes.keyed_hash("anything", "x")


def test_e6_an_address_is_found_by_a_keyed_hash_and_lies_nowhere_else(
    amina: User, team: Team
) -> None:
    """Neither as it is nor as what anybody could reckon from it: there are few numbers."""
    number = "+919912345678"
    conversation = people.arrive("hello", team=team, sender=number)
    with acting(part="intake"):
        hashed = purposes.keyed_hash("identity", f"whatsapp:number:{number}")
        assert Identity.objects.get(value_hash=hashed).conversation_id == conversation.pk
    forms = {form for text in _written(number) for form in _guessed(text)}
    with acting(part="forgetting"), connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t")  # noqa: S608
            held = cursor.fetchone()[0].lower()
            assert not any(form in held for form in forms), table


def _written(number: str) -> set[str]:
    return {number, number[1:], number[3:], f"whatsapp:{number}", f"whatsapp:number:{number}"}


def _guessed(text: str) -> list[str]:
    kinds = ("md5", "sha1", "sha256", "sha512", "blake2b")
    found = [text, text.encode().hex()]
    return found + [hashlib.new(kind, text.encode()).hexdigest() for kind in kinds]


def test_e1_plain_text_is_refused_by_update(case: Case) -> None:
    with acting(part="intake"), pytest.raises(TypeError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(summary="in the clear")
