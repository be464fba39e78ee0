"""I1: what a locked screen shows of a text of ours tells a stranger nothing."""

import json
import os
import re
from pathlib import Path

import pytest

from intake import languages
from tests.wording.every_text import every_text
from tests.wording.test_banned import whole_words

HERE = Path(__file__).parent
SNAPSHOT = HERE / "first_words.json"
SHOWN = 100  # characters
ADDRESS = re.compile(r"https?:|www\.|\b\w+\.(?:org|com|in|net)\b|@", re.IGNORECASE)
LONG_NUMBER = re.compile(r"\d{3,}")  # a telephone number or the code of a case
EMERGENCY = re.compile(r"\b112\b")


def first_words() -> dict[str, dict[str, str]]:
    return {
        code: {name: text[:SHOWN] for name, text in every_text(code).items()}
        for code in languages.OWN
    }


@pytest.mark.parametrize("code", languages.OWN)
def test_i1_first_words_name_nobody_and_nothing(code: str) -> None:
    lists = json.loads((HERE / "never_first.json").read_text(encoding="utf-8"))
    told = whole_words([*lists[code], *lists["en"]])
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
    lists = json.loads((HERE / "never_first.json").read_text(encoding="utf-8"))
    assert whole_words(lists[code]).search(text)
