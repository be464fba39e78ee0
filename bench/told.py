"""What stories say, in four languages: made-up words, some in many stories and most in few."""

import random
from collections.abc import Sequence
from typing import Final

_SYLLABLES: Final = {
    "en": [
        "ba",
        "co",
        "di",
        "fe",
        "gra",
        "ho",
        "jin",
        "ka",
        "lo",
        "men",
        "nor",
        "pi",
        "quo",
        "ras",
        "ten",
        "ul",
        "vat",
        "wen",
        "yor",
        "zel",
    ],
    "fr": [
        "ai",
        "beau",
        "ché",
        "dou",
        "été",
        "fan",
        "gné",
        "hui",
        "jou",
        "lé",
        "mo",
        "nou",
        "oui",
        "pré",
        "quai",
        "réu",
        "sui",
        "té",
        "vou",
        "zé",
    ],
    "hi": [
        "का",
        "गी",
        "चु",
        "जे",
        "टो",
        "डा",
        "तै",
        "दं",
        "नि",
        "पू",
        "फे",
        "बो",
        "भा",
        "मी",
        "यु",
        "रे",
        "लो",
        "वा",
        "शी",
        "सू",
    ],
    "ar": [
        "با",
        "تي",
        "جو",
        "حا",
        "دي",
        "رو",
        "سا",
        "شي",
        "صو",
        "طا",
        "عي",
        "غو",
        "فا",
        "قي",
        "كو",
        "لا",
        "مي",
        "نو",
        "ها",
        "يو",
    ],
}
LANGUAGES: Final = tuple(_SYLLABLES)
_WORDS: Final = 4000
_OFTEN: Final = 1.1  # how steeply words get rare (Zipf)


class Teller:
    """Tells texts of one language, the same ones for the same seed."""

    def __init__(self, language: str, seed: int = 1) -> None:
        self._random = random.Random(f"{language} {seed}")  # noqa: S311 (no secret)
        parts = _SYLLABLES[language]
        made = {self._word(parts) for _ in range(3 * _WORDS)}
        self.words: Sequence[str] = sorted(made)[:_WORDS]
        self._weights = [1 / (place + 1) ** _OFTEN for place in range(len(self.words))]

    def _word(self, parts: list[str]) -> str:
        return "".join(self._random.choices(parts, k=self._random.randint(2, 4)))

    def text(self, words: int) -> str:
        """So many words."""
        return " ".join(self._random.choices(self.words, self._weights, k=words))

    def one_to_three_of(self, text: str) -> str:
        """Words of a text, as somebody would look for it."""
        known = sorted(set(text.split()))
        return " ".join(self._random.sample(known, min(len(known), self._random.randint(1, 3))))
