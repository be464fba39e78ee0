"""The automatic first steps: few, gentle, in order, and silent once a person is there."""

import re

import pytest

from accounts.models import User
from intake import texts
from intake.away import numbers_to_call
from intake.flags import read_flags
from intake.models import Conversation
from intake.services import reply
from privacy.access import acting
from tests.counterparts import ASHA
from tests.intake.conftest import MARK, Desk

BANNED = re.compile(
    r"helpline|amaan|abuse|police|report|case|victim|child|sex|http|www|\d{3}|confidential", re.I
)


def automatic(desk: Desk) -> list[str]:
    return [notice for way, notice, _ in desk.said() if way == "out"]


def test_first_hello_and_safe_now_then_what_we_keep(desk: Desk) -> None:
    desk.whatsapp(ASHA, f"someone has my picture {MARK}")
    desk.work()
    (hello,) = desk.world.messages_to(ASHA)
    assert "not alone" in hello["body"]
    assert "Are you safe right now?" in hello["body"]
    assert "2 हिन्दी" in hello["body"]
    desk.whatsapp(ASHA, f"yes {MARK}")
    desk.work()
    limits = desk.world.messages_to(ASHA)[-1]
    assert "how we keep" in limits["body"]
    desk.whatsapp(ASHA, f"he wants more {MARK}")
    desk.work()
    assert automatic(desk) == ["hello", "limits"]


@pytest.mark.parametrize("answer", ["no", "NO!", "Nahi", "नहीं", "لا", "non"])
def test_not_safe_brings_the_numbers_to_call_and_the_front_of_the_queue(
    desk: Desk, answer: str
) -> None:
    desk.whatsapp(ASHA, f"hi {MARK}")
    desk.work()
    desk.whatsapp(ASHA, answer)
    desk.work()
    assert automatic(desk) == ["hello", "danger"]
    (conversation,) = desk.conversations()
    assert conversation.risk == "danger"
    assert "112" in desk.world.messages_to(ASHA)[-1]["body"]


def test_words_of_danger_stop_the_steps_at_once_and_are_answered_once(desk: Desk) -> None:
    desk.whatsapp(ASHA, f"i want to die {MARK}")
    desk.whatsapp(ASHA, f"i want to kill myself {MARK}")
    desk.work()
    assert automatic(desk) == ["danger"]
    (conversation,) = desk.conversations()
    assert (conversation.risk, conversation.step) == ("danger", Conversation.Step.STOPPED)
    with acting(part="intake"):
        assert read_flags(conversation) == {"self_harm_or_suicide": "en: want to die"}
    assert "14416" in desk.world.messages_to(ASHA)[-1]["body"]


def test_a_human_answer_ends_the_automatic_steps(desk: Desk, amina: User) -> None:
    desk.whatsapp(ASHA, f"hello {MARK}")
    desk.work()
    (conversation,) = desk.conversations()
    desk.give(conversation, amina)
    with acting(user=amina):
        reply(conversation, text=f"I am here. {MARK}", by=amina)
    desk.whatsapp(ASHA, f"thank you {MARK}")
    desk.work()
    assert automatic(desk) == ["hello", ""]
    assert desk.world.messages_to(ASHA)[-1]["body"] == f"I am here. {MARK}"


@pytest.mark.parametrize("digit", ["2", "२", "٢"])
def test_a_lone_number_chooses_the_language_in_any_digits(desk: Desk, digit: str) -> None:
    desk.whatsapp(ASHA, f"namaste {MARK}")
    desk.work()
    desk.whatsapp(ASHA, digit)
    desk.work()
    (conversation,) = desk.conversations()
    assert conversation.language == "hi"


def test_a_voice_note_has_its_own_answer() -> None:
    assert "cannot hear" in texts.media("audio")
    assert "taken down" in texts.media("image")
    assert "cannot open" in texts.media("document")


@pytest.mark.usefixtures("db")
def test_the_first_words_are_safe_on_a_phone_that_others_see() -> None:
    sentences = [
        texts.hello(),
        texts.limits(),
        texts.danger(numbers_to_call(), "en"),
        texts.media("image"),
        texts.media("audio"),
        texts.media("document"),
        texts.link("own_link", {"link": "https://x.example"}),
        texts.mail_subject(),
        texts.call_hello(),
        texts.answer_hello(),
    ]
    assert [text for text in sentences if BANNED.search(text[:100])] == []
