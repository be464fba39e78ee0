"""What a locked screen may not show (I1): the first words of a text, read as a stranger would."""

import re
from functools import cache
from typing import Final

from intake.words.data import read

SHOWN: Final = 100  # characters of a message that a locked phone shows
_LETTERS: Final = r"[\w\u0900-\u097f]"
_ADDRESS: Final = re.compile(r"https?:\S*|www\.\S*|\S+@\S+|\b\w+\.(?:org|com|net|in)\b", re.I)
_NUMBER: Final = re.compile(r"\d[\d \-]*\d{2,}")  # a telephone number, the code of a case
_EMERGENCY: Final = re.compile(r"\b1\d\d\b")  # short lines that anybody may call


def telling(text: str, language: str) -> str:
    """What in the first words would tell a stranger; empty when nothing does.

    English words are looked for in every language, because they are borrowed.
    """
    shown = text[:SHOWN]
    found = (
        _words(language).search(shown)
        or _ADDRESS.search(shown)
        or _NUMBER.search(_EMERGENCY.sub("", shown))
    )
    return found.group() if found else ""


@cache
def _words(language: str) -> re.Pattern[str]:
    lists: dict[str, list[str]] = read("never_first.json")
    return whole_words([*lists.get(language, []), *lists["en"]])


def whole_words(phrases: list[str]) -> re.Pattern[str]:
    """Any of the phrases, in any case, between things that are no letters of a word."""
    spoken = "|".join(re.escape(phrase) for phrase in phrases)
    return re.compile(rf"(?<!{_LETTERS})(?:{spoken})(?!{_LETTERS})", re.IGNORECASE)
