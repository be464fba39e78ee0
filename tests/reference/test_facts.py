"""Facts add up, whoever counts at the same time, and hold nothing of a person."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Final

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from reference.models import DailyFact
from reference.services import count_fact

DAY: Final = date(2026, 11, 22)


@pytest.mark.django_db
def test_the_same_fact_twice_is_one_row_of_two() -> None:
    count_fact(DAY, "case_opened", harm="grooming", channel="whatsapp")
    count_fact(DAY, "case_opened", channel="whatsapp", harm="grooming")
    fact = DailyFact.objects.get()
    assert fact.count == 2
    assert fact.dimensions == {"channel": "whatsapp", "harm": "grooming"}


@pytest.mark.django_db
def test_other_days_and_other_codes_are_other_facts() -> None:
    count_fact(DAY, "message_received", 3, channel="email")
    count_fact(DAY, "message_received", channel="phone")
    count_fact(date(2026, 11, 23), "message_received", channel="email")
    assert sorted(DailyFact.objects.values_list("count", flat=True)) == [1, 1, 3]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", "amina"),
        ("harm", "what she wrote"),
        ("harm", "no_such_harm"),
        ("channel", "+919812345678"),
        ("channel", "919812345678"),
        ("platform", "https://example.org/a"),
        ("region", "someone@example.org"),
        ("team", "not a key"),
    ],
)
def test_what_is_no_code_is_refused_and_never_repeated(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=name) as refusal:
        count_fact(DAY, "case_opened", **{name: value})
    assert value not in str(refusal.value)
    assert not DailyFact.objects.exists()


@pytest.mark.django_db
def test_a_count_never_falls_below_nothing() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        count_fact(DAY, "case_opened", -1)


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Real commits, seen by other connections; only the rows counted here are removed again."""
    with django_db_blocker.unblock():
        yield
        DailyFact.objects.filter(measure="counted_at_once").delete()


def test_eight_writers_at_once_lose_no_count(committed: None) -> None:
    def count_many(_writer: int) -> None:
        for turn in range(25):
            count_fact(DAY, "counted_at_once", channel=("whatsapp", "email")[turn % 2])
        connection.close()

    with ThreadPoolExecutor(8) as writers:
        list(writers.map(count_many, range(8)))
    counts = DailyFact.objects.filter(measure="counted_at_once").order_by("count")
    assert list(counts.values_list("count", flat=True)) == [8 * 12, 8 * 13]
