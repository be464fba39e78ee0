"""What is kept how long, what the next nights forget, what a law holds back: counts, no case."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Count
from django.utils.translation import gettext_lazy as lazy

from accounts.models import User
from cases.keeping import NAMES
from cases.models import Case
from intake import copies
from intake.context import LINES
from privacy import holds
from privacy.clock import database_now
from privacy.models import Certificate, Due, LegalHold
from privacy.periods import FORGOTTEN_CLASSES, UNITS

AHEAD: Final = timedelta(days=30)
_UNIT_NAMES: Final = {"D": lazy("days"), "M": lazy("months"), "Y": lazy("years")}


@dataclass(frozen=True)
class Coming:
    """One class: how many cases and conversations forget it within a month, how many are held."""

    name: Any
    soon: int
    overdue: int
    held: int


@dataclass(frozen=True)
class Matter:
    """A legal hold on one case, as whoever may know of it sees it."""

    hold: LegalHold
    code: str
    case: Any
    classes: list[Any]
    overdue: bool
    may_agree: bool


def coming(user: User) -> list[Coming]:
    """By class, what the nights of the next thirty days forget in this person's teams."""
    today = database_now().date()
    mine = Due.objects.visible_to(user).filter(forgotten_at__isnull=True, on__lte=today + AHEAD)
    kept = holds.kept_from_forgetting()
    open_ones = _by_class(mine.exclude(kept))
    late = _by_class(mine.exclude(kept).filter(on__lt=today))
    held = _by_class(mine.filter(kept))
    return [
        Coming(NAMES[one], open_ones.get(one, 0), late.get(one, 0), held.get(one, 0))
        for one in FORGOTTEN_CLASSES
    ]


def _by_class(rows: Any) -> dict[str, int]:
    return dict(rows.order_by().values_list("data_class").annotate(n=Count("pk")))


def matters(user: User) -> list[Matter]:
    """Holds that are asked for or stand on cases this person may know of, the oldest first."""
    today = database_now().date()
    cases = {case.folder_id: case for case in Case.objects.visible_to(user)}
    rows = LegalHold.objects.visible_to(user).filter(ended_at__isnull=True, folder__in=list(cases))
    return [
        Matter(
            hold=row,
            code=cases[row.folder_id].code,
            case=cases[row.folder_id].pk,
            classes=[NAMES[one] for one in holds.classes_of(row)],
            overdue=row.review_on is not None and row.review_on <= today,
            may_agree=row.agreed_at is None and row.asked_by_id != user.pk,
        )
        for row in rows.select_related("asked_by", "agreed_by").order_by("asked_at")
    ]


def certificates(since: date) -> list[tuple[Certificate, Any]]:
    """What was forgotten since a day: two numbers a day, class and reason."""
    return [(row, NAMES[row.data_class]) for row in Certificate.objects.filter(day__gte=since)]


def copies_overdue() -> list[tuple[Any, int]]:
    """By provider, copies that should be gone since a day and are not."""
    return [(LINES[name], count) for name, count in copies.overdue().items() if count]


def in_words(period: str) -> str:
    """P90D as "90 days"."""
    return f"{period[1:-1]} {_UNIT_NAMES[period[-1]]}" if period[-1:] in UNITS else ""
