"""Periodic work is begun once in each of its periods, whoever asks and however often."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from threading import Barrier

import pytest
from django.db import connections
from django.utils.module_loading import import_string
from pytest_django import Settings

from helpline import schedule
from helpline.schedule import PERIODIC, Periodic, run_if_due
from privacy.models import ScheduleRun

HOURLY = Periodic("test.hourly", every=timedelta(hours=1))
NIGHTLY = Periodic("test.nightly", at=time(2, 30))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets the database's clock, as the schedule reads it."""

    def to(moment: str) -> None:
        monkeypatch.setattr(schedule, "database_now", lambda: datetime.fromisoformat(moment))

    return to


@pytest.mark.django_db
def test_a_period_is_run_once_and_the_next_one_too(clock: Callable[[str], None]) -> None:
    ran: list[str] = []
    for moment in ("2026-11-22T10:00Z", "2026-11-22T10:59Z", "2026-11-22T11:00Z"):
        clock(moment)
        run_if_due(HOURLY, lambda at=moment: ran.append(at))  # type: ignore[misc]
    assert ran == ["2026-11-22T10:00Z", "2026-11-22T11:00Z"]


@pytest.mark.django_db
def test_what_was_missed_is_made_up_once_and_not_for_each_day(
    clock: Callable[[str], None], settings: Settings
) -> None:
    settings.TIME_ZONE = "Asia/Kolkata"
    ran: list[str] = []
    for moment in ("2026-11-01T22:00Z", "2026-11-20T12:00Z", "2026-11-20T12:01Z"):
        clock(moment)
        run_if_due(NIGHTLY, lambda at=moment: ran.append(at))  # type: ignore[misc]
    assert ran == ["2026-11-01T22:00Z", "2026-11-20T12:00Z"]


@pytest.mark.django_db
def test_a_clock_that_is_set_back_runs_nothing_twice(clock: Callable[[str], None]) -> None:
    ran: list[str] = []
    for moment in ("2026-11-22T10:00Z", "2026-11-22T09:00Z", "2026-11-19T10:00Z"):
        clock(moment)
        run_if_due(HOURLY, lambda at=moment: ran.append(at))  # type: ignore[misc]
    assert ran == ["2026-11-22T10:00Z"]


@pytest.mark.django_db
def test_what_failed_is_begun_again_in_the_same_period(clock: Callable[[str], None]) -> None:
    clock("2026-11-22T10:00Z")

    def fail() -> None:
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 (its own)
        run_if_due(HOURLY, fail)
    ran: list[int] = []
    assert run_if_due(HOURLY, lambda: ran.append(1))
    assert not run_if_due(HOURLY, lambda: ran.append(2))
    assert ran == [1]
    assert ScheduleRun.objects.get(name=HOURLY.task).ended_at is not None


@pytest.mark.django_db(transaction=True)
def test_f08_of_many_schedulers_one_runs_a_period() -> None:
    ran: list[int] = []
    together = Barrier(6)

    def ask(turn: int) -> bool:
        try:
            together.wait()
            return run_if_due(HOURLY, lambda: ran.append(turn))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(ask, range(6)))
    assert sum(answers) == len(ran) == 1


@pytest.mark.parametrize(
    ("now", "began"),
    [
        ("2026-03-29T00:29Z", "2026-03-28T01:30Z"),  # 01:29 in Paris: last night's
        ("2026-03-29T01:30Z", "2026-03-29T01:30Z"),  # 02:30 is skipped: 03:30 is when it runs
        ("2026-10-25T00:29Z", "2026-10-24T00:30Z"),
        ("2026-10-25T00:30Z", "2026-10-25T00:30Z"),  # the first of two half past twos
        ("2026-10-25T01:31Z", "2026-10-25T00:30Z"),  # the second is the same night
    ],
)
def test_a_night_has_one_half_past_two_whatever_the_clocks_do(
    now: str, began: str, settings: Settings
) -> None:
    settings.TIME_ZONE = "Europe/Paris"
    assert NIGHTLY.period(datetime.fromisoformat(now)) == datetime.fromisoformat(began)


def test_periods_are_told_in_utc() -> None:
    assert HOURLY.period(datetime(2026, 11, 22, 10, 59, tzinfo=UTC)).hour == 10


@pytest.mark.parametrize("one", PERIODIC, ids=lambda one: one.task)
def test_everything_periodic_needs_nothing_told_and_has_a_time(one: Periodic) -> None:
    assert import_string(one.task).name == one.task
    assert (one.every is None) != (one.at is None)
