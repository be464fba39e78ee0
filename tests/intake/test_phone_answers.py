"""An answer read out by telephone to whoever asks for it."""

import pytest

from accounts.models import User
from intake.models import Conversation
from intake.services import reply
from privacy.access import acting
from privacy.services import NotPossible
from tests.counterparts import ASHA_PHONE
from tests.intake.calling import Caller, heard
from tests.intake.conftest import MARK, Desk


@pytest.fixture
def told(desk: Desk, amina: User) -> Conversation:
    """Asha called, her number is safe, and amina holds the conversation."""
    caller = Caller(desk)
    caller.ring()
    caller.press("callback", "1")
    desk.work()
    (conversation,) = desk.conversations()
    desk.give(conversation, amina)
    return conversation


def answer(conversation: Conversation, by: User) -> None:
    with acting(user=by):
        reply(conversation, text=f"We found a way. {MARK}", by=by)


def test_an_answer_is_read_out_to_whoever_asks_for_it(
    desk: Desk, told: Conversation, amina: User
) -> None:
    answer(told, amina)
    desk.work()
    (ringing,) = desk.world.calls()
    assert (ringing["called"], ringing["direction"]) == (ASHA_PHONE, "outbound-api")
    first_words = desk.world.act(ringing["id"], "answer")["said"][0]["text"]
    assert MARK not in first_words
    assert "press 1" in first_words
    (row,) = desk.outbound()
    caller = Caller(desk, ringing["id"])
    assert MARK in heard(caller.post(f"answer/{row.pk}/", Digits="1"))
    desk.work()
    (row,) = desk.outbound()
    assert (row.state, row.provider_ref) == ("read", ringing["id"])


@pytest.mark.parametrize("key", ["", "2", "0"])
def test_whoever_does_not_ask_for_the_answer_does_not_hear_it(
    desk: Desk, told: Conversation, amina: User, key: str
) -> None:
    answer(told, amina)
    (row,) = desk.outbound()
    assert MARK not in heard(Caller(desk).post(f"answer/{row.pk}/", Digits=key))


def test_a_call_nobody_took_is_shown_as_not_heard(
    desk: Desk, told: Conversation, amina: User
) -> None:
    answer(told, amina)
    desk.work()
    (row,) = desk.outbound()
    Caller(desk, row.provider_ref).post(f"status/{row.pk}/", CallStatus="no-answer")
    desk.work()
    (row,) = desk.outbound()
    assert (row.state, row.problem) == ("failed", "no_answer")


def test_who_said_their_number_is_not_safe_is_not_rung(
    desk: Desk, told: Conversation, amina: User
) -> None:
    Caller(desk, "CA" + "3" * 32).press("callback", "2")
    desk.work()
    with pytest.raises(NotPossible):
        answer(told, amina)
