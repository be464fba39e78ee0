"""Spellings of one language made one: short ones, wrong ones, and what a keyboard suggests."""

from functools import cache
from typing import Final

from intake.words.data import read
from intake.words.spelling import normalised

_MOST_WORDS: Final = 2  # in one spelling of the list, such as "my self"


def spelled(text: str, language: str) -> str:
    """Normalised, with the known spellings of a word in this language made one."""
    return respelled(normalised(text), language)


def respelled(said: str, language: str) -> str:
    """The same for a text that is normalised already."""
    table = _table(language)
    if not table:
        return said
    words: list[str] = []
    rest = said.split()
    at = 0
    while at < len(rest):
        size = _MOST_WORDS if " ".join(rest[at : at + _MOST_WORDS]) in table else 1
        spelt = " ".join(rest[at : at + size])
        words.append(table.get(spelt, spelt))
        at += size
    return f" {' '.join(words)} "


@cache
def _table(language: str) -> dict[str, str]:
    lists: dict[str, list[str]] = read("spellings.json").get(language, {})
    return {
        normalised(other).strip(): normalised(word).strip()
        for word, others in lists.items()
        for other in others
        if normalised(other) != normalised(word)
    }
