"""A call: a person by one key, the language, safe now, and what of it is kept."""

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from intake.models import InboundEvent, LiveCall
from intake.services import reply
from practice import twiml
from privacy.access import acting
from privacy.services import NotPossible
from tests.counterparts import ASHA_PHONE
from tests.intake.calling import CALL, LEG, Caller, call_backs, give_telephone, heard, notices, stop
from tests.intake.conftest import MARK, Desk

WITHHELD = ["anonymous", "Restricted", "+266696687", ""]
STEPS = ["", "language/", "safe/", "hold/", "offer/", "callback/", "when/", "others/", "again/"]


@pytest.fixture
def caller(desk: Desk) -> Caller:
    return Caller(desk)


def test_the_first_words_name_nobody_and_offer_a_person_by_one_key(caller: Caller) -> None:
    first = caller.ring()
    assert first.startswith("Hello. You are not alone. To talk to a person, press 0 at any time.")
    assert "helpline" not in first.lower()
    assert caller.number not in caller.document


def test_the_languages_are_offered_each_in_its_own_voice(caller: Caller) -> None:
    caller.ring()
    spoken = [one.language for one in twiml.walk(twiml.read(caller.document)).heard]
    assert spoken == ["en-IN", "en-IN", "hi-IN", "arb", "fr-FR", "hi-IN"]


@pytest.mark.parametrize("key", ["0", ""])
def test_zero_or_silence_reaches_a_person_without_another_question(
    caller: Caller, amina: User, key: str
) -> None:
    give_telephone(amina)
    caller.ring()
    caller.press("language", key)
    assert caller.rings == "+12025550101"


def test_a_language_once_chosen_is_spoken_and_kept(caller: Caller, desk: Desk) -> None:
    caller.ring()
    caller.press("language", "4")
    (line,) = twiml.walk(twiml.read(caller.document)).heard
    assert line.language == "fr-FR"
    desk.work()
    (conversation,) = desk.conversations()
    assert (conversation.language, conversation.language_from) == ("fr", "chosen")


def test_a_language_without_texts_of_ours_is_spoken_in_the_closest(
    caller: Caller, desk: Desk
) -> None:
    caller.ring()
    caller.press("language", "5")
    (line,) = twiml.walk(twiml.read(caller.document)).heard
    assert line.language == "hi-IN"
    desk.work()
    assert desk.conversations()[0].language == "mr"


def test_not_safe_hears_the_numbers_digit_by_digit_and_goes_straight_to_a_person(
    caller: Caller, desk: Desk, amina: User
) -> None:
    give_telephone(amina)
    caller.ring()
    caller.press("language", "1")
    numbers = caller.press("safe", "2")
    assert "1 1 2" in numbers
    assert stop(caller.document) == "redirect"
    caller.press("hold", "")
    assert caller.rings == "+12025550101"
    assert caller.live.danger
    desk.work()
    (conversation,) = desk.conversations()
    assert conversation.risk == "danger"


@pytest.mark.parametrize(
    ("key", "notice"), [("1", "safe_yes"), ("3", "safe_unsure"), ("9", "no_key"), ("", "no_key")]
)
def test_any_other_answer_goes_on_to_a_person(
    caller: Caller, desk: Desk, amina: User, key: str, notice: str
) -> None:
    give_telephone(amina)
    caller.to_queue(safe=key)
    assert caller.rings
    desk.work()
    assert notices(desk) == ["call_started", "language_chosen", notice, "call_queued"]


@pytest.mark.parametrize("number", WITHHELD)
def test_g8_a_hidden_number_is_taken_and_cannot_be_rung(
    desk: Desk, amina: User, number: str
) -> None:
    caller = Caller(desk, number=number)
    caller.to_queue()
    assert "cannot see your number" in heard(caller.document)
    desk.work()
    (conversation,) = desk.conversations()
    desk.give(conversation, amina)
    with pytest.raises(NotPossible), acting(user=amina):
        reply(conversation, text=MARK, by=amina)
    assert call_backs() == []


def test_two_hidden_callers_are_two_people(desk: Desk) -> None:
    Caller(desk, number="anonymous").ring()
    Caller(desk, "CA" + "2" * 32, number="anonymous").ring()
    desk.work()
    assert len(desk.conversations()) == 2


def test_a_step_told_twice_is_one_notice_and_says_the_same(caller: Caller, desk: Desk) -> None:
    caller.ring()
    assert caller.press("language", "1") == caller.press("language", "1")
    assert caller.press("safe", "3") == caller.press("safe", "3")
    desk.work()
    assert notices(desk).count("call_started") == 1
    assert notices(desk).count("safe_unsure") == 1
    assert LiveCall.objects.count() == 1


@pytest.mark.parametrize("step", STEPS)
def test_a_step_out_of_order_still_answers_and_is_kept(
    caller: Caller, desk: Desk, step: str
) -> None:
    caller.post(step, Digits="1")
    desk.work()
    assert len(desk.conversations()) <= 1
    assert LiveCall.objects.count() == 1


def test_what_comes_after_the_end_rings_nobody(caller: Caller, amina: User) -> None:
    give_telephone(amina)
    caller.to_queue()
    caller.hang_up()
    for step in STEPS[1:]:
        caller.post(step, Digits="0")
        assert not caller.rings
    assert caller.live.state == "ended"


@pytest.mark.parametrize("step", [*STEPS, "status/", "dialled/"])
def test_an_unsigned_step_is_refused(desk: Desk, step: str) -> None:
    form = {"CallSid": CALL, "From": ASHA_PHONE}
    assert desk.post_raw(f"/hooks/phone/{step}", form).status_code == 403
    assert not InboundEvent.objects.exists()
    assert not LiveCall.objects.exists()


@pytest.mark.parametrize("step", [*STEPS, "status/"])
def test_a_step_without_a_call_is_refused(desk: Desk, step: str) -> None:
    assert desk.post(f"/hooks/phone/{step}", {"From": ASHA_PHONE}).status_code == 400


def test_g8_the_callers_number_is_kept_encrypted_only(caller: Caller, desk: Desk) -> None:
    caller.to_queue()
    desk.work()
    rows = str(list(InboundEvent.objects.values())) + str(list(LiveCall.objects.values()))
    assert ASHA_PHONE not in rows
    assert ASHA_PHONE.lstrip("+") not in rows
    assert LEG not in rows


def test_while_the_master_key_is_away_the_call_goes_on_and_is_stored(
    caller: Caller, amina: User, settings: Settings
) -> None:
    give_telephone(amina)
    settings.AMAAN_MASTER_KEY_FILE = "/nowhere/master.key"
    assert "next" in caller.to_queue()
    assert not caller.rings
    assert "safe to call" in caller.press("hold", "5")
    assert "good time" in caller.press("callback", "1")
    assert InboundEvent.objects.filter(state="waiting").count() == 5


def test_while_the_database_is_away_the_provider_is_told_to_fall_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        from django.db import OperationalError  # noqa: PLC0415

        raise OperationalError("away")

    monkeypatch.setattr("intake.calls.receive", gone)
    desk.client = Client(raise_request_exception=False)
    form = {"CallSid": CALL, "From": ASHA_PHONE}
    assert desk.post("/hooks/phone/", form).status_code >= 500
    assert not LiveCall.objects.exists()
