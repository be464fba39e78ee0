"""The words of a text, each written the one way in which it can be looked for.

Who writes to us spells as they like: with and without vowel signs, accents, nukta or a space of no
width, in Devanagari or in Latin letters. What is the same word to a reader should be one word here.
Text and question go through the same steps, so a step that joins two words that differ costs a
result too many, never one too few.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from privacy.stop_words import STOP_WORDS

LONGEST: Final = 40
"""A longer run of letters is no word: a part of an address, or a hand on the keyboard."""

_SHORTEST: Final = 2
_MOST_DIGITS: Final = 4  # years and ages; longer numbers are looked up as identifiers, not as words

# Addresses are no words: they have a field of their own, and an index of their own. Each is looked
# for where something begins only, so that one endless word costs no more than its length.
_ADDRESS: Final = re.compile(r"(?<!\S)@*+[^\s@]++@\S+|\b\w+://\S+|\bwww\.\S+", re.IGNORECASE)

# Arabic: one letter of each family, and no sign that most people leave out.
_ARABIC: Final = str.maketrans(
    {
        **dict.fromkeys("أإآٱ", "ا"),
        **dict.fromkeys("ىیېئ", "ي"),
        **dict.fromkeys("ةۀۃە", "ه"),
        "ؤ": "و",
        "ک": "ك",
        "ء": "",
    }
)
_ARABIC_SIGNS: Final = re.compile("[\u0640\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]")
_ARTICLE: Final = re.compile("^(?:[وفبك]?[اٱ]ل|لل)(?=[\u0620-\u064a]{3})")

# Devanagari: without nukta, one sign for every nasal, and one way to write -ye and -yi.
_NASAL: Final = re.compile("(?:ङ्(?=[क-घ])|ञ्(?=[च-झ])|ण्(?=[ट-ढ])|न्(?=[त-ध])|म्(?=[प-भ]))")
_DEVANAGARI: Final = str.maketrans({"ँ": "ं", "़": "", "ऽ": ""})
_YE: Final = (("ये", "ए"), ("यी", "ई"))

# Hindi in Latin letters (and what of it is common with other languages written so).
_ROMAN: Final = (
    (re.compile(r"sch"), "sk"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"w"), "v"),
    (re.compile(r"z"), "j"),
    (re.compile(r"ee"), "i"),
    (re.compile(r"oo"), "u"),
    (re.compile(r"(.)\1+"), r"\1"),
    (re.compile(r"(?<=h[ia])n$"), ""),
    (re.compile(r"(?<=[aeiou])h$"), ""),
)
_LATIN: Final = re.compile(r"[a-z']+")
_ELIDED: Final = re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)'(?=\w{2})")
_JOINED: Final = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})
_QUOTES: Final = str.maketrans(dict.fromkeys("’ʼʻ`´＇", "'"))


def words_of(text: str) -> frozenset[str]:
    """The words of a text that can be looked for; of a question, those it looks for."""
    return frozenset(word for word in map(_spelled, _runs(text)) if _is_kept(word))


def _is_kept(word: str) -> bool:
    if word.isdigit():
        return _SHORTEST <= len(word) <= _MOST_DIGITS
    return _SHORTEST <= len(word) <= LONGEST and word not in _STOP


def _runs(text: str) -> Iterator[str]:
    """Runs of letters, their signs and digits; an apostrophe inside stays for now."""
    plain = unicodedata.normalize("NFKC", _ADDRESS.sub(" ", text)).casefold().translate(_QUOTES)
    run: list[str] = []
    for letter in f"{plain} ":
        kind = unicodedata.category(letter)
        if kind == "Cf":  # joiners and marks of direction: nothing to see, nothing to compare
            continue
        if kind[0] in "LMN" or (letter == "'" and run):
            run.append(_digit(letter) if kind == "Nd" else letter)
        elif run:
            yield "".join(run).strip("'")
            run = []


def _digit(letter: str) -> str:
    return str(unicodedata.digit(letter))


def _spelled(run: str) -> str:
    """One run of letters as it is compared."""
    word = run.translate(_JOINED)
    if "\u0600" <= word[:1] <= "\u06ff":
        # The article before the letters are joined: its alef is bare, as that of "pains" is not.
        return _ARTICLE.sub("", _ARABIC_SIGNS.sub("", word)).translate(_ARABIC)
    if "\u0900" <= word[:1] <= "\u097f":
        return _hindi(word)
    return _latin(word)


def _hindi(word: str) -> str:
    word = _NASAL.sub("ं", unicodedata.normalize("NFD", word).translate(_DEVANAGARI))
    for long, short in _YE:
        word = word[:1] + word[1:].replace(long, short)
    return word


def _latin(word: str) -> str:
    parts = unicodedata.normalize("NFD", word)
    word = "".join(letter for letter in parts if not unicodedata.combining(letter))
    word = _ELIDED.sub("", word).replace("'", "")
    if _LATIN.fullmatch(word):
        for wide, narrow in _ROMAN:
            word = wide.sub(narrow, word)
    return word


# As they come out of the same steps: a stop word is dropped however it is spelled.
_STOP: Final = frozenset(_spelled(word) for word in STOP_WORDS)
