"""Words that a young person may write alone to steer us: commands, yes and no, numbers.

The lists are data (commands.json, shown.json), kept by people.
"""

import unicodedata
from functools import cache
from typing import Final

from django.utils.translation import get_language

from intake.words.data import read
from intake.words.spelling import normalised
from intake.words.variants import respelled, spelled

__all__ = ["command_of", "number_of", "read", "shown"]

_LONGEST: Final = 60  # characters; nothing longer is a command
_SPELT: Final = ("", "en", "hi-Latn", "fr")  # languages with lists of spellings


def command_of(text: str) -> str:
    """stop, delete, status, help, yes, no, keep, skip, language:<code>, or "" for anything else.

    Only when the word is the whole message, however it is spelt: "stop" asks us, "stop him" tells
    us something and belongs to the conversation.
    """
    if len(text) > _LONGEST:
        return ""
    said = normalised(text)
    found = (table.get(respelled(said, language)) for language, table in _commands().items())
    return next(filter(None, found), "")


def number_of(text: str) -> int | None:
    """The number that is the whole message, in any digits ("2", "२.", "٢", "2️⃣"); else None."""
    kept = "".join(letter for letter in text if unicodedata.category(letter)[0] in "LN")
    if not kept or len(kept) > 4 or not all(letter.isdecimal() for letter in kept):
        return None
    return int("".join(str(unicodedata.digit(letter)) for letter in kept))


def shown(command: str) -> str:
    """The word for a command that our texts show, in the active language; English else."""
    words = read("shown.json")
    active = (get_language() or "en").casefold()
    spoken = {code.casefold(): own for code, own in words.items()}
    return str(spoken.get(active, words["en"])[command])


@cache
def _commands() -> dict[str, dict[str, str]]:
    """By language, and "" for those whose lists are not told apart by spelling."""
    tables: dict[str, dict[str, str]] = {language: {} for language in _SPELT}
    for command, lists in read("commands.json").items():
        for language, words in lists.items():
            own = language if language in _SPELT else ""
            tables[own].update({spelled(word, own): command for word in words})
    return tables
