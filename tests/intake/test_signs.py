"""G9: signs that somebody else may hold the phone are shown, and nothing is told until checked."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from accounts.models import User
from intake import registry
from intake.models import Conversation
from intake.services import settle_check
from privacy.access import acting
from privacy.clock import database_now
from tests.intake.conftest import MARK
from tests.intake.hearing import case_for, change, fresh, hear, long_ago, notices, said_back

pytestmark = pytest.mark.django_db

ZONE = ZoneInfo("Asia/Kolkata")


@pytest.fixture
def told(amina: User) -> Conversation:
    """Asha wrote, and amina has her case."""
    conversation = hear(f"hello {MARK}", profile_name="Asha")
    case_for(conversation)
    return fresh(conversation)


def evening(days_ago: int) -> datetime:
    """Seven in the evening, some days ago."""
    day = database_now().astimezone(ZONE).date() - timedelta(days=days_ago)
    return datetime(day.year, day.month, day.day, 19, tzinfo=ZONE)


def test_g9_another_profile_name_is_a_sign(told: Conversation) -> None:
    hear(f"hi {MARK}", profile_name="Asha")
    assert notices(told) == []
    hear(f"hi {MARK}", profile_name="Vikram")
    assert notices(told) == ["sign_profile"]


def test_g9_a_long_silence_is_a_sign(told: Conversation) -> None:
    long_ago(told, days=61)
    hear(f"hi {MARK}")
    assert notices(told) == ["sign_silence"]


def test_g9_an_hour_that_is_not_theirs_is_a_sign(amina: User) -> None:
    for day in range(12, 1, -1):
        conversation = hear(f"hi {MARK}", at=evening(day))
    change(conversation, last_inbound_at=evening(2))
    night = (evening(1) + timedelta(hours=8)).replace(hour=3)
    hear(f"hi {MARK}", at=night)
    assert notices(conversation) == ["sign_hour"]


def test_g9_whoever_often_writes_at_night_is_no_sign(amina: User) -> None:
    for day in range(12, 1, -1):
        conversation = hear(f"hi {MARK}", at=evening(day) + timedelta(hours=7))
    change(conversation, last_inbound_at=evening(2))
    hear(f"hi {MARK}", at=(evening(1) + timedelta(hours=8)).replace(hour=3))
    assert notices(conversation) == []


def test_g9_the_page_says_so_and_offers_the_agreed_question(
    told: Conversation, amina: User
) -> None:
    hear(f"hi {MARK}", profile_name="Vikram")
    case = case_for(told)
    browser = Client()
    browser.force_login(amina)
    page = browser.get(f"/cases/{case.pk}/").content.decode()
    assert "maybe somebody else" in page
    assert "The agreed question" in page
    browser.post(f"/cases/{case.pk}/writer/{told.pk}/check/", {"answered": "right"})
    assert "maybe somebody else" not in browser.get(f"/cases/{case.pk}/").content.decode()


def test_g9_until_it_is_checked_status_and_delete_wait_for_a_person(
    told: Conversation, amina: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "status_lines", [lambda _c: ["3 of 5 steps are done."]])
    hear("status", profile_name="Vikram")
    assert "3 of 5" not in said_back(told)[-1][1]
    hear("delete", profile_name="Vikram")
    assert fresh(told).hidden_at is None
    assert fresh(told).asked == "delete"
    with acting(user=amina):
        settle_check(fresh(told), right=True, by=amina)
    hear("status", profile_name="Vikram")
    assert "3 of 5" in said_back(told)[-1][1]


def test_g9_a_wrong_answer_keeps_it_closed(told: Conversation, amina: User) -> None:
    with acting(user=amina):
        settle_check(told, right=False, by=amina)
    hear("delete", profile_name="Asha")
    assert fresh(told).hidden_at is None
