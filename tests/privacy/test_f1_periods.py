"""F1: how long each class is kept is dated data, changed by new rows and followed by the night."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import Team, User
from cases.models import Case
from privacy import keeping, periods, retention, tasks
from privacy.access import acting
from privacy.models import Certificate, Due, Folder, KeepPeriod, LawfulBasis
from privacy.services import NotPossible
from tests import people

pytestmark = pytest.mark.django_db

TODAY = timezone.now().date()


@pytest.fixture
def case(amina: User, team: Team) -> Case:
    return people.case_of(amina, team=team, text="story", name="Asha", summary="short")


def close(case: Case, *, days_ago: int = 0) -> dict[str, date]:
    """As if it had been closed then, by the rules of then."""
    with acting(part="forgetting"):
        folder = Folder.objects.get(pk=case.folder_id)
        for due in retention.set_forget_after(folder):
            due.on -= timedelta(days=days_ago)
            due.save(update_fields=["on"])
        folder.closed_at = timezone.now() - timedelta(days=days_ago)
        folder.save(update_fields=["closed_at"])
    return days()


def days() -> dict[str, date]:
    with acting(part="forgetting"):
        return dict(Due.objects.values_list("data_class", "on"))


def now_on(klass: str, keep: str, *, at_least: str = "", where: str = "ANY") -> KeepPeriod:
    return keeping.set_period(
        klass,
        keep=keep,
        at_least=at_least,
        jurisdiction=where,
        valid_from=TODAY,
        source="a law",
        confirmed_by="",
        by=None,
    )


def test_f1_every_class_has_a_dated_row_from_the_start() -> None:
    rules = periods.Rules.read()
    kept = {one: rules.on(TODAY, one, "IN").keep for one in periods.FORGOTTEN_CLASSES}
    assert kept == {
        "identity": "P30D",
        "contact": "P90D",
        "narrative": "P12M",
        "staff_private": "P12M",
        "content_locator": "P24M",
        "legal": "P5Y",
        "operational": "P5Y",
    }


def test_f1_a_change_is_a_new_row_and_the_old_one_stays() -> None:
    old = periods.Rules.read().on(TODAY, "contact", "IN").keep
    now_on("contact", "P60D")
    rules = periods.Rules.read()
    assert rules.on(TODAY, "contact", "IN").keep == "P60D"
    assert rules.on(TODAY - timedelta(days=1), "contact", "IN").keep == old


def test_f1_no_row_begins_on_a_day_that_is_past() -> None:
    with pytest.raises(NotPossible, match="past"):
        keeping.set_period(
            "contact",
            keep="P60D",
            at_least="",
            jurisdiction="ANY",
            valid_from=TODAY - timedelta(days=1),
            source="",
            confirmed_by="",
            by=None,
        )


def test_f1_a_shorter_time_holds_for_what_was_closed_before(case: Case) -> None:
    close(case, days_ago=20)
    now_on("contact", "P60D")
    tasks.forget()
    assert days()["contact"] == TODAY + timedelta(days=40)


def test_f1_a_longer_time_keeps_nobody_longer_than_they_were_told(case: Case) -> None:
    before = close(case, days_ago=20)
    now_on("contact", "P24M")
    tasks.forget()
    assert days()["contact"] == before["contact"]


def test_f1_a_law_that_demands_longer_is_followed_at_once(case: Case) -> None:
    close(case, days_ago=20)
    now_on("identity", "P30D", at_least="P1Y")
    tasks.forget()
    assert days()["identity"] > TODAY + timedelta(days=340)


def test_f1_a_countrys_own_row_counts_for_its_cases_alone(case: Case) -> None:
    now_on("identity", "P10D", where="FR")
    assert close(case)["identity"] == TODAY + timedelta(days=30)
    with acting(part="forgetting"):
        folder = Folder.objects.get(pk=case.folder_id)
        keeping.set_basis(folder, basis=LawfulBasis.Basis.PUBLIC_TASK, jurisdiction="FR", by=None)
        retention.set_forget_after(folder)
    assert days()["identity"] == TODAY + timedelta(days=10)


def test_f1_the_dry_run_counts_and_changes_nothing(case: Case) -> None:
    close(case)
    with acting(part="forgetting"):
        soon = retention.to_forget(TODAY + timedelta(days=31))
        late = retention.to_forget(TODAY + timedelta(days=400))
        case.refresh_from_db()
    assert soon["identity"] == (1, 1)
    assert soon["narrative"] == (0, 0)
    assert late["narrative"][1] >= 2
    assert case.name is not None
    assert not Certificate.objects.exists()


def test_f1_the_certificate_counts_by_class_and_names_nobody(case: Case) -> None:
    close(case, days_ago=31)
    tasks.forget()
    row = Certificate.objects.get()
    assert (row.day, row.data_class, row.how) == (TODAY, "identity", "on_time")
    assert (row.folders, row.values) == (1, 1)
    assert {f.name for f in Certificate._meta.fields} == {
        "id",
        "day",
        "data_class",
        "how",
        "folders",
        "values",
    }
