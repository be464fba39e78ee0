"""Words of danger, in every language we read: they raise a conversation's risk and never lower it.

The lists are data (danger_words.json, words/), kept by people. A hit is a reason to look, not a
finding.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from intake.models import Risk
from intake.words import read
from intake.words.spelling import normalised
from intake.words.variants import respelled, spelled

__all__ = ["LEVELS", "Hit", "find", "level", "normalised", "own_thoughts"]

# The level each flag of the lists raises to. Flag codes are those of the `risk_flag` list.
LEVELS: Final = {
    "self_harm_or_suicide": Risk.DANGER,
    "imminent_danger": Risk.DANGER,
    "ongoing_extortion": Risk.URGENT,
}
# Written together with the next word in Arabic: and, so, will, with, to.
_ARABIC_PREFIXES: Final = ("", "و", "ف", "س", "ب", "ل")
_GAP: Final = r"(?:[^ ]+ ){0,3}"  # what `~` stands for in own_thoughts.json
_BEFORE: Final = 3  # words before a phrase in which "he said" makes it somebody else's


@dataclass(frozen=True)
class Hit:
    """One phrase of a list that was found: its flag and the entry, as "language: phrase"."""

    flag: str
    entry: str


def find(text: str) -> list[Hit]:
    """Every phrase of the lists that stands in the text, in any language, however it is spelt."""
    hits = []
    heard = normalised(text)
    for language, phrases in _phrases().items():
        said = respelled(heard, language)
        for idiom in _idioms(language):
            said = said.replace(idiom, " ~ ")
        hits += [hit for phrase, hit in phrases if phrase in said]
    return hits


def level(hits: list[Hit]) -> Risk:
    """The highest level that the hits raise to."""
    levels = {LEVELS[hit.flag] for hit in hits}
    return next((one for one in (Risk.DANGER, Risk.URGENT) if one in levels), Risk.NORMAL)


def own_thoughts(text: str) -> bool:
    """Whether somebody seems to write of their own sexual thoughts about children.

    They are offered the prevention pathway, and a person decides. What "he said" is not theirs.
    """
    heard = normalised(text)
    for language, (pattern, reported) in _own().items():
        said = respelled(heard, language)
        for found in pattern.finditer(said):
            if reported.isdisjoint(said[: found.start()].split()[-_BEFORE:]):
                return True
    return False


@cache
def _phrases() -> dict[str, list[tuple[str, Hit]]]:
    lists = json.loads(files("intake").joinpath("danger_words.json").read_text(encoding="utf-8"))
    return {
        language: [
            (f" {prefix}{spelled(phrase, language)[1:]}", Hit(flag, f"{language}: {phrase}"))
            for flag, phrases in flags.items()
            for phrase in phrases
            for prefix in (_ARABIC_PREFIXES if language == "ar" else ("",))
        ]
        for language, flags in lists.items()
    }


@cache
def _idioms(language: str) -> list[str]:
    """Sayings that hold a phrase of the lists and mean no harm ("i could die laughing")."""
    return [spelled(idiom, language) for idiom in read("idioms.json").get(language, [])]


@cache
def _own() -> dict[str, tuple[re.Pattern[str], frozenset[str]]]:
    """Per language: the phrases of own_thoughts.json as one pattern, and its words for "said"."""
    made = {}
    for language, lists in read("own_thoughts.json").items():
        children = "|".join(spelled(word, language).strip() for word in lists["child"])
        spoken = "|".join(_as_pattern(phrase, language, children) for phrase in lists["phrases"])
        said = frozenset(spelled(word, language).strip() for word in lists["reported"])
        made[language] = (re.compile(f" (?={spoken})"), said)
    return made


def _as_pattern(phrase: str, language: str, children: str) -> str:
    """A phrase in which `{child}` is any word for a child and `~` up to three words."""
    parts = []
    for part in re.split(r"(\{child\}|~)", phrase):
        if part == "~":
            parts.append(_GAP)
        elif part == "{child}":
            parts.append(f"(?:{children}) ")
        elif part.strip():
            parts.append(spelled(part, language)[1:])
    return "".join(parts)
