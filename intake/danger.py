"""Words of danger, in every language we read: they raise a conversation's risk and never lower it.

The lists are data (danger_words.json, words/), kept by people. A hit is a reason to look, not a
finding.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from intake.models import Risk
from intake.words import read
from intake.words.phrases import Phrases
from intake.words.spelling import normalised
from intake.words.variants import respelled, spelled

__all__ = ["LEVELS", "Hit", "find", "level", "normalised", "own_thoughts"]

# The level each flag of the lists raises to. Flag codes are those of the `risk_flag` list.
LEVELS: Final = {
    "self_harm_or_suicide": Risk.DANGER,
    "imminent_danger": Risk.DANGER,
    "ongoing_extortion": Risk.URGENT,
}
_BEFORE: Final = 3  # words before a phrase in which "he said" makes it somebody else's


@dataclass(frozen=True)
class Hit:
    """One phrase of a list that was found: its flag and the entry, as "language: phrase"."""

    flag: str
    entry: str


def find(text: str) -> list[Hit]:
    """Every phrase of the lists that stands in the text, in any language, however it is spelt."""
    heard = normalised(text)
    found = (hit for language in _phrases() for hit in _in_language(heard, language))
    return list(dict.fromkeys(found))


def level(hits: list[Hit]) -> Risk:
    """The highest level that the hits raise to."""
    levels = {LEVELS[hit.flag] for hit in hits}
    return next((one for one in (Risk.DANGER, Risk.URGENT) if one in levels), Risk.NORMAL)


def own_thoughts(text: str) -> bool:
    """Whether somebody seems to write of their own sexual thoughts about children.

    They are offered the prevention pathway, and a person decides. What "he said" is not theirs.
    """
    heard = normalised(text)
    for language, (phrases, reported) in _own().items():
        said = respelled(heard, language)
        for _kind, _phrase, match in phrases.found(said):
            if reported.isdisjoint(said[: match.start()].split()[-_BEFORE:]):
                return True
    return False


def _in_language(heard: str, language: str) -> list[Hit]:
    """The phrases of one language; looked for again without its sayings when there are any."""
    said = respelled(heard, language)
    hits = _hits(said, language)
    if not hits:
        return []
    unsaid = said
    for _kind, phrase, _match in _idioms()[language].found(said):
        unsaid = phrase.pattern.sub(" ~ ", unsaid)
    return hits if unsaid == said else _hits(unsaid, language)


def _hits(said: str, language: str) -> list[Hit]:
    return [
        Hit(flag, f"{language}: {phrase.read_back(match.group())}")
        for flag, phrase, match in _phrases()[language].found(said)
    ]


@cache
def _phrases() -> dict[str, Phrases]:
    lists = json.loads(files("intake").joinpath("danger_words.json").read_text(encoding="utf-8"))
    return {language: Phrases(language, flags) for language, flags in lists.items()}


@cache
def _idioms() -> dict[str, Phrases]:
    """Sayings that hold a phrase of the lists and mean no harm ("i could die laughing")."""
    lists = read("idioms.json")
    return {language: Phrases(language, {"": lists.get(language, [])}) for language in _phrases()}


@cache
def _own() -> dict[str, tuple[Phrases, frozenset[str]]]:
    """Per language: the phrases of own_thoughts.json, and its words for "said"."""
    made = {}
    for language, lists in read("own_thoughts.json").items():
        children = f"({'|'.join(lists['child'])})"
        entries = [phrase.replace("{child}", children) for phrase in lists["phrases"]]
        reported = frozenset(spelled(word, language).strip() for word in lists["reported"])
        made[language] = (Phrases(language, {"": entries}), reported)
    return made
