"""I1: what a locked screen shows of a text of ours tells a stranger nothing."""

import json
import os
import re
from importlib.resources import files
from pathlib import Path

import pytest

from intake import languages, texts
from intake.words.telling import telling, whole_words
from tests.wording.every_text import ON_A_PAGE, every_text

HERE = Path(__file__).parent
SNAPSHOT = HERE / "first_words.json"
SHOWN = 100  # characters
ADDRESS = re.compile(r"https?:|www\.|\b\w+\.(?:org|com|in|net)\b|@", re.IGNORECASE)
LONG_NUMBER = re.compile(r"\d{3,}")  # a telephone number or the code of a case
EMERGENCY = re.compile(r"\b112\b")
LISTS = json.loads(files("intake.words").joinpath("never_first.json").read_text(encoding="utf-8"))


def first_words() -> dict[str, dict[str, str]]:
    return {
        code: {
            name: text[:SHOWN]
            for name, text in every_text(code).items()
            if name.split()[0] not in ON_A_PAGE
        }
        for code in languages.OWN
    }


@pytest.mark.parametrize("code", languages.OWN)
def test_i1_first_words_name_nobody_and_nothing(code: str) -> None:
    told = whole_words([*LISTS[code], *LISTS["en"]])
    for name, shown in first_words()[code].items():
        assert not told.search(shown), (name, shown)
        assert not ADDRESS.search(shown), (name, shown)
        assert not LONG_NUMBER.search(EMERGENCY.sub("", shown)), (name, shown)


def test_i1_first_words_are_those_a_person_looked_at() -> None:
    """Changed a text? Look at each first line again, then write them anew with WRITE=1."""
    if os.environ.get("WRITE") == "1":
        lines = json.dumps(first_words(), ensure_ascii=False, indent=1, sort_keys=True)
        SNAPSHOT.write_text(lines + "\n", encoding="utf-8")
    assert first_words() == json.loads(SNAPSHOT.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "Your report was received"),
        ("en", "Amaan: there is an answer"),
        ("hi", "आपकी रिपोर्ट मिल गई"),
        ("ar", "وصل بلاغ جديد"),
        ("fr", "Ton signalement est bien arrivé"),
    ],
)
def test_i1_the_list_does_find_what_it_is_for(code: str, text: str) -> None:
    assert whole_words(LISTS[code]).search(text)
    assert telling(text, code)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Call us on 98765 43210", "98765 43210"),
        ("See https://there.example/x", "https://there.example/x"),
        ("Case 20231", "Case"),
        ("We are still here. If you need someone now, call 112.", ""),
        ("There is a new answer for you." + " " * 80 + "Call the police.", ""),
    ],
)
def test_i1_a_text_that_a_person_writes_down_is_looked_at_too(text: str, told: str) -> None:
    assert telling(text, "en") == told


@pytest.mark.parametrize("code", languages.OWN)
def test_i1_texts_to_have_approved_are_safe(code: str) -> None:
    with languages.speaking(code):
        offered = [texts.template(one) for one in texts.template_codes()]
    assert [telling(text, code) for text in offered] == [""] * len(offered)
