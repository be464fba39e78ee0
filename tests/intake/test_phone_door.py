"""A call: safe now, may we ring you back, a person in the queue; and an answer read out."""

import pytest

from accounts.models import User
from intake.models import InboundEvent
from intake.services import reply
from practice import twiml
from privacy.access import acting
from privacy.services import NotPossible
from tests.counterparts import ASHA_PHONE
from tests.intake.conftest import MARK, Desk

CALL = "CA" + "1" * 32
WITHHELD = ["anonymous", "Restricted", "+266696687", ""]


def call(desk: Desk, path: str, digits: str | None = None, **more: str) -> str:
    """One step of a call at our door; returns the TwiML."""
    form = {"CallSid": CALL, "From": ASHA_PHONE, "To": "+15005550006", "CallStatus": "in-progress"}
    form |= {"Digits": digits} if digits is not None else {}
    answer = desk.post(path, form | more)
    assert answer.status_code == 200
    return answer.content.decode()


def heard(document: str) -> str:
    return " ".join(one.text for one in twiml.walk(twiml.read(document)).heard)


def notices(desk: Desk) -> list[str]:
    return [notice for way, notice, _ in desk.said() if way == "in"]


def whole_call(desk: Desk, safe: str, back: str, **more: str) -> list[str]:
    return [
        heard(call(desk, "/hooks/phone/", **more)),
        heard(call(desk, "/hooks/phone/safe/", safe, **more)),
        heard(call(desk, "/hooks/phone/callback/", back, **more)),
    ]


def test_a_call_asks_two_things_and_becomes_a_conversation_to_ring_back(desk: Desk) -> None:
    hello, back, goodbye = whole_call(desk, "1", "1")
    assert "Are you safe right now?" in hello
    assert "safe to call this number" in back
    assert "112" not in back
    assert "Someone will call you" in goodbye
    desk.work()
    (conversation,) = desk.conversations()
    assert conversation.channel == "phone"
    assert conversation.waiting_since is not None
    assert notices(desk) == ["call_started", "safe_yes", "call_back_safe"]
    assert desk.world.ledger()["Call"] == []  # no machine rings anybody back


def test_not_safe_hears_the_numbers_digit_by_digit_and_goes_to_the_front(desk: Desk) -> None:
    _, numbers, _ = whole_call(desk, "2", "2")
    assert "1 1 2" in numbers
    desk.work()
    (conversation,) = desk.conversations()
    assert conversation.risk == "danger"
    assert notices(desk) == ["call_started", "safe_no", "call_back_unsafe"]


@pytest.mark.parametrize("key", ["", "9", "*"])
def test_another_key_or_silence_goes_on_with_the_next_question(desk: Desk, key: str) -> None:
    assert "safe to call" in heard(call(desk, "/hooks/phone/safe/", key))
    assert "will not call" in heard(call(desk, "/hooks/phone/callback/", key))
    desk.work()
    assert notices(desk) == ["no_key", "no_key"]


@pytest.mark.parametrize("caller", WITHHELD)
def test_a_hidden_number_is_taken_and_cannot_be_rung(desk: Desk, amina: User, caller: str) -> None:
    whole_call(desk, "1", "1", From=caller)
    desk.work()
    (conversation,) = desk.conversations()
    desk.give(conversation, amina)
    with pytest.raises(NotPossible), acting(user=amina):
        reply(conversation, text=MARK, by=amina)


def test_two_hidden_callers_are_two_people(desk: Desk) -> None:
    call(desk, "/hooks/phone/", From="anonymous")
    call(desk, "/hooks/phone/", From="anonymous", CallSid="CA" + "2" * 32)
    desk.work()
    assert len(desk.conversations()) == 2


def test_a_step_told_twice_is_one_notice(desk: Desk) -> None:
    for _ in range(2):
        call(desk, "/hooks/phone/")
    desk.work()
    assert notices(desk) == ["call_started"]


def test_who_said_their_number_is_not_safe_is_not_rung(desk: Desk, amina: User) -> None:
    whole_call(desk, "1", "2")
    desk.work()
    (conversation,) = desk.conversations()
    desk.give(conversation, amina)
    with pytest.raises(NotPossible), acting(user=amina):
        reply(conversation, text=MARK, by=amina)


@pytest.mark.parametrize(
    "path",
    ["/hooks/phone/", "/hooks/phone/safe/", "/hooks/phone/callback/", "/hooks/phone/status/"],
)
def test_an_unsigned_step_is_refused(desk: Desk, path: str) -> None:
    assert desk.post_raw(path, {"CallSid": CALL, "From": ASHA_PHONE}).status_code == 403
    assert not InboundEvent.objects.exists()


@pytest.mark.parametrize("path", ["/hooks/phone/", "/hooks/phone/safe/", "/hooks/phone/callback/"])
def test_a_step_without_a_call_is_refused(desk: Desk, path: str) -> None:
    assert desk.post(path, {"From": ASHA_PHONE}).status_code == 400


def test_the_end_of_their_call_is_heard_and_nothing_more(desk: Desk) -> None:
    call(desk, "/hooks/phone/status/")
    assert not InboundEvent.objects.exists()


def test_an_answer_is_read_out_to_whoever_asks_for_it(desk: Desk, amina: User) -> None:
    whole_call(desk, "1", "1")
    desk.work()
    (conversation,) = desk.conversations()
    desk.give(conversation, amina)
    with acting(user=amina):
        reply(conversation, text=f"We found a way. {MARK}", by=amina)
    desk.work()
    (ringing,) = desk.world.calls()
    assert (ringing["called"], ringing["direction"]) == (ASHA_PHONE, "outbound-api")
    answered = desk.world.act(ringing["id"], "answer")
    first_words = answered["said"][0]["text"]
    assert MARK not in first_words
    assert "press 1" in first_words
    (row,) = desk.outbound()
    path = f"/hooks/phone/answer/{row.pk}/"
    assert MARK in heard(call(desk, path, "1", CallSid=ringing["id"]))
    desk.work()
    (row,) = desk.outbound()
    assert (row.state, row.provider_ref) == ("read", ringing["id"])


def test_whoever_does_not_ask_for_the_answer_does_not_hear_it(desk: Desk, amina: User) -> None:
    whole_call(desk, "1", "1")
    desk.work()
    (conversation,) = desk.conversations()
    desk.give(conversation, amina)
    with acting(user=amina):
        reply(conversation, text=f"We found a way. {MARK}", by=amina)
    (row,) = desk.outbound()
    for key in ("", "2"):
        assert MARK not in heard(call(desk, f"/hooks/phone/answer/{row.pk}/", key))


def test_a_call_nobody_took_is_shown_as_not_heard(desk: Desk, amina: User) -> None:
    whole_call(desk, "1", "1")
    desk.work()
    (conversation,) = desk.conversations()
    desk.give(conversation, amina)
    with acting(user=amina):
        reply(conversation, text=MARK, by=amina)
    desk.work()
    (row,) = desk.outbound()
    call(desk, f"/hooks/phone/status/{row.pk}/", CallSid=row.provider_ref, CallStatus="no-answer")
    desk.work()
    (row,) = desk.outbound()
    assert (row.state, row.problem) == ("failed", "no_answer")
