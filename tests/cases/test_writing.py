"""What may be written down, by whom, and what is refused."""

from datetime import time

import pytest

from accounts.models import Team, User
from cases import services
from cases.models import Case, CaseHarm, Note, Task
from intake.models import Conversation
from privacy.access import NotAllowed, acting
from privacy.minimise import minimised
from privacy.services import NotPossible
from tests import people


def test_amina_changes_facts_and_the_story_is_sealed(case: Case, amina: User) -> None:
    with acting(user=amina):
        services.update_case(case, changes={"summary": "short", "age_band": "16_17"}, by=amina)
        fresh = Case.objects.visible_to(amina).get()
        assert str(fresh.summary) == "•••"
        assert minimised(fresh, amina).summary == "short"
        assert fresh.age_told_on is not None
        assert fresh.version > case.version


@pytest.mark.parametrize("name", ["holder", "code", "status", "folder", "risk", "no_such_field"])
def test_unknown_and_unchangeable_fields_are_refused(case: Case, amina: User, name: str) -> None:
    with acting(user=amina):
        with pytest.raises(NotAllowed):
            services.update_case(case, changes={"summary": "x", name: "y"}, by=amina)
        assert Case.objects.visible_to(amina).get().summary is None


def test_sofia_may_not_write_the_story_nor_a_name(case: Case, sofia: User) -> None:
    for name in ("summary", "name", "age_band"):
        with acting(user=sofia), pytest.raises(NotAllowed):
            services.update_case(case, changes={name: "x"}, by=sofia)


@pytest.mark.parametrize(
    "changes",
    [
        {"age_band": "twelve"},
        {"gender": "x"},
        {"guardian_safe": "perhaps"},
        {"safe_channel": "pigeon"},
        {"region": "Mumbai, Maharashtra"},
        {"safe_from": time(16)},
        {"summary": 5},
    ],
)
def test_what_is_no_choice_is_refused(case: Case, amina: User, changes: dict[str, object]) -> None:
    with acting(user=amina), pytest.raises(NotPossible):
        services.update_case(case, changes=changes, by=amina)


def test_harms_are_chosen_one_is_primary_and_can_be_taken_back(case: Case, amina: User) -> None:
    with acting(user=amina):
        services.set_harms(
            case, codes=["grooming", "threat_to_share"], primary="threat_to_share", by=amina
        )
        services.set_harms(case, codes=["grooming"], by=amina)
        standing = CaseHarm.objects.visible_to(amina).standing()
        assert [(harm.code, harm.primary) for harm in standing] == [("grooming", True)]
        services.set_harms(case, codes=["threat_to_share"], by=amina)
        assert CaseHarm.objects.visible_to(amina).count() == 2
        with pytest.raises(NotPossible):
            services.set_harms(case, codes=["no_such_harm"], by=amina)


def test_a_person_may_lower_what_words_raised(case: Case, amina: User) -> None:
    with acting(part="intake"):
        Case.objects.update(risk="danger")
        Conversation.objects.update(risk="danger")
    with acting(user=amina):
        services.set_risk(case, risk="normal", flags=[], by=amina)
        assert Case.objects.visible_to(amina).get().risk == "normal"
        assert Conversation.objects.visible_to(amina).get().risk == "normal"


def test_sofia_sets_the_level_and_not_the_flags(case: Case, sofia: User) -> None:
    with acting(user=sofia):
        services.set_risk(case, risk="urgent", by=sofia)
        with pytest.raises(NotAllowed):
            services.set_risk(case, risk="urgent", flags=["under_13"], by=sofia)


def test_ben_may_write_nothing(case: Case, ben: User, amina: User) -> None:
    with acting(user=amina):
        task = services.add_task(case, what="ring", by=amina)
    for attempt in (
        lambda: services.add_note(case, body="x", by=ben),
        lambda: services.add_task(case, what="x", by=ben),
        lambda: services.finish_task(task, by=ben),
        lambda: services.set_harms(case, codes=[], by=ben),
        lambda: services.set_risk(case, risk="normal", by=ben),
        lambda: services.set_safe_contact_aside(case, purpose="danger", words="x", by=ben),
        lambda: services.close(case, reason="helped", by=ben),
        lambda: services.hand_over(case, to=ben, summary="x", by=ben),
        lambda: services.reopen(case, by=ben),
    ):
        with acting(user=ben), pytest.raises(NotAllowed):
            attempt()


def test_an_empty_note_and_a_promise_without_a_moment_are_refused(case: Case, amina: User) -> None:
    with acting(user=amina):
        with pytest.raises(NotPossible):
            services.add_note(case, body="  ", by=amina)
        with pytest.raises(NotPossible):
            services.add_task(case, what="answer", kind=Task.Kind.PROMISE, by=amina)


def test_without_an_actor_nothing_is_there(case: Case, amina: User, team: Team) -> None:
    people.arrive("more", team=team)
    with acting(user=amina):
        services.add_note(case, body="x", by=amina)
    with acting():
        for model in (Case, CaseHarm, Note, Task, Conversation):
            assert not model.objects.exists()
