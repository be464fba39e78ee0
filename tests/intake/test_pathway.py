"""Worried about their own thoughts: their own limits first, trained staff, no name, no survey."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts import services as accounts
from accounts.models import User
from cases import assignment
from cases import services as cases
from cases.models import Case
from intake import survey
from intake.models import Conversation, Identity
from privacy.access import acting
from privacy.clock import database_now
from privacy.services import NotPossible
from privacy.services import reveal as privacy_reveal
from tests.intake.conftest import MARK
from tests.intake.hearing import case_for, codes, fresh, hear, said_back

pytestmark = pytest.mark.django_db

WORRY = "i have sexual thoughts about children and i am scared"


def train(user: User) -> None:
    """Trained for the prevention pathway."""
    today = database_now().date()
    accounts.record_training(
        user,
        skill="own_thoughts",
        valid_from=today,
        valid_to=today + timedelta(days=30),
        by=None,
    )


@pytest.fixture
def worried(amina: User, ben: User) -> Conversation:
    """Somebody worried about their own thoughts wrote; ben is trained for that."""
    train(ben)
    conversation = hear(WORRY)
    case_for(conversation)
    return fresh(conversation)


def test_their_own_limits_come_before_anything_else(worried: Conversation) -> None:
    assert worried.pathway == "own_thoughts"
    ((code, words),) = said_back(worried)
    assert code == "own_thoughts_limits"
    assert "do not have to say who you are" in words


def test_who_says_it_later_hears_their_own_limits_then(amina: User) -> None:
    hear("hello, i need to talk")
    hear("it is hard to say")
    conversation = hear(WORRY)
    assert [code for code, _words in said_back(conversation)] == [
        "hello",
        "limits",
        "own_thoughts_limits",
    ]


def test_only_who_is_trained_gets_it(worried: Conversation, amina: User, ben: User) -> None:
    case = case_for(worried)
    assert case.holder == ben
    with acting(part="assignment"):
        against = {
            u: codes for u, codes, _b in assignment.standing_against(case, at=database_now())
        }
    assert against[amina] == ["training"]


def test_nobody_trained_it_waits_for_one(amina: User) -> None:
    case = case_for(hear(WORRY))
    assert case.holder is None
    assert case.nobody_because == {"training": 1}


def test_who_they_are_is_neither_shown_nor_revealed_nor_written(
    worried: Conversation, ben: User
) -> None:
    case = case_for(worried)
    browser = Client()
    browser.force_login(ben)
    page = browser.get(f"/cases/{case.pk}/").content.decode()
    assert "+91" not in page
    assert "Real name" not in page
    with acting(user=ben):
        identity = Identity.objects.get(conversation=worried)
        with pytest.raises(NotPossible, match="anonymous"):
            privacy_reveal(identity, field="value", purpose="danger", words="to call", by=ben)
        with pytest.raises(NotPossible, match="anonymous"):
            cases.update_case(case, changes={"name": "Somebody"}, by=ben)


def test_they_are_asked_no_survey(worried: Conversation, ben: User) -> None:
    case = case_for(worried)
    with acting(user=ben):
        cases.close(case, reason="helped", by=ben)
    assert "survey" not in codes(worried)
    assert not survey.offer(fresh(worried))


def test_the_word_on_the_page_is_person(worried: Conversation, ben: User) -> None:
    case = case_for(worried)
    browser = Client()
    browser.force_login(ben)
    page = browser.get(f"/cases/{case.pk}/").content.decode()
    assert "young person" not in page.lower()


def test_a_colleagues_mark_puts_them_on_it_and_takes_them_off(amina: User) -> None:
    conversation = hear(f"i need to talk about something {MARK}")
    case = case_for(conversation)
    with acting(user=amina):
        cases.set_harms(case, codes=["worried_about_own_thoughts"], by=amina)
    assert fresh(conversation).pathway == "own_thoughts"
    with acting(part="assignment"):
        assert "own_thoughts" in assignment.wanted_skills(Case.objects.get(pk=case.pk))
    with acting(user=amina):
        cases.set_harms(case, codes=["bullying"], by=amina)
    assert fresh(conversation).pathway == ""


def test_what_somebody_else_said_is_not_theirs(amina: User) -> None:
    conversation = hear(f"he told me he has sexual thoughts about children {MARK}")
    assert fresh(conversation).pathway == ""
