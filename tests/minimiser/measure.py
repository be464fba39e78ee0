"""How well the minimiser finds what identifies a person, counted over a half of the corpus."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from tests.minimiser.generate import CORPUS, KINDS, STRUCTURED

LANGUAGES: Final = ("en", "hi", "hi-Latn", "ar", "fr")
ENOUGH: Final = 0.8
"""The part of a find that must be covered for it to count as found."""

Sentence = dict[str, Any]
Finds = list[dict[str, Any]]


def corpus(half: str) -> list[Sentence]:
    """The sentences of a half."""
    lines = (CORPUS / f"{half}.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


@dataclass
class Figures:
    """Counts by kind or sort, and language."""

    wanted: Counter[tuple[str, str]] = field(default_factory=Counter)
    found: Counter[tuple[str, str]] = field(default_factory=Counter)
    shown: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Finds of a kind in sentences that hold something, right or wrong."""
    right: Counter[tuple[str, str]] = field(default_factory=Counter)
    sentences: Counter[tuple[str, str]] = field(default_factory=Counter)
    alarms: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Sentences that hold nothing and were warned about."""
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def recall(self, kinds: Iterable[str], languages: Iterable[str] = LANGUAGES) -> float:
        """Found of what was there; 1 when nothing was."""
        cells = [(kind, tongue) for kind in kinds for tongue in languages]
        return _share(sum(self.found[c] for c in cells), sum(self.wanted[c] for c in cells))

    def precision(self, kinds: Iterable[str], languages: Iterable[str] = LANGUAGES) -> float:
        """Right of what was shown in sentences that hold something."""
        cells = [(kind, tongue) for kind in kinds for tongue in languages]
        return _share(sum(self.right[c] for c in cells), sum(self.shown[c] for c in cells))

    def false_alarms(self, sort: str, languages: Iterable[str] = LANGUAGES) -> float:
        """The part of `plain` or `near` sentences that were warned about."""
        cells = [(sort, tongue) for tongue in languages]
        return _share(sum(self.alarms[c] for c in cells), sum(self.sentences[c] for c in cells))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def measure(sentences: list[Sentence], answers: list[Finds]) -> Figures:
    """Counts of what was found against what is there. `answers` in the sentences' order."""
    figures = Figures()
    for one, finds in zip(sentences, answers, strict=True):
        tongue, text = one["language"], one["text"]
        places = [(find["kind"], *_points(text, find)) for find in finds]
        if one["sort"] not in KINDS:
            figures.sentences[one["sort"], tongue] += 1
            figures.alarms[one["sort"], tongue] += bool(finds)
            figures.wrong += [f"{tongue} {one['sort']}: {text}"] if finds else []
            continue
        for kind, start, end in one["wanted"]:
            hit = any(p[0] == kind and _covers(p, start, end) for p in places)
            figures.wanted[kind, tongue] += 1
            figures.found[kind, tongue] += hit
            figures.missed += [] if hit else [f"{tongue} {kind}: {text[start:end]} | {text}"]
        for place in places:
            right = any(kind == place[0] and _touches(place, s, e) for kind, s, e in one["wanted"])
            figures.shown[place[0], tongue] += 1
            figures.right[place[0], tongue] += right
            figures.wrong += (
                [] if right else [f"{tongue} {place[0]}? {text[place[1] : place[2]]} | {text}"]
            )
    return figures


def _points(text: str, find: dict[str, Any]) -> tuple[int, int]:
    """A find's place in code points; the browser counts UTF-16 units."""
    units = text.encode("utf-16-le")
    start = len(units[: 2 * find["start"]].decode("utf-16-le"))
    return start, start + len(units[2 * find["start"] : 2 * find["end"]].decode("utf-16-le"))


def _covers(place: tuple[str, int, int], start: int, end: int) -> bool:
    return min(place[2], end) - max(place[1], start) >= ENOUGH * (end - start)


def _touches(place: tuple[str, int, int], start: int, end: int) -> bool:
    return min(place[2], end) > max(place[1], start)


def table(figures: Figures) -> str:
    """The figures as docs/minimiser.md shows them."""
    return "\n".join(_lines(figures)) + "\n"


def _lines(figures: Figures) -> Iterator[str]:
    yield "| recall | all | " + " | ".join(LANGUAGES) + " | precision |"
    yield "|---|---|" + "---|" * (len(LANGUAGES) + 1)
    rows = {"**structured**": STRUCTURED} | {kind: (kind,) for kind in KINDS}
    for name, kinds in rows.items():
        cells = [figures.recall(kinds), *(figures.recall(kinds, [one]) for one in LANGUAGES)]
        told = " | ".join(f"{cell:.3f}" for cell in cells)
        yield f"| {name} | {told} | {figures.precision(kinds):.3f} |"
    yield ""
    yield "| sentences warned about in vain | all | " + " | ".join(LANGUAGES) + " |"
    yield "|---|---|" + "---|" * len(LANGUAGES)
    for sort in ("plain", "near"):
        shares = [figures.false_alarms(sort)]
        shares += [figures.false_alarms(sort, [one]) for one in LANGUAGES]
        yield f"| {sort} | " + " | ".join(f"{100 * share:.1f} %" for share in shares) + " |"
