"""How long each class is kept: rows with a day they begin on, and the rule that holds on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from dateutil.relativedelta import relativedelta
from django.conf import settings

from privacy.classes import (
    CONTACT,
    CONTENT_LOCATOR,
    IDENTITY,
    LEGAL,
    NARRATIVE,
    OPERATIONAL,
    STAFF_PRIVATE,
)
from privacy.models import ANYWHERE, KeepPeriod

# The defaults that an installation begins with; from then on the rows are what counts.
SEED: Final = {
    IDENTITY: "P30D",
    CONTACT: "P90D",
    NARRATIVE: "P12M",
    STAFF_PRIVATE: "P12M",
    CONTENT_LOCATOR: "P24M",
    LEGAL: "P5Y",
    OPERATIONAL: "P5Y",
}
FORGOTTEN_CLASSES: Final = tuple(SEED)
_SINCE: Final = date(2020, 1, 1)
_SOURCE: Final = "default of the software"
UNITS: Final = {"D": "days", "M": "months", "Y": "years"}


@dataclass(frozen=True)
class Rules:
    """All rows of periods, read once for a run."""

    rows: tuple[KeepPeriod, ...]

    @classmethod
    def read(cls) -> "Rules":
        """As they stand in the database now."""
        return cls(tuple(KeepPeriod.objects.order_by("valid_from", "made_at")))

    def on(self, day: date, klass: str, jurisdiction: str) -> KeepPeriod:
        """The row that holds on a day: the country's own, else the one for anywhere."""
        here = [one for one in self.rows if one.data_class == klass and one.valid_from <= day]
        own = [one for one in here if one.jurisdiction == jurisdiction]
        found = own or [one for one in here if one.jurisdiction == ANYWHERE]
        return found[-1] if found else _seeded(klass)


def last_day(rule: KeepPeriod, closed: date) -> date:
    """The day on which a class of what was closed then is forgotten, by one rule."""
    return max(closed + length(rule.keep), least_day(rule, closed))


def least_day(rule: KeepPeriod, closed: date) -> date:
    """The day before which a law forbids to forget it."""
    return closed + length(rule.at_least) if rule.at_least else closed


def length(period: str) -> relativedelta:
    """An ISO 8601 duration of one unit (P90D, P12M, P5Y) as something to add to a day."""
    count, unit = int(period[1:-1]), UNITS[period[-1]]
    return relativedelta(days=count if unit == "days" else 0) + relativedelta(
        months=count if unit == "months" else 0, years=count if unit == "years" else 0
    )


def seed() -> None:
    """Write the defaults of classes that have no row yet, as the software's own (idempotent)."""
    known = set(KeepPeriod.objects.values_list("data_class", flat=True))
    KeepPeriod.objects.bulk_create(_seeded(klass) for klass in SEED if klass not in known)


def history() -> list[tuple[str, list[KeepPeriod]]]:
    """Every class with its rows, the newest first."""
    rows = KeepPeriod.objects.select_related("made_by").order_by("-valid_from", "-made_at")
    return [(klass, _of(klass, rows)) for klass in SEED]


def _of(klass: str, rows: Iterable[KeepPeriod]) -> list[KeepPeriod]:
    return [one for one in rows if one.data_class == klass] or [_seeded(klass)]


def home() -> str:
    """The country whose law holds where a case says nothing else."""
    return settings.HELPLINE_COUNTRY


def _seeded(klass: str) -> KeepPeriod:
    return KeepPeriod(data_class=klass, keep=SEED[klass], valid_from=_SINCE, source=_SOURCE)
