"""The figures: counted at the moment of events, so that they outlive every erasure."""

import csv
import io
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Min
from django.utils.functional import Promise
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from insight.models import PublishedFigure
from insight.suppression import hidden, with_totals
from intake.models import Channel, Risk
from privacy.clock import database_now
from reference.models import DailyFact
from reference.reading import label
from reference.vocabulary import Kind
from referrals.reading import language_name

# A value nobody recorded.
NONE: Final = ""


@dataclass(frozen=True)
class Figure:
    """What is counted, and by what. One figure a measure: two would give each other away."""

    code: str
    title: Promise
    measure: str
    rows: str
    columns: str = ""


FIGURES: Final = (
    Figure("opened", lazy("Cases opened"), "cases_opened", "language", "channel"),
    Figure("harms", lazy("Harms in closed cases"), "harms_closed", "harm", "age_band"),
    Figure("content", lazy("Content reported"), "content_reported", "platform", "medium"),
    Figure("sent", lazy("Takedown requests sent"), "takedowns_sent", "platform"),
    Figure("answers", lazy("Answers to takedown requests"), "takedowns_answered", "outcome"),
    Figure("referrals", lazy("Referrals sent"), "referrals_sent", "referral_kind", "gender"),
    Figure("helped", lazy("What came of referrals"), "referral_outcomes", "referral_outcome"),
)

_NAMES: Final[dict[str, Promise]] = {
    "language": lazy("Language"),
    "channel": lazy("Channel"),
    "harm": lazy("Harm"),
    "age_band": lazy("Age"),
    "platform": lazy("Platform"),
    "medium": lazy("Medium"),
    "outcome": lazy("Outcome"),
    "referral_kind": lazy("Kind of help"),
    "gender": lazy("Gender"),
    "referral_outcome": lazy("Outcome"),
}
_CODED: Final = frozenset(str(kind) for kind in Kind)
_WORDS: Final[dict[str, Callable[[str], str]]] = {
    "channel": lambda code: str(dict(Channel.choices).get(code, code)),
    "risk": lambda code: str(dict(Risk.choices).get(code, code)),
    "language": language_name,
}


@dataclass(frozen=True)
class Cell:
    """A number that may be shown, or None in its place."""

    number: int | None
    share: int = 0  # of the largest total of a row that is shown, in percent

    @property
    def hidden(self) -> bool:
        return self.number is None


@dataclass(frozen=True)
class Line:
    """One row of a figure: its name and cells, the last of which is the row's total."""

    name: str
    cells: list[Cell]

    @property
    def total(self) -> Cell:
        return self.cells[-1]

    @property
    def parts(self) -> list[Cell]:
        return self.cells[:-1]


@dataclass(frozen=True)
class Shown:
    """A figure as everybody sees it: on screen, in print, in CSV."""

    figure: Figure
    heading: str
    columns: list[str]
    lines: list[Line]
    totals: list[Cell]

    @property
    def shown_totals(self) -> list[Cell]:
        """The totals of the columns that are there; a figure by one thing has only the whole."""
        return self.totals if self.columns else self.totals[-1:]


def months() -> list[date]:
    """First days of the months that have figures and are over, newest first.

    Only whole months that are over, and no sums of them: whoever looks every day, or subtracts one
    span from another, must not find a number that was hidden.
    """
    first = DailyFact.objects.aggregate(first=Min("day"))["first"]
    month = (database_now().date().replace(day=1) - timedelta(days=1)).replace(day=1)
    found = []
    while first and month >= first.replace(day=1):
        found.append(month)
        month = (month - timedelta(days=1)).replace(day=1)
    return found


def show(figure: Figure, month: date) -> Shown | None:
    """One figure of one month, with everything hidden that must be; None if nothing happened."""
    counts = _counts(figure, month)
    if not counts:
        return None
    rows = sorted({row for row, _column in counts}, key=lambda row: (row == NONE, row))
    columns = sorted({column for _row, column in counts}, key=lambda one: (one == NONE, one))
    table = with_totals([[counts.get((row, one), 0) for one in columns] for row in rows])
    secret = hidden(table)
    last = table.width - 1
    totals = enumerate(table.numbers[:-1])
    shown = [line[last] for at, line in totals if (at, last) not in secret]
    largest = max(shown, default=0)  # a bar drawn against a hidden number would tell it

    def cell(row: int, column: int) -> Cell:
        number = table.numbers[row][column]
        if (row, column) in secret:
            return Cell(None)
        return Cell(number, round(100 * number / largest) if largest else 0)

    lines = [
        Line(_word(figure.rows, row), [cell(at, column) for column in range(table.width)])
        for at, row in enumerate(rows)
    ]
    return Shown(
        figure,
        str(_NAMES[figure.rows]),
        [_word(figure.columns, one) for one in columns] if figure.columns else [],
        lines,
        [cell(table.height - 1, column) for column in range(table.width)],
    )


def publish() -> int:
    """Keep every figure of the months that are over as everybody may see it; how many are new."""
    known = set(PublishedFigure.objects.values_list("code", "month"))
    made = []
    with override("en"):
        for month in months():
            for figure in FIGURES:
                found = None if (figure.code, month) in known else show(figure, month)
                if found is not None:
                    row = PublishedFigure(code=figure.code, month=month, table=as_csv(found))
                    made.append(row)
    PublishedFigure.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def as_csv(shown: Shown) -> str:
    """The same figure as a CSV file: nothing in it that is not on the screen."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_harmless(one) for one in (shown.heading, *shown.columns, _("All"))])
    for line in shown.lines:
        writer.writerow([_harmless(line.name), *_numbers(shown, line.cells)])
    writer.writerow([_("All"), *_numbers(shown, shown.totals)])
    return out.getvalue()


def _counts(figure: Figure, month: date) -> dict[tuple[str, str], int]:
    after = (month + timedelta(days=32)).replace(day=1)
    counts: dict[tuple[str, str], int] = defaultdict(int)
    facts = DailyFact.objects.filter(measure=figure.measure, day__gte=month, day__lt=after)
    for dimensions, count in facts.values_list("dimensions", "count"):
        row = dimensions.get(figure.rows, NONE)
        counts[row, dimensions.get(figure.columns, NONE)] += count
    return counts


def _word(dimension: str, code: str) -> str:
    if code == NONE:
        return _("not recorded")
    if dimension in _CODED:
        return label(dimension, code, get_language() or "en")
    return _WORDS.get(dimension, str)(code)


def _numbers(shown: Shown, cells: list[Cell]) -> list[Any]:
    kept = cells if shown.columns else cells[-1:]
    return [_("hidden") if cell.number is None else cell.number for cell in kept]


def _harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
