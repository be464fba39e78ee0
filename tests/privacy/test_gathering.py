"""Rows that wait to be written together are never read past, and never taken back by halves."""

from contextlib import suppress

import pytest
from django.db import DatabaseError, transaction

from intake.models import Conversation
from privacy import audit, gathering, keys
from privacy.access import acting
from privacy.clock import database_now
from privacy.fields import unseal
from privacy.models import AuditEvent, DataKey, Folder


class Trouble(Exception):
    """Something that goes wrong on the way."""


pytestmark = pytest.mark.django_db


def begin() -> Conversation:
    """A folder and a conversation, as an arrival makes them."""
    folder = Folder(kind=Folder.Kind.CONVERSATION)
    folder.save(force_insert=True)
    keys.begin(folder.pk)
    made = Conversation(folder=folder, channel="whatsapp", flags="words")
    made.save(force_insert=True)
    return made


def test_who_asks_for_a_table_finds_what_waits_for_it() -> None:
    with acting(part="intake"), gathering.gathered():
        made = begin()
        made.step = Conversation.Step.HELLO
        made.save(update_fields=["step"])
        found = Conversation.objects.get(pk=made.pk)
        assert found.step == Conversation.Step.HELLO
        found.step = Conversation.Step.LIMITS
        found.save(update_fields=["step"])
    with acting(part="intake"):
        assert Conversation.objects.get(pk=made.pk).step == Conversation.Step.LIMITS


def test_a_savepoint_undone_takes_back_only_what_was_written_in_it() -> None:
    with acting(part="intake"), gathering.gathered():
        before = begin()
        audit.record("before", folder=before.folder_id)
        with suppress(Trouble), transaction.atomic():
            inside = begin()
            audit.record("inside", folder=inside.folder_id)
            raise Trouble
        after = begin()
        audit.record("after", folder=after.folder_id)
    with acting(part="intake"):
        kept = set(Conversation.objects.values_list("pk", flat=True))
    assert kept == {before.pk, after.pk}
    assert set(AuditEvent.objects.values_list("verb", flat=True)) == {"before", "after"}


def test_what_is_raised_writes_nothing() -> None:
    with suppress(Trouble), acting(part="intake"), gathering.gathered():
        begin()
        audit.record("begun")
        raise Trouble
    with acting(part="intake"):
        assert not Conversation.objects.exists()
    assert not AuditEvent.objects.exists()
    assert not DataKey.objects.exclude(folder=keys.NO_FOLDER).exists()


def test_what_was_gathered_opens_with_its_own_key() -> None:
    with acting(part="intake"), gathering.gathered():
        made = begin()
    with acting(part="intake"):
        assert unseal(Conversation.objects.get(pk=made.pk), "flags") == "words"


def test_a_row_that_is_gone_is_not_written_silently() -> None:
    with acting(part="intake"):
        made = begin()
    with acting(part="forgetting"):
        Conversation.objects.filter(pk=made.pk).delete()
    with pytest.raises(DatabaseError), acting(part="intake"), gathering.gathered():
        made.save(update_fields=["step"])


def test_an_answer_is_asked_for_once_in_a_batch_and_each_time_outside() -> None:
    asked: list[int] = []

    def ask() -> int:
        asked.append(1)
        return len(asked)

    with acting(part="intake"), gathering.gathered():
        assert [gathering.once("it", ask) for _ in range(3)] == [1, 1, 1]
    assert [gathering.once("it", ask) for _ in range(3)] == [2, 3, 4]


def test_the_clock_moves_on_and_never_repeats_itself() -> None:
    with acting(part="intake"):
        told = [database_now() for _ in range(1000)]
        with acting(part="delivery"):
            told.append(database_now())
    told.append(database_now())
    assert told == sorted(set(told))
