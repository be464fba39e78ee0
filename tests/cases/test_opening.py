"""Cases and conversations: many to many, and each message in one child's case."""

import re

import pytest

from accounts.models import Team, User
from cases import services
from cases.models import Case, CaseConversation
from intake.models import Conversation, Message
from intake.writing import add_message, lock
from privacy.access import NotAllowed, acting
from privacy.minimise import minimised
from privacy.models import Due
from privacy.retention import forget
from privacy.services import NotPossible
from reference.models import DailyFact
from tests import people


def conversation_of(case: Case) -> Conversation:
    with acting(part="intake"):
        return services.linked(case)[0]


def second_child(case: Case, by: User) -> Case:
    """Another child in the same conversation."""
    conversation = conversation_of(case)
    with acting(user=by):
        return services.open_case(conversation, by=by)


def test_a_code_can_be_said_aloud_and_is_no_word(team: Team) -> None:
    codes = set()
    for n in range(8):
        conversation = people.arrive("hello", team=team, sender=f"+9198{n:08}")
        with acting(part="triage"):
            codes.add(services.open_case(conversation, by=None).code)
    assert len(codes) == 8
    assert all(re.fullmatch(r"[C-Y]{2}-[C-Y3-9]{4}", code) for code in codes)
    assert not set("".join(codes)) & set("AEIOUBSZL01")


def test_opening_files_the_messages_and_counts_the_contact(team: Team) -> None:
    conversation = people.arrive("hello", team=team)
    with acting(part="triage"):
        case = services.open_case(conversation, by=None)
        assert services.open_case(conversation, by=None).pk == case.pk
    with acting(part="intake"):
        assert Message.objects.get().folder_id == case.folder_id
    fact = DailyFact.objects.get(measure="cases_opened")
    assert fact.dimensions["channel"] == "whatsapp"


def test_a_second_child_gets_a_case_and_only_what_is_filed_there(case: Case, amina: User) -> None:
    other = second_child(case, amina)
    with acting(part="intake"):
        message = add_message(
            lock(conversation_of(case)), direction="in", kind="text", text="my cousin too"
        )
    with acting(user=amina):
        message = Message.objects.visible_to(amina).get(pk=message.pk)
        services.file_message(message, to=other, by=amina)
        moved = Message.objects.visible_to(amina).get(pk=message.pk)
        assert moved.folder_id == other.folder_id
        assert minimised(moved, amina).body == "my cousin too"
        assert services.linked(case) == services.linked(other)


def test_erasing_one_child_leaves_the_other(case: Case, amina: User) -> None:
    other = second_child(case, amina)
    with acting(part="intake"):
        message = add_message(
            lock(conversation_of(case)), direction="in", kind="text", text="my cousin too"
        )
    with acting(user=amina):
        services.file_message(
            Message.objects.visible_to(amina).get(pk=message.pk), to=other, by=amina
        )
        services.close(case, reason="helped", by=amina)
    with acting(part="forgetting"):
        for due in Due.objects.filter(folder=case.folder_id):
            forget(due)
    with acting(user=amina):
        assert conversation_of(other).filed_to_id == other.folder_id
        left = Message.objects.visible_to(amina).filter(folder=other.folder_id)
        assert "my cousin too" in [minimised(one, amina).body for one in left]


def test_ben_links_nothing_of_aminas(case: Case, ben: User, team: Team) -> None:
    own = people.case_of(ben, team=team)
    with acting(user=ben), pytest.raises(NotAllowed):
        services.link_conversation(own, conversation_of(case), by=ben)
    with acting(user=ben), pytest.raises(NotAllowed):
        services.open_case(conversation_of(case), by=ben)


def test_linking_is_once_and_can_end(case: Case, amina: User, team: Team) -> None:
    other = people.case_of(amina, team=team)
    conversation = conversation_of(other)
    with acting(user=amina):
        services.link_conversation(case, conversation, by=amina)
        services.link_conversation(case, conversation, by=amina)
        assert CaseConversation.objects.visible_to(amina).filter(case=case).count() == 2
        services.unlink_conversation(case, conversation, by=amina)
        assert conversation not in services.linked(case)
        with pytest.raises(NotPossible):
            services.unlink_conversation(other, conversation, by=amina)


def test_a_message_is_filed_only_where_its_conversation_is_linked(
    case: Case, amina: User, team: Team
) -> None:
    other = people.case_of(amina, team=team)
    with acting(user=amina):
        message = Message.objects.visible_to(amina).get(folder=case.folder_id)
        with pytest.raises(NotPossible):
            services.file_message(message, to=other, by=amina)
