"""A limit needs two people and ends by itself; nothing limits anybody by itself."""

from datetime import timedelta
from itertools import product

import pytest

from accounts.models import Team, User
from intake import limits
from intake.limits import approve_limit, ask_limit, end_limit
from intake.models import Conversation, ReporterLimit, Risk
from privacy.access import NotAllowed, acting
from privacy.clock import database_now
from privacy.services import NotPossible
from tests import people
from tests.intake.conftest import MARK
from tests.intake.hearing import case_for, change, codes, fresh, hear

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(amina: User) -> Conversation:
    """Somebody wrote, and amina has the case."""
    conversation = hear(f"haha {MARK}")
    case_for(conversation)
    return fresh(conversation)


def limit(
    conversation: Conversation, amina: User, sofia: User, *, hours: int = 24
) -> ReporterLimit:
    with acting(user=amina):
        asked = ask_limit(conversation, reason="abusive", hours=hours, by=amina)
    with acting(user=sofia):
        approve_limit(asked, by=sofia)
    change(conversation, waiting_since=None)
    return asked


def test_one_asks_and_nothing_changes_until_a_second_agrees(
    told: Conversation, amina: User
) -> None:
    with acting(user=amina):
        asked = ask_limit(told, reason="prank", hours=24, by=amina)
    assert fresh(told).limited_until is None
    with acting(user=amina), pytest.raises(NotPossible, match="second person"):
        approve_limit(asked, by=amina)


def test_a_colleague_without_this_work_decides_nothing(
    told: Conversation, amina: User, ben: User
) -> None:
    with acting(user=amina):
        asked = ask_limit(told, reason="prank", hours=24, by=amina)
    with pytest.raises(NotAllowed), acting(user=ben):
        approve_limit(asked, by=ben)


@pytest.mark.parametrize("hours", [0, 23, 24 * 30 + 1])
def test_shorter_or_longer_is_refused(told: Conversation, amina: User, hours: int) -> None:
    with acting(user=amina), pytest.raises(NotPossible):
        ask_limit(told, reason="prank", hours=hours, by=amina)


def test_one_neutral_text_then_silence_all_kept_and_not_to_the_front(
    told: Conversation, amina: User, sofia: User
) -> None:
    limit(told, amina, sofia)
    before = len(codes(told))
    for words in (f"one {MARK}", f"two {MARK}", "HELP", "status"):
        hear(words)
    assert codes(told)[before:] == ["limited"]
    now = fresh(told)
    assert (now.waiting_since, now.risk) == (None, Risk.NORMAL)


def test_danger_under_a_limit_comes_to_the_front_and_is_answered(
    told: Conversation, amina: User, sofia: User
) -> None:
    limit(told, amina, sofia)
    hear(f"i want to kill myself {MARK}")
    now = fresh(told)
    assert now.risk == Risk.DANGER
    assert now.waiting_since is not None
    assert codes(told)[-1] == "danger"


def test_it_ends_by_itself(told: Conversation, amina: User, sofia: User) -> None:
    limit(told, amina, sofia)
    change(told, limited_until=database_now() - timedelta(seconds=1))
    hear(f"sorry {MARK}")
    assert fresh(told).waiting_since is not None


def test_it_is_ended_before_its_time(told: Conversation, amina: User, sofia: User) -> None:
    asked = limit(told, amina, sofia)
    with acting(user=amina):
        end_limit(asked, by=amina)
    assert fresh(told).limited_until is None
    with acting(user=amina):
        assert limits.standing(told) is None


def test_they_may_still_delete_what_they_wrote(
    told: Conversation, amina: User, sofia: User
) -> None:
    limit(told, amina, sofia)
    hear("DELETE")
    assert fresh(told).hidden_at is not None


@pytest.mark.usefixtures("amina")
def test_silence_pranks_and_abuse_limit_nobody_by_themselves() -> None:
    said = ["", "haha", "?", "fuck you", "u r stupid", "test", "lol lol", "123", "🍆"]
    for sender, text in product(("+919900000005", "+919900000006"), said * 3):
        conversation = hear(text, sender=sender)
    with acting(part="intake"):
        assert not ReporterLimit.objects.exists()
        assert not Conversation.objects.filter(limited_until__isnull=False).exists()
    assert fresh(conversation).waiting_since is not None


def test_the_page_offers_it_and_a_second_person_decides_there(
    told: Conversation, amina: User, sofia: User, team: Team
) -> None:
    from django.test import Client  # noqa: PLC0415

    case = case_for(told)
    address = f"/cases/{case.pk}/writer/{told.pk}"
    hers, supervisors = Client(), Client()
    hers.force_login(amina)
    supervisors.force_login(sofia)
    assert "Limit for a while" in hers.get(f"/cases/{case.pk}/").content.decode()
    hers.post(f"{address}/limit/", {"reason": "prank", "days": "3"})
    assert "A limit is asked for" in supervisors.get(f"/cases/{case.pk}/").content.decode()
    assert supervisors.post(f"{address}/decide/", {"decision": "yes"}).status_code == 302
    assert fresh(told).limited_until is not None
    assert people.ROLES["sofia"] == "supervisor"
