"""Words of danger are heard in every language, however they are spelt, and little else is."""

import json
from importlib.resources import files

import pytest

from accounts.models import Team
from intake import danger
from intake.models import Conversation, Risk
from intake.writing import raise_risk
from privacy.access import acting
from reference.reading import is_code
from tests import people


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("I don’t want to LIVE anymore", "self_harm_or_suicide"),
        ("i wanna dieeee", "self_harm_or_suicide"),
        ("thinking about suicide...", "self_harm_or_suicide"),
        ("He said he will kill me", "imminent_danger"),
        ("he is BLACKMAILING me", "ongoing_extortion"),
        ("मैं मरना चाहती हूँ", "self_harm_or_suicide"),
        ("वो मुझे मार डालेगा", "imminent_danger"),
        ("वह फ़ोटो वायरल कर देगा", "ongoing_extortion"),
        ("main marna chahti hu", "self_harm_or_suicide"),
        ("Jeena nahi chahta yaar", "self_harm_or_suicide"),
        ("bachao!!", "imminent_danger"),
        ("أُريدُ أن أموت", "self_harm_or_suicide"),
        ("سأنتحر الليلة", "self_harm_or_suicide"),
        ("هو يهددني", "ongoing_extortion"),
        ("J’ai envie de mourir", "self_harm_or_suicide"),
        ("il m'a enfermée", "imminent_danger"),
        ("c'est du chantage", "ongoing_extortion"),
    ],
)
def test_it_is_heard(text: str, flag: str) -> None:
    assert flag in {hit.flag for hit in danger.find(text)}


@pytest.mark.parametrize(
    "text",
    ["", "hello", "he has my picture", "नमस्ते", "مرحبا", "bonjour", "my skill is low", "dieting"],
)
def test_it_is_not_heard_in_other_words(text: str) -> None:
    assert danger.find(text) == []


def test_self_harm_is_danger_and_extortion_is_urgent() -> None:
    assert danger.level(danger.find("suicide, blackmail")) == Risk.DANGER
    assert danger.level(danger.find("blackmail")) == Risk.URGENT
    assert danger.level([]) == Risk.NORMAL


@pytest.mark.usefixtures("db")
def test_every_flag_of_the_lists_is_a_risk_flag() -> None:
    lists = json.loads(files("intake").joinpath("danger_words.json").read_text(encoding="utf-8"))
    assert set(lists) == {"en", "hi", "hi-Latn", "ar", "fr"}
    for flags in lists.values():
        assert set(flags) == set(danger.LEVELS)
    assert all(is_code("risk_flag", flag) for flag in danger.LEVELS)


def test_the_level_is_raised_and_never_lowered(team: Team) -> None:
    conversation = people.arrive("hello", team=team)
    with acting(part="intake"):
        raise_risk(conversation, risk=Risk.DANGER, flags={"imminent_danger": "en: suicide"})
        raise_risk(conversation, risk=Risk.NORMAL, flags={})
        raise_risk(conversation, risk=Risk.URGENT, flags={"ongoing_extortion": "en: blackmail"})
        found = Conversation.objects.get(pk=conversation.pk)
        assert found.risk == Risk.DANGER
