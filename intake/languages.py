"""Which language is spoken: guessed from what was written, offline; and which catalogue we use."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Final

from django.utils.translation import override

from intake.words import read

# The languages our own texts are complete in. `hi-Latn` is Hindi in Latin letters.
OWN: Final = ("en", "hi", "hi-Latn", "ar", "fr")
# Whose readers are best served by which of our catalogues; anybody else by English.
_CLOSEST: Final = {"mr": "hi", "ur": "hi-Latn"}
# Every language that can be detected or chosen, in its own name.
NAMES: Final = {
    "en": "English",
    "hi": "हिन्दी",
    "hi-Latn": "Hinglish",
    "ar": "العربية",
    "fr": "Français",
    "mr": "मराठी",
    "ur": "اردو",
    "fa": "فارسی",
}
_BY_CASE: Final = {code.casefold(): code for code in NAMES}

_READ: Final = 600  # characters of a message that are looked at
_LEAST: Final = 0.9  # votes below which nothing is sure: about one word known to one language
_LEAD: Final = 1.5  # times as many votes as the second, to be sure
_COVER: Final = 0.3  # votes a word, to be sure: else it may be a language that we do not know
_LATIN_LESS: Final = 3  # Latin words that weigh as one of another script
_WORD: Final = re.compile(r"[^\W\d_](?:[\w'’]*\w)?[\u0900-\u097f]*|[\u0900-\u097f]+")
# Letters and endings that speak for a language when a word is on no list.
_LETTERS: Final = {
    "fr": re.compile(r"[àâçèéêëîïôùûœ]|^(?:[jldcmnst]|qu)['’]|eau|ez$|aux$|tion$|ment$|eux$"),
    "en": re.compile(r"['’](?:t|s|m|re|ve|ll|d)$|ing$|ght|^wh|^th|tion$|ed$|ly$"),
    "hi-Latn": re.compile(
        r"(?:unga|ungi|enge|ega|egi|iyan|iyon|aya|ayi|iye|kar|wala|wali|ao|ana|eko)$"
        r"|[kgcjtdpb]h[aeiou]|aa|ee[nt]?$"
    ),
    "other": re.compile(r"[äöüßñãõåığşøčšž¿¡]"),
}
_DIGIT_LETTERS: Final = re.compile(
    r"[a-z]+[2357][a-z]*|[2357][a-z]{2,}"
)  # Arabic as chat writes it
_URDU: Final = frozenset("ٹڈڑںےہھ")
_PERSIAN: Final = frozenset("پچژگکی")


@dataclass(frozen=True)
class Guess:
    """The likeliest language of a text, and whether it may be used without asking."""

    language: str
    sure: bool


UNKNOWN: Final = Guess("en", sure=False)


def guess(text: str) -> Guess:
    """Which language a message is in, by its script, its common words and its letters.

    Made for the short messages of a chat. Nothing is learnt or kept.
    """
    words = _WORD.findall(unicodedata.normalize("NFC", text[:_READ]).casefold())
    alone = _lists("whole").get(_plain(words[0])) if len(words) == 1 else None
    if alone:
        return Guess(alone[0], sure=True)
    script = _script_of(words)
    own = [word for word in words if _script(word) == script]
    if not own:
        return UNKNOWN
    if script == "latin":
        return _by_votes(_latin(own, text[:_READ].casefold()), len(own))
    return _devanagari(own) if script == "devanagari" else _arabic(own)


def written_in(language: str) -> str:
    """The language of `OWN` that our texts are in for somebody who speaks this one."""
    code = _BY_CASE.get(language.casefold(), language)
    if code in OWN:
        return code
    base = code.partition("-")[0]
    return base if base in OWN else _CLOSEST.get(base, "en")


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Texts made inside are in this language, or in the closest one that we have."""
    with override(written_in(language)):
        yield


def name_of(language: str) -> str:
    """A language's own name, as its speakers write it; the bare code when it is not listed."""
    return NAMES.get(_BY_CASE.get(language.casefold(), language), language)


def _script_of(words: list[str]) -> str:
    """The script of most words; "ok" and "Instagram" stand in every language, so Latin loses."""
    counts = Counter(script for word in words if (script := _script(word)))
    counts["latin"] //= _LATIN_LESS
    return max(counts, key=lambda script: (counts[script], script != "latin"))


def _script(word: str) -> str:
    """The script of a word's first letter, of those we read; empty for any other."""
    if "a" <= word[0] <= "\u024f":
        return "latin"
    if "\u0900" <= word[0] <= "\u097f":
        return "devanagari"
    return "arabic" if "\u0620" <= word[0] <= "\u06d5" else ""


def _latin(words: list[str], text: str) -> dict[str, float]:
    """Votes: a known word gives one, shared among its languages; letters of any other give half."""
    votes = {"ar": float(len(_DIGIT_LETTERS.findall(text)))}
    for word in words:
        languages = _lists("latin").get(_plain(word), ())
        for language in languages:
            votes[language] = votes.get(language, 0) + 1 / len(languages)
        for language, letters in _LETTERS.items():
            if letters.search(word):
                votes[language] = votes.get(language, 0) + (0.2 if languages else 0.5)
    return votes


def _by_votes(votes: dict[str, float], count: int) -> Guess:
    ranked = sorted(((most, language) for language, most in votes.items() if most), reverse=True)
    if not ranked or ranked[0][1] == "other":
        return UNKNOWN
    most, best = ranked[0]
    second = ranked[1][0] if len(ranked) > 1 else 0
    return Guess(best, sure=most >= max(_LEAST, _LEAD * second, _COVER * count))


def _devanagari(words: list[str]) -> Guess:
    """Hindi unless common words, or the letter ळ, speak for Marathi."""
    lists = _lists("devanagari")
    votes = Counter(language for word in words for language in lists.get(_plain(word), ()))
    votes["mr"] += sum("ळ" in word for word in words)
    if votes["mr"] > votes["hi"]:
        return Guess("mr", sure=True)
    return Guess("hi", sure=votes["hi"] > votes["mr"])


def _arabic(words: list[str]) -> Guess:
    """Arabic unless letters or common words speak for Urdu or Persian."""
    letters = frozenset("".join(words))
    if letters & _URDU:
        return Guess("ur", sure=True)
    lists = _lists("arabic")
    persian = sum("fa" in lists.get(_plain(word), ()) for word in words)
    if letters & _PERSIAN and persian:
        return Guess("fa", sure=True)
    return Guess("ar", sure=not letters & _PERSIAN)


@cache
def _lists(script: str) -> dict[str, tuple[str, ...]]:
    """Word to the languages whose list it stands on."""
    found: dict[str, tuple[str, ...]] = {}
    for language, words in read("languages.json")[script].items():
        for word in {_plain(one) for one in words.split()}:
            found[word] = (*found.get(word, ()), language)
    return found


def _plain(word: str) -> str:
    """A word as the lists hold it: without apostrophes and Latin accents."""
    flat = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", word.casefold())
        if not "\u0300" <= letter <= "\u036f" and letter not in "'’"
    )
    return unicodedata.normalize("NFC", flat)
