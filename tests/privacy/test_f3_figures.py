"""F3: every published figure is the same before and after a closed case is forgotten."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import Team, User
from cases import closing
from cases import services as cases
from cases.models import Case
from insight import figures
from privacy import tasks
from privacy.access import acting
from privacy.models import Due
from privacy.periods import FORGOTTEN_CLASSES
from reference.models import DailyFact
from tests import people

pytestmark = pytest.mark.django_db


def published() -> dict[tuple[str, date], str]:
    """Every figure of every month that is over, as its file."""
    return {
        (figure.code, month): figures.as_csv(shown)
        for figure in figures.FIGURES
        for month in figures.months()
        if (shown := figures.show(figure, month)) is not None
    }


@pytest.fixture
def closed(amina: User, team: Team) -> list[Case]:
    """Six cases of two months ago, opened, worked and closed by the services."""
    made = []
    for _number in range(6):
        case = people.case_of(amina, team=team, text="words", name="A Name", age_band="13_15")
        with acting(user=amina):
            cases.set_harms(case, codes=["bullying"], primary="bullying", by=amina)
            closing.close(case, reason="helped", by=amina)
        made.append(case)
    for fact in DailyFact.objects.all():
        fact.day -= timedelta(days=62)
        fact.save(update_fields=["day"])
    return made


@pytest.mark.parametrize("years", [0, 1, 6])
def test_f3_every_published_figure_is_the_same_after_a_closed_case_is_forgotten(
    closed: list[Case], years: int
) -> None:
    before = published()
    assert before
    with acting(part="forgetting"):
        Due.objects.update(on=timezone.now().date() + timedelta(days=1))
        some = {0: ["identity", "contact"], 1: ["identity", "contact", "narrative"]}
        due = Due.objects.filter(data_class__in=some.get(years, FORGOTTEN_CLASSES))
        due.update(on=timezone.now().date() - timedelta(days=1))
    assert tasks.forget() > 0
    tasks.forget()
    assert published() == before
    with acting(part="intake"):
        left = Case.objects.filter(pk__in=[case.pk for case in closed])
        assert left.count() == (0 if years == 6 else 6)
        assert not left.filter(name__isnull=False).exists()
