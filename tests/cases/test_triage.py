"""Words of danger raise, never lower; which harm it is stays for a person to say."""

import pytest

from accounts.models import Team, User
from cases import triage
from cases.models import Case, CaseHarm
from cases.tasks import triage_waiting
from intake.models import Conversation, Risk
from intake.writing import lock, raise_risk
from privacy.access import acting
from privacy.minimise import minimised
from tests import people


@pytest.mark.parametrize(
    ("text", "risk"),
    [
        ("i want to die", Risk.DANGER),
        ("main marna chahti hoon", Risk.DANGER),
        ("he is at my door", Risk.DANGER),
        ("blackmail kar raha hai", Risk.URGENT),
        ("how do i reach you", Risk.NORMAL),
    ],
)
def test_what_is_said_decides_the_level(team: Team, amina: User, text: str, risk: Risk) -> None:
    people.arrive(text, team=team)
    triage_waiting()
    with acting(user=amina):
        case = Case.objects.visible_to(amina).get()
        assert case.risk == risk
        assert not CaseHarm.objects.visible_to(amina).exists()


def test_calm_words_later_do_not_lower_the_risk(team: Team) -> None:
    conversation = people.arrive("i want to die", team=team)
    with acting(part="intake"):
        people.say(conversation, "all good now")
        heard = triage.assess(conversation)
    assert heard.risk == Risk.DANGER
    assert "self_harm_or_suicide" in heard.flags


def test_a_later_word_of_danger_raises_the_open_case(case: Case, amina: User) -> None:
    before = case.version
    with acting(part="intake"):
        conversation = lock(Conversation.objects.get())
        raise_risk(conversation, risk="danger", flags={"imminent_danger": "en: at my door"})
        message = people.say(conversation, "he is at my door")
        triage.on_message(message)
    with acting(user=amina):
        fresh = Case.objects.visible_to(amina).get()
        assert fresh.risk == Risk.DANGER
        assert fresh.version > before
        flags = triage.parse_flags(minimised(fresh, amina).flags)
    assert flags == {"imminent_danger": "en: at my door"}


def test_a_message_never_lowers_the_case(case: Case) -> None:
    with acting(part="intake"):
        Case.objects.update(risk=Risk.DANGER)
        triage.on_message(people.say(lock(Conversation.objects.get()), "thank you"))
        assert Case.objects.get().risk == Risk.DANGER
