"""Words that a young person may write alone to steer us: commands, yes and no, numbers.

The lists are data (commands.json, shown.json), kept by people.
"""

import json
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any, Final

from django.utils.translation import get_language

from intake.words.spelling import normalised

_LONGEST: Final = 60  # characters; nothing longer is a command


def command_of(text: str) -> str:
    """stop, delete, status, help, yes, no, keep, skip, language:<code>, or "" for anything else.

    Only when the word is the whole message, however it is spelt: "stop" asks us, "stop him" tells
    us something and belongs to the conversation.
    """
    return "" if len(text) > _LONGEST else _commands().get(normalised(text), "")


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


def read(name: str) -> Any:
    """One of this folder's lists."""
    return _read(name)


@cache
def _read(name: str) -> Any:
    return json.loads(files("intake.words").joinpath(name).read_text(encoding="utf-8"))


@cache
def _commands() -> dict[str, str]:
    return {
        normalised(word): command
        for command, languages in read("commands.json").items()
        for words in languages.values()
        for word in words
    }
