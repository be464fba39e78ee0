"""How words are compared: without case, accents, punctuation, emoji and repeated letters."""

import re
import unicodedata
from itertools import groupby
from typing import Final

_APOSTROPHES: Final = frozenset("'’‘`´ʼ")
# Letters that people type for one another: alif with and without hamza, ta marbuta and ha, Persian
# and Urdu keyboards' kaf, ya and ha.
_SAME: Final = str.maketrans("أإآٱىةؤئیکہھ", "اااايهوييكهه")
_QUOTES: Final = re.compile(r"['`]")
_NO_WORD: Final = re.compile(r"[^a-z0-9]+")
_AGAIN: Final = re.compile(r"(.)\1+")
_ONCE: Final = r"\1"


def normalised(text: str) -> str:
    """Lower case, without accents, vowel points, punctuation and repeated letters; padded words."""
    if text.isascii():  # the same, quicker
        plain = _NO_WORD.sub(" ", _QUOTES.sub("", text.lower()))
        return f" {_AGAIN.sub(_ONCE, plain).strip()} "
    letters = []
    for letter in unicodedata.normalize("NFKD", text.casefold()):
        if letter in _APOSTROPHES or _is_dropped(letter):
            continue
        letters.append(letter if unicodedata.category(letter)[0] in "LMN" else " ")
    flat = unicodedata.normalize("NFC", "".join(letters)).translate(_SAME)
    single = "".join(letter for letter, _run in groupby(flat))
    return f" {' '.join(single.split())} "


def _is_dropped(letter: str) -> bool:
    """Latin accents, Arabic vowel points and lengthening, Devanagari dots, what is invisible."""
    return (
        "\u0300" <= letter <= "\u036f"
        or "\u064b" <= letter <= "\u0655"
        or letter in "\u0670\u0640\u093c\u0901\u0902\ufe0e\ufe0f\u20e3"
        or unicodedata.category(letter) == "Cf"
    )
