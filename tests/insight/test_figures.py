"""Figures: whole months, nothing small, the same on screen and in the file."""

from datetime import date, timedelta

import pytest
from django.test import Client

from accounts.models import User
from insight.figures import FIGURES, as_csv, months, show
from insight.models import PublishedFigure
from insight.tasks import publish_figures
from privacy.models import AuditEvent
from reference.services import count_fact

OPENED = FIGURES[0]


@pytest.fixture
def month(db: None) -> date:
    """Last month, in which things were counted."""
    last = (date.today().replace(day=1) - timedelta(days=1)).replace(day=1)
    count_fact(last, "cases_opened", 40, language="en", channel="whatsapp", risk="normal")
    count_fact(last, "cases_opened", 31, language="en", channel="email", risk="normal")
    count_fact(last, "cases_opened", 23, language="hi", channel="whatsapp", risk="urgent")
    count_fact(last, "cases_opened", 3, language="hi", channel="email", risk="danger")
    count_fact(date.today(), "cases_opened", 77, language="en", channel="phone", risk="normal")
    return last


def enter(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def test_only_months_that_are_over_are_shown(month: date) -> None:
    assert months() == [month]
    shown = show(OPENED, month)
    assert shown is not None
    assert "77" not in as_csv(shown)


def test_a_small_number_is_hidden_with_what_would_give_it_away(month: date) -> None:
    shown = show(OPENED, month)
    assert shown is not None
    text = as_csv(shown)
    assert "hidden" in text
    assert ",3," not in text
    assert text.count("hidden") >= 3


def test_screen_and_file_say_the_same(month: date, anil: User) -> None:
    browser = enter(anil)
    page = browser.get("/figures/").content.decode()
    assert "Counts reflect reports made, not how often harm happens." in page
    assert ">3<" not in page
    answer = browser.get(f"/figures/opened.csv?month={month:%Y-%m}")
    assert answer["content-type"].startswith("text/csv")
    assert AuditEvent.objects.filter(verb="export", reason="opened").count() == 1


def test_anil_and_sofia_read_figures_and_nobody_else_does(
    month: date, anil: User, sofia: User, amina: User, adil: User
) -> None:
    for person in (anil, sofia):
        assert enter(person).get("/figures/").status_code == 200
    for person in (amina, adil):
        assert enter(person).get("/figures/").status_code == 404
        assert enter(person).get("/figures/opened.csv").status_code == 404


def test_before_the_first_month_is_over_the_page_says_so(anil: User) -> None:
    assert "No figures yet" in enter(anil).get("/figures/").content.decode()


def test_an_unknown_figure_or_month_is_not_there(month: date, anil: User) -> None:
    assert enter(anil).get("/figures/secrets.csv").status_code == 404
    assert enter(anil).get("/figures/?month=1999-01").status_code == 200


def test_no_bar_is_drawn_against_a_hidden_number(db: None) -> None:
    last = (date.today().replace(day=1) - timedelta(days=1)).replace(day=1)
    before = (last - timedelta(days=1)).replace(day=1)
    for month, english, hindi in ((last, 40, 3), (before, 41, 2)):
        count_fact(month, "cases_opened", english, language="en", channel="whatsapp")
        count_fact(month, "cases_opened", hindi, language="hi", channel="whatsapp")
    assert show(OPENED, last) == show(OPENED, before)


def test_l3_what_is_published_for_statistics_hides_what_is_small(month: date) -> None:
    assert publish_figures() == 1
    assert publish_figures() == 0  # a month that is over is published once
    published = PublishedFigure.objects.get(code="opened", month=month)
    assert "hidden" in published.table
    assert ",3," not in published.table
