"""Phrases as people write them into the lists: choices, gaps, and any spelling.

`(a|b)` is a choice, `(a|)` may be left out, `~` is up to three words of any kind.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Final

from intake.words.spelling import normalised
from intake.words.variants import spelled

_GAP: Final = "(?:[^ ]+ ){0,3}"
_ITEMS: Final = re.compile(r"\(([^)]*)\)|(~)")
# Written together with the next word in Arabic, up to two: and, so, will (three ways), with, to.
_PREFIXES: Final = "وفسبلهح"


@dataclass(frozen=True)
class Phrase:
    """One entry of a list."""

    entry: str
    language: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds it in a text that is spelled as this language is."""
        before = f" [{_PREFIXES}]{{0,2}}" if self.language == "ar" else " "
        return re.compile(before + "".join(map(self._piece, self._items)))

    @cached_property
    def telling(self) -> frozenset[str]:
        """Words of which one stands in every text that holds it."""
        musts = [item for item in self._items if item and all(item)]
        told = max(musts, key=lambda item: min(len(_longest(choice)) for choice in item))
        return frozenset(map(_longest, told))

    def read_back(self, said: str) -> str:
        """Words that were found, spelled as in the list again ("kil" is "kill")."""
        known = {normalised(word).strip(): word for word in re.findall(r"[^()|~ ]+", self.entry)}
        return " ".join(known.get(word, word) for word in said.split())

    @cached_property
    def _items(self) -> list[tuple[str, ...]]:
        """The choices of each part in order, spelled; () for a gap, "" for what may be left out."""
        items: list[tuple[str, ...]] = []
        at = 0
        for found in _ITEMS.finditer(self.entry):
            items += self._spelled([self.entry[at : found.start()]])
            items += [()] if found.group(2) else self._spelled(found.group(1).split("|"))
            at = found.end()
        return items + self._spelled([self.entry[at:]])

    def _spelled(self, choices: list[str]) -> list[tuple[str, ...]]:
        made = tuple(spelled(choice, self.language).strip() for choice in choices)
        return [made] if any(made) else []

    @staticmethod
    def _piece(choices: tuple[str, ...]) -> str:
        if not choices:
            return _GAP
        spoken = "|".join(re.escape(choice) for choice in choices if choice)
        return f"(?:(?:{spoken}) ){'?' if '' in choices else ''}"


class Phrases:
    """Many phrases of one language, few of which are looked for in any one text."""

    def __init__(self, language: str, entries: Mapping[str, Iterable[str]]) -> None:
        self._by_word: dict[str, list[tuple[str, Phrase]]] = {}
        self._arabic = language == "ar"
        for kind, many in entries.items():
            for phrase in (Phrase(entry, language) for entry in many):
                for word in phrase.telling:
                    self._by_word.setdefault(word, []).append((kind, phrase))

    def found(self, said: str) -> Iterator[tuple[str, Phrase, re.Match[str]]]:
        """Kind, phrase and place of each that stands in a text, which is spelled already."""
        words = dict.fromkeys(said.split())
        if self._arabic:
            words |= dict.fromkeys(word[cut:] for word in words for cut in (1, 2))
        looked_for = chain.from_iterable(self._by_word.get(word, ()) for word in words)
        for kind, phrase in dict.fromkeys(looked_for):
            for match in phrase.pattern.finditer(said):
                yield kind, phrase, match


def _longest(choice: str) -> str:
    return max(choice.split(), key=len, default="")
