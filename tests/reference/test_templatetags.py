"""What the template words say."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation

from reference.templatetags import amaan

NOW = datetime(2026, 3, 5, 14, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def two_in_the_afternoon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.mark.parametrize(
    ("minutes", "shown"), [(0, "0:00"), (41, "0:41"), (190, "3:10"), (24 * 60, "1 d"), (-5, "0:00")]
)
def test_a_wait_is_shown_in_hours_and_minutes_and_then_in_days(minutes: int, shown: str) -> None:
    assert amaan.age(NOW - timedelta(minutes=minutes)) == shown


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "just now"),
        (3, "3 min ago"),
        (125, "2 h ago"),
        (24 * 60, "1 day ago"),
        (3 * 24 * 60, "3 days ago"),
    ],
)
def test_the_past_is_told_in_words(minutes: int, words: str) -> None:
    with translation.override("en"):
        assert amaan.ago(NOW - timedelta(minutes=minutes)) == words


def test_the_far_past_is_a_date() -> None:
    with translation.override("en"):
        assert amaan.ago(NOW - timedelta(days=30)) == "3 Feb 2026"


def test_the_exact_time_goes_with_the_relative_one() -> None:
    with translation.override("en"), timezone.override("Asia/Kolkata"):
        shown = amaan.when(NOW - timedelta(minutes=3))
    assert "3 min ago" in shown
    assert "5 Mar 2026, 19:27 IST" in shown
    assert 'tabindex="0"' in shown


@pytest.mark.parametrize(
    ("minutes", "state", "words"),
    [(72, "running", "due in 1:12"), (10, "soon", "due in 0:10"), (-20, "late", "late by 0:20")],
)
def test_a_clock_says_what_is_left_or_how_late_it_is(minutes: int, state: str, words: str) -> None:
    with translation.override("en"):
        shown = amaan.due(NOW + timedelta(minutes=minutes))
    assert f'class="clock {state}"' in shown
    assert words in shown


def test_no_moment_shows_nothing() -> None:
    assert [amaan.age(None), amaan.ago(None), amaan.when(None), amaan.due(None)] == [""] * 4


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://a.example.org/x.html?y=1", "hxxps://a[.]example[.]org/x.html?y=1"),
        ("HTTP://example.org", "hxxp://example[.]org"),
        ("example.org/a", "example[.]org/a"),
        ("hxxps://example[.]org/", "hxxps://example[.]org/"),
    ],
)
def test_an_address_is_shown_so_that_nothing_opens_it(address: str, shown: str) -> None:
    assert amaan.defang(address) == shown


def test_every_language_knows_its_direction() -> None:
    assert [amaan.direction(code) for code in ("en", "hi", "ar", "fr", "xx-unknown")] == [
        "ltr",
        "ltr",
        "rtl",
        "ltr",
        "auto",
    ]
