"""The one question at closing: once, only where it is right to ask, and the answer is counted."""

from datetime import timedelta

import pytest

from accounts.models import User
from cases import services as cases
from cases.models import Case
from intake.limits import approve_limit, ask_limit
from intake.models import Conversation
from privacy.access import acting
from privacy.clock import database_now
from reference.models import DailyFact
from tests.intake.conftest import MARK
from tests.intake.hearing import case_for, change, codes, fresh, hear, long_ago

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(amina: User) -> Conversation:
    """Asha wrote, and amina has her case."""
    conversation = hear(f"hello {MARK}")
    case_for(conversation)
    return fresh(conversation)


def close(conversation: Conversation, amina: User, *, reason: str = "helped") -> Case:
    with acting(part="assignment"):
        case: Case = Case.objects.select_related("folder__team").get(
            folder=fresh(conversation).filed_to_id
        )
    with acting(user=amina):
        cases.close(case, reason=reason, by=amina)
    return case


def marks() -> dict[str, int]:
    rows = DailyFact.objects.filter(measure="survey_answers")
    return {row.dimensions["result"]: row.count for row in rows}


@pytest.mark.parametrize(
    ("answer", "counted"), [("4", "mark_4"), ("५", "mark_5"), ("skip", "skipped")]
)
def test_asked_once_and_counted_and_the_case_stays_closed(
    told: Conversation, amina: User, answer: str, counted: str
) -> None:
    close(told, amina)
    assert codes(told)[-1] == "survey"
    hear(answer)
    assert marks() == {counted: 1}
    now = fresh(told)
    assert (now.state, now.survey, now.waiting_since) == ("closed", "answered", None)
    assert codes(told)[-1] == "survey_thanks"


def test_words_instead_of_a_number_are_heard_and_nothing_is_asked_again(
    told: Conversation, amina: User
) -> None:
    close(told, amina)
    hear(f"it started again {MARK}")
    now = fresh(told)
    assert (now.state, now.asked) == ("waiting", "")
    assert marks() == {}
    case_for(told)
    close(told, amina)
    assert codes(told).count("survey") == 1


def test_not_after_the_channels_window(told: Conversation, amina: User) -> None:
    long_ago(told, hours=25)
    close(told, amina)
    assert "survey" not in codes(told)


@pytest.mark.parametrize("why", ["danger", "limited", "shared phone", "parent", "marked", "reason"])
def test_never_where_it_is_not_appropriate(
    told: Conversation, amina: User, sofia: User, why: str
) -> None:
    case = case_for(told)
    with acting(user=amina):
        if why == "danger":
            cases.set_risk(case, risk="danger", by=amina)
        if why == "shared phone":
            cases.set_risk(case, risk="normal", flags=["shared_device"], why="so", by=amina)
        if why == "parent":
            cases.update_case(case, changes={"guardian_safe": "no"}, by=amina)
        if why == "limited":
            asked = ask_limit(told, reason="prank", hours=24, by=amina)
    if why == "limited":
        with acting(user=sofia):
            approve_limit(asked, by=sofia)
        change(told, limited_until=database_now() - timedelta(days=1))
    if why == "marked":
        change(told, survey=Conversation.Survey.NOT_APPROPRIATE)
    close(told, amina, reason="their_wish" if why == "reason" else "helped")
    assert "survey" not in codes(told)


def test_not_after_they_asked_us_to_stop(told: Conversation, amina: User) -> None:
    hear("STOP")
    hear("1")
    close(told, amina)
    assert "survey" not in codes(told)
