"""Who gets a case: the best of those it may be given to, and never anybody else."""

import itertools
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import services as accounts
from accounts.models import Team, User
from cases import assignment, services
from cases.models import Assignment, Case
from cases.tasks import triage_waiting
from intake.models import Conversation, Message, Risk
from privacy.access import NotAllowed, acting
from privacy.models import AuditEvent
from privacy.services import NotPossible
from tests import people

_numbers = itertools.count(1)


def waiting_case(team: Team, *, risk: str = Risk.NORMAL, language: str = "en") -> Case:
    """A case in the queue, which nobody holds."""
    sender = f"+9198{next(_numbers):08}"
    conversation = people.arrive("hello", team=team, language=language, sender=sender)
    with acting(part="triage"):
        case = services.open_case(conversation, by=None)
    with acting(part="assignment"):
        Case.objects.filter(pk=case.pk).update(risk=risk)
        return Case.objects.select_related("folder__team").get(pk=case.pk)  # type: ignore[no-any-return]


def test_a_first_message_becomes_aminas_case_with_its_reasons(team: Team, amina: User) -> None:
    people.arrive("i need help", team=team)
    assert triage_waiting() == 1
    with acting(user=amina):
        case = Case.objects.visible_to(amina).get()
        assert case.holder == amina
        assert Message.objects.visible_to(amina).count() == 1
        given = Assignment.objects.visible_to(amina).get()
    assert given.how == Assignment.How.AUTOMATIC
    assert given.reasons["skills"] == ["core"]
    assert given.score == 100
    assert given.others == {}


def test_a_second_run_changes_nothing(team: Team, amina: User) -> None:
    people.arrive("i need help", team=team)
    triage_waiting()
    assert triage_waiting() == 0
    with acting(part="assignment"):
        assert Case.objects.count() == 1
        assert Assignment.objects.count() == 1


def test_ben_sees_nothing_of_what_amina_was_given(team: Team, amina: User, ben: User) -> None:
    amina_first = min(amina, ben, key=lambda user: user.pk.hex)
    other = ben if amina_first == amina else amina
    people.arrive("i need help", team=team)
    triage_waiting()
    with acting(user=other):
        assert not Case.objects.visible_to(other).exists()
        assert not Conversation.objects.visible_to(other).exists()
        assert not Message.objects.visible_to(other).exists()


def test_the_less_burdened_colleague_is_chosen(team: Team, amina: User, ben: User) -> None:
    people.case_of(amina, team=team, risk=Risk.URGENT)
    case = waiting_case(team)
    with acting(part="assignment"):
        given = services.assign(case, by=None)
    assert given is not None
    assert given.user == ben
    assert given.others == {"lower_score": 1}


def test_equal_burdens_go_to_who_waited_longest(team: Team, amina: User, ben: User) -> None:
    first = waiting_case(team)
    with acting(part="assignment"):
        one = services.assign(first, by=None)
        assert one is not None
        Case.objects.filter(pk=first.pk).update(
            holder=None, status="closed", closed_at=first.opened_at
        )
    with acting(part="assignment"):
        two = services.assign(waiting_case(team), by=None)
        assert two is not None
        assert {one.user, two.user} == {amina, ben}


def test_danger_goes_only_to_who_is_trained_for_it(team: Team, amina: User, ben: User) -> None:
    amina.trainings.filter(skill="danger").delete()
    people.case_of(ben, team=team, risk=Risk.URGENT)
    with acting(part="assignment"):
        given = services.assign(waiting_case(team, risk=Risk.DANGER), by=None)
    assert given is not None
    assert given.user == ben
    assert given.others == {"training": 1}


@pytest.mark.parametrize(
    ("reason", "language"), [("language", "ar"), ("off_shift", "en"), ("on_break", "en")]
)
def test_nobody_eligible_leaves_the_case_in_the_queue_with_the_reason(
    team: Team, amina: User, sofia: User, reason: str, language: str
) -> None:
    if reason == "off_shift":
        amina.shifts.all().delete()
    if reason == "on_break":
        User.objects.filter(pk=amina.pk).update(on_break=True)
    people.arrive("hello", team=team, language=language)
    assert triage_waiting() == 0
    with acting(user=sofia):
        case = Case.objects.visible_to(sofia).get()
        assert case.holder is None
        assert case.nobody_because == {reason: 1}
    with acting(user=amina):
        assert not Case.objects.visible_to(amina).exists()


def test_expired_training_counts_for_nothing(team: Team, amina: User) -> None:
    yesterday = timezone.now().date() - timedelta(days=1)
    amina.trainings.filter(skill="core").update(valid_to=yesterday)
    people.arrive("hello", team=team)
    assert triage_waiting() == 0


def test_in_danger_room_yields_and_is_written_down(team: Team, amina: User) -> None:
    for _ in range(3):
        people.case_of(amina, team=team, risk=Risk.DANGER)
    calm = waiting_case(team)
    danger = waiting_case(team, risk=Risk.DANGER)
    with acting(part="assignment"):
        assert services.assign(calm, by=None) is None
        given = services.assign(danger, by=None)
    assert given is not None
    assert given.reasons["yielded"] == [assignment.NO_ROOM]


def test_recorded_harms_need_training(team: Team, amina: User, ben: User) -> None:
    case = people.case_of(amina, team=team)
    with acting(user=amina):
        services.set_harms(case, codes=["trafficking"], by=amina)
    with acting(part="assignment"):
        Case.objects.filter(pk=case.pk).update(holder=None)
        assert services.assign(case, by=None) is None


def test_sofia_assigns_by_hand_and_what_she_overrode_is_kept(
    team: Team, amina: User, sofia: User
) -> None:
    case = waiting_case(team, language="ar")
    with acting(user=sofia):
        given = services.assign(case, to=amina, by=sofia)
    assert given is not None
    assert given.how == Assignment.How.HAND
    assert given.reasons["overridden"] == ["language"]
    with acting(user=amina):
        assert Case.objects.visible_to(amina).get().holder == amina


def test_sofia_moves_a_case_and_the_former_holder_loses_it(
    team: Team, amina: User, ben: User, sofia: User
) -> None:
    case = people.case_of(amina, team=team)
    with acting(user=sofia):
        services.assign(case, to=ben, by=sofia)
    with acting(user=amina):
        assert not Case.objects.visible_to(amina).exists()
        assert not Message.objects.visible_to(amina).exists()
        assert not Conversation.objects.visible_to(amina).exists()
    with acting(user=ben):
        assert Message.objects.visible_to(ben).count() == 1


def test_amina_cannot_assign_and_the_attempt_is_recorded(
    team: Team, amina: User, ben: User
) -> None:
    case = people.case_of(amina, team=team)
    with acting(user=amina), pytest.raises(NotAllowed):
        services.assign(case, to=ben, by=amina)


def test_sofia_cannot_give_a_case_to_tariq(team: Team, tariq: User, sofia: User) -> None:
    case = waiting_case(team)
    with acting(user=sofia), pytest.raises(NotPossible):
        services.assign(case, to=tariq, by=sofia)


def test_amina_takes_the_most_urgent_case(team: Team, amina: User) -> None:
    waiting_case(team)
    urgent = waiting_case(team, risk=Risk.URGENT)
    with acting(user=amina):
        given = services.take_next(by=amina)
    assert given.case == urgent
    assert given.how == Assignment.How.TAKEN


def test_with_nothing_waiting_amina_is_told_so(team: Team, amina: User) -> None:
    with acting(user=amina), pytest.raises(NotPossible):
        services.take_next(by=amina)


def test_tariq_takes_no_cases(team: Team, tariq: User) -> None:
    waiting_case(team)
    with acting(user=tariq), pytest.raises(NotPossible):
        services.take_next(by=tariq)


def test_another_teams_counsellor_is_not_asked(team: Team, sofia: User) -> None:
    other = people.make_team("South")
    farah = people.make_person("farah", other, role="counsellor")
    accounts.set_languages(farah, languages=["en"], by=None)
    with acting(part="assignment"):
        assert services.assign(waiting_case(team), by=None) is None


def test_why_me_names_nobody_else(team: Team, amina: User, ben: User) -> None:
    ben.shifts.all().delete()
    people.arrive("hello", team=team)
    triage_waiting()
    with acting(user=amina):
        given = Assignment.objects.visible_to(amina).get()
    assert given.others == {"off_shift": 1}
    assert "ben" not in str(given.reasons).lower()
    assert AuditEvent.objects.filter(verb="assign", subject_id=given.case_id).count() == 1
