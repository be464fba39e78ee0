"""Words of danger, in every language we read: they raise a conversation's risk and never lower it.

The lists are data (danger_words.json), kept by people. A hit is a reason to look, not a finding.
"""

import json
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Final

from intake.models import Risk

# The level each flag of the lists raises to. Flag codes are those of the `risk_flag` list.
LEVELS: Final = {
    "self_harm_or_suicide": Risk.DANGER,
    "imminent_danger": Risk.DANGER,
    "ongoing_extortion": Risk.URGENT,
}
# Written together with the next word in Arabic: and, so, will, with, to.
_ARABIC_PREFIXES: Final = ("", "و", "ف", "س", "ب", "ل")
_APOSTROPHES: Final = frozenset("'’‘`´ʼ")
_SAME: Final = str.maketrans("أإآٱىةؤئँ", "اااايهوىं")


@dataclass(frozen=True)
class Hit:
    """One phrase of a list that was found: its flag and the entry, as "language: phrase"."""

    flag: str
    entry: str


def find(text: str) -> list[Hit]:
    """Every phrase of the lists that stands in the text, in any language, however it is spelt."""
    said = normalised(text)
    return [hit for phrase, hit in _phrases() if phrase in said]


def level(hits: list[Hit]) -> Risk:
    """The highest level that the hits raise to."""
    levels = {LEVELS[hit.flag] for hit in hits}
    return next((one for one in (Risk.DANGER, Risk.URGENT) if one in levels), Risk.NORMAL)


def normalised(text: str) -> str:
    """Lower case, without accents, vowel points, punctuation and repeated letters; padded words."""
    letters = []
    for letter in unicodedata.normalize("NFKD", text.casefold()):
        if letter in _APOSTROPHES or _is_dropped(letter):
            continue
        letters.append(letter if unicodedata.category(letter)[0] in "LMN" else " ")
    flat = unicodedata.normalize("NFC", "".join(letters)).translate(_SAME)
    single = "".join(letter for letter, _run in groupby(flat))
    return f" {' '.join(single.split())} "


def _is_dropped(letter: str) -> bool:
    """Latin accents, Arabic vowel points and lengthening, the Devanagari dot, invisible joiners."""
    return (
        "\u0300" <= letter <= "\u036f"
        or "\u064b" <= letter <= "\u0655"
        or letter in "\u0670\u0640\u093c\u200b\u200c\u200d\u200e\u200f\ufeff"
    )


@cache
def _phrases() -> list[tuple[str, Hit]]:
    lists = json.loads(files("intake").joinpath("danger_words.json").read_text(encoding="utf-8"))
    return [
        (f" {prefix}{normalised(phrase)[1:]}", Hit(flag, f"{language}: {phrase}"))
        for language, flags in lists.items()
        for flag, phrases in flags.items()
        for phrase in phrases
        for prefix in (_ARABIC_PREFIXES if language == "ar" else ("",))
    ]
