"""Keywords: only as a whole message, in every language, and always seen by a person."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Team, User
from cases import services as cases
from cases.models import Task
from intake import registry
from intake.models import Risk
from intake.services import reply
from privacy.access import acting
from privacy.services import NotPossible
from tests.intake.conftest import MARK
from tests.intake.hearing import (
    Wire,
    case_for,
    change_case,
    close_desk,
    codes,
    fresh,
    hear,
    notices,
    outbound,
    said_back,
    wire,  # noqa: F401 (a fixture)
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("word", ["STOP", "stop!", "band karo", "बंद करो", "أوقف", "arrêtez"])
def test_stop_is_asked_about_and_a_person_sees_it(word: str, amina: User) -> None:
    conversation = hear(word)
    assert codes(conversation) == ["stop_question"]
    assert notices(conversation) == ["stop_asked"]
    assert fresh(conversation).waiting_since is not None


@pytest.mark.parametrize("words", ["stop him please he has my picture", "can you make him stop"])
def test_inside_a_sentence_it_is_what_they_have_to_tell(words: str, amina: User) -> None:
    conversation = hear(f"{words} {MARK}")
    assert codes(conversation) == ["hello"]
    assert notices(conversation) == []


@pytest.mark.parametrize("one", ["1", "१", "١", "STOP"])
def test_stop_our_messages_and_nothing_goes_out_until_they_write(one: str, amina: User) -> None:
    conversation = hear("STOP")
    hear(one)
    assert codes(conversation) == ["stop_question", "stop_done"]
    assert fresh(conversation).opted_out_at is not None
    case_for(conversation)
    with acting(user=amina), pytest.raises(NotPossible, match="messages to stop"):
        reply(conversation, text="are you there?", by=amina)
    hear(f"I am back {MARK}")
    assert fresh(conversation).opted_out_at is None
    with acting(user=amina):
        reply(conversation, text="good", by=amina)


def test_what_was_written_before_they_said_stop_does_not_leave_after_it(
    amina: User,
    wire: Wire,  # noqa: F811
) -> None:
    conversation = hear(f"hello {MARK}")
    case_for(conversation)
    with acting(user=amina):
        reply(conversation, text="I am here.", by=amina)
    hear("STOP")
    hear("1")
    said = [words for _address, words in wire.deliver()]
    assert "I am here." not in said
    assert "will not write" in said[-1]
    assert ("failed", "stopped") in [(row.state, row.problem) for row in outbound(conversation)]


def test_what_they_wrote_before_stop_and_is_found_late_ends_no_stop(amina: User) -> None:
    conversation = hear(f"hello {MARK}")
    before = timezone.now()
    hear("STOP")
    hear("1")
    stopped = fresh(conversation)
    hear(f"are you there {MARK}", late=True, occurred_at=before.isoformat())
    now = fresh(conversation)
    assert now.opted_out_at == stopped.opted_out_at
    assert now.last_inbound_at == stopped.last_inbound_at
    hear(f"I am back {MARK}")
    assert fresh(conversation).opted_out_at is None


@pytest.mark.parametrize("note", ["revoked", "system"])
def test_who_cleans_their_phone_after_stop_or_delete_is_not_written_to(
    note: str, amina: User
) -> None:
    conversation = hear(f"hello {MARK}")
    hear("STOP")
    hear("1")
    said = len(said_back(conversation))
    assert hear("", notice=note).pk == conversation.pk
    assert fresh(conversation).opted_out_at is not None
    hear("DELETE")
    for _each in range(3):
        assert hear("", notice=note).pk == conversation.pk
    assert fresh(conversation).hidden_at is not None
    assert len(said_back(conversation)) == said + 1  # that it is hidden
    assert notices(conversation).count(note) == 4


def test_who_is_not_known_and_took_a_message_back_is_seen_and_not_answered(amina: User) -> None:
    conversation = hear("", notice="revoked")
    assert (codes(conversation), notices(conversation)) == ([], ["revoked"])
    assert fresh(conversation).waiting_since is not None
    assert codes(hear(f"hello {MARK}")) == ["hello"]


def test_make_it_stop_brings_a_person(amina: User) -> None:
    conversation = hear("STOP")
    hear("2")
    assert codes(conversation) == ["stop_question", "stop_harm"]
    now = fresh(conversation)
    assert (now.risk, now.opted_out_at) == (Risk.URGENT, None)


def test_an_answer_that_is_neither_goes_on_with_the_conversation(amina: User) -> None:
    conversation = hear("STOP")
    hear(f"he says he will send it {MARK}")
    assert fresh(conversation).asked == ""
    assert fresh(conversation).opted_out_at is None


@pytest.mark.parametrize("word", ["HELP", "madad", "मदद", "ساعدوني", "aidez-moi"])
def test_help_is_a_person_now_and_never_a_menu(word: str, amina: User) -> None:
    conversation = hear(word)
    ((code, words),) = said_back(conversation)
    assert code == "help_now"
    assert "हिन्दी" not in words  # no list of languages
    assert notices(conversation) == ["help_asked"]
    assert fresh(conversation).risk == Risk.URGENT


def test_help_at_night_says_truly_that_nobody_is_there(amina: User, team: Team) -> None:
    close_desk(team)
    (_code, words) = said_back(hear("help"))[0]
    assert "told now" not in words
    assert "112" in words


def test_status_says_when_we_promised_to_write_in_neutral_words(
    amina: User,
) -> None:
    conversation = hear(f"hello {MARK}")
    case = case_for(conversation)
    by = timezone.now() + timedelta(hours=3)
    with acting(user=amina):
        cases.add_task(case, what="call her school", kind=Task.Kind.PROMISE, due_at=by, by=amina)
    hear("status")
    code, words = said_back(conversation)[-1]
    assert code == "status"
    assert words.startswith("We write to you by")
    assert "school" not in words
    assert fresh(conversation).asked == ""


def test_status_does_not_bring_a_person_back_who_has_answered(amina: User) -> None:
    conversation = hear(f"hello {MARK}")
    case_for(conversation)
    with acting(user=amina):
        reply(conversation, text="I am here.", by=amina)
    hear("status")
    assert fresh(conversation).waiting_since is None


def test_status_where_a_parent_is_not_safe_waits_for_a_person(
    amina: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "status_lines", [lambda _c: ["3 of 5 steps are done."]])
    conversation = hear(f"hello {MARK}")
    case = case_for(conversation)
    change_case(case, amina, guardian_safe="no")
    hear("STATUS")
    assert "3 of 5" not in said_back(conversation)[-1][1]
    assert "status_asked" in notices(conversation)
    assert fresh(conversation).waiting_since is not None


def test_the_name_of_a_language_alone_chooses_it(amina: User) -> None:
    conversation = hear(f"hello {MARK}")
    hear("hindi")
    now = fresh(conversation)
    assert (now.language, now.language_from) == ("hi", "chosen")
    assert codes(conversation) == ["hello", "limits"]
    assert outbound(conversation)[-1].state == "approved"
