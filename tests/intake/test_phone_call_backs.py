"""Calling back: what they wish, a counsellor's own telephone first, and what came of it."""

import pytest
from django.test import Client

from accounts.models import User
from cases.models import Case
from cases.tasks import triage_waiting
from intake import call_backs, registry
from intake.models import CallBack, Conversation, LiveCall, OutboundMessage
from privacy.access import NotAllowed, acting
from privacy.services import NotPossible
from tests.counterparts import ASHA_PHONE
from tests.intake import calling
from tests.intake.calling import LEG, NUMBERS, OURS, Caller, give_telephone, heard, notices
from tests.intake.conftest import Desk

WISHES = '{"if_other": "wrong", "safe": "yes", "when": "evening"}'


def ask(desk: Desk, safe: str = "1", when: str = "3", others: str = "2") -> Caller:
    """Asha finds nobody, and asks to be called back."""
    caller = Caller(desk)
    caller.ring()
    caller.press("callback", safe)
    if safe != "2":
        caller.press("when", when)
        caller.press("others", others)
    desk.work()
    return caller


def held(desk: Desk, person: User) -> Conversation:
    (conversation,) = desk.conversations()
    desk.give(conversation, person)
    return conversation


def call_them(conversation: Conversation, by: User, key: str = "k") -> None:
    with acting(user=by):
        call_backs.call_them(conversation, client_key=key, by=by)


def back() -> CallBack:
    with acting(part="intake"):
        return CallBack.objects.get()


def from_colleague(desk: Desk, path: str, **more: str) -> str:
    """A request from the counsellor's own line."""
    form = {"CallSid": LEG, "From": OURS, "To": NUMBERS["amina"], "CallStatus": "in-progress"}
    answer = desk.post(f"/hooks/phone/back/{back().pk}/{path}", form | more)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def asked(desk: Desk, amina: User) -> Conversation:
    give_telephone(amina)
    ask(desk)
    return held(desk, amina)


def test_what_they_wish_is_kept_sealed_with_a_line_for_each_answer(desk: Desk) -> None:
    ask(desk)
    assert calling.call_backs() == [("asked", WISHES)]
    assert notices(desk) == ["call_started", "call_back_safe", "when_evening", "others_wrong"]
    with acting(part="intake"):
        (row,) = CallBack.objects.values()
    assert "evening" not in str(row)


def test_silence_is_the_careful_answer(desk: Desk) -> None:
    ask(desk, safe="", when="", others="")
    assert calling.call_backs() == [
        ("asked", '{"if_other": "silent", "safe": "unknown", "when": "any"}')
    ]


def test_who_says_not_safe_is_not_called_and_takes_back_an_earlier_wish(
    desk: Desk, amina: User, asked: Conversation
) -> None:
    other = Caller(desk, "CA" + "4" * 32)
    assert "We will not call this number" in other.press("callback", "2")
    desk.work()
    assert calling.call_backs() == [("given_up", WISHES)]
    with pytest.raises(NotPossible):
        call_them(asked, amina)


def test_the_counsellor_is_rung_first_and_presses_1_to_be_connected(
    desk: Desk, amina: User, asked: Conversation
) -> None:
    call_them(asked, amina)
    desk.work()
    (ringing,) = desk.world.calls()
    assert (ringing["called"], ringing["caller"]) == (NUMBERS["amina"], OURS)
    answered = desk.world.act(ringing["id"], "answer")
    assert "press 1" in answered["said"][0]["text"]
    assert ASHA_PHONE not in str(answered)
    document = from_colleague(desk, "", Digits="1")
    assert f">{ASHA_PHONE}<" in document
    assert 'callerId="+15005550006"' in document
    assert LiveCall.objects.get(outgoing=True).ringing_id == amina.pk


def test_without_the_key_nobody_is_rung(desk: Desk, amina: User, asked: Conversation) -> None:
    call_them(asked, amina)
    assert ASHA_PHONE not in from_colleague(desk, "", Digits="")
    from_colleague(desk, "status/", CallStatus="completed")
    desk.work()
    assert notices(desk)[-1] == "called_back_not_made"
    assert back().state == "asked"


@pytest.mark.parametrize(
    ("result", "notice", "state"),
    [
        ("completed", "called_back_reached", "done"),
        ("busy", "called_back_busy", "asked"),
        ("no-answer", "called_back_unanswered", "asked"),
    ],
)
@pytest.mark.usefixtures("asked")
def test_what_came_of_it_becomes_a_line(
    desk: Desk, amina: User, result: str, notice: str, state: str
) -> None:
    call_them(desk.conversations()[0], amina)
    from_colleague(desk, "", Digits="1")
    for _ in range(2):  # told twice, counted once
        from_colleague(desk, "ended/", DialCallStatus=result)
    from_colleague(desk, "status/", CallStatus="completed")
    desk.work()
    assert notices(desk)[-1] == notice
    assert (back().state, back().tries) == (state, 1)
    assert LiveCall.objects.get(outgoing=True).state == "ended"


def test_where_nobody_knows_whether_it_is_safe_one_try_is_made(desk: Desk, amina: User) -> None:
    give_telephone(amina)
    ask(desk, safe="3")
    conversation = held(desk, amina)
    call_them(conversation, amina)
    from_colleague(desk, "", Digits="1")
    from_colleague(desk, "ended/", DialCallStatus="no-answer")
    desk.work()
    assert back().state == "given_up"
    with pytest.raises(NotPossible, match="tried once"):
        call_them(conversation, amina, key="again")


def test_pressing_the_button_twice_rings_once(desk: Desk, amina: User, asked: Conversation) -> None:
    for _ in range(2):
        call_them(asked, amina)
    desk.work()
    assert len(desk.world.calls()) == 1


def test_outside_safe_hours_it_is_refused_also_between_button_and_key(
    desk: Desk, amina: User, asked: Conversation
) -> None:
    def not_now(_conversation: Conversation) -> None:
        raise NotPossible("not now")

    call_them(asked, amina)
    registry.before_reply.append(not_now)
    assert ASHA_PHONE not in from_colleague(desk, "", Digits="1")
    with pytest.raises(NotPossible, match="not now"):
        call_them(asked, amina, key="again")


def test_without_a_telephone_of_ones_own_it_is_said_where_to_write_it(
    desk: Desk, amina: User
) -> None:
    ask(desk)
    with pytest.raises(NotPossible, match="your page"):
        call_them(held(desk, amina), amina)


def test_ben_who_does_not_hold_it_cannot_call(desk: Desk, ben: User, asked: Conversation) -> None:
    give_telephone(ben)
    with pytest.raises(NotAllowed):
        call_them(asked, ben)
    desk.work()
    assert desk.world.calls() == []


def test_a_call_that_could_not_be_begun_is_told(
    desk: Desk, amina: User, asked: Conversation
) -> None:
    desk.world.misbehave("calls", "error", code=21211)
    call_them(asked, amina)
    desk.work()
    with acting(part="delivery"):
        assert OutboundMessage.objects.get().state == "failed"
    assert notices(desk)[-1] == "called_back_not_made"


def test_the_case_page_shows_the_wishes_and_rings(desk: Desk, amina: User, client: Client) -> None:
    give_telephone(amina)
    ask(desk)
    triage_waiting()
    with acting(part="assignment"):
        case = Case.objects.get()
    client.force_login(amina, backend="accounts.backends.PasswordBackend")
    if case.holder_id != amina.pk:
        pytest.fail("amina is the only counsellor here")
    page = client.get(f"/cases/{case.pk}/").content.decode()
    assert "in the evening" in page
    assert "say that it is a wrong number" in page
    assert ASHA_PHONE not in page
    form = {"conversation": str(desk.conversations()[0].pk), "client_key": "k"}
    assert client.post(f"/cases/{case.pk}/call/", form).status_code == 302
    desk.work()
    assert desk.world.calls()[-1]["called"] == NUMBERS["amina"]


def test_a_second_step_hears_no_number_in_any_document_of_the_counsellor(
    desk: Desk, amina: User, asked: Conversation
) -> None:
    call_them(asked, amina)
    for path, more in (("", {"Digits": "2"}), ("ended/", {"DialCallStatus": "busy"})):
        assert ASHA_PHONE not in from_colleague(desk, path, **more)
    assert heard(from_colleague(desk, "status/", CallStatus="completed")) == ""
