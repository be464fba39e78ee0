"""A hidden folder is reached by no person, whatever they were to it; only by parts."""

import pytest

from accounts.models import Team, User
from cases.models import Case
from intake.models import Conversation, Identity, Message
from privacy.access import NotAllowed, acting, capacities, grant, may, require
from privacy.clock import database_now
from privacy.models import CaseData, Folder
from privacy.policy import CAPACITIES
from tests import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(amina: User, team: Team) -> Case:
    return people.case_of(amina, team=team, text="words")


def hide(folder: Folder, *, away: bool = True) -> None:
    with acting(part="filing"):
        Folder.objects.filter(pk=folder.pk).update(hidden_at=database_now() if away else None)


@pytest.mark.parametrize("capacity", sorted(CAPACITIES))
def test_no_capacity_reaches_it_in_python_or_in_the_database(
    case: Case, ben: User, capacity: str
) -> None:
    with acting(part="assignment"):
        grant(case.folder, capacity, to=ben, by=None)
    with acting(user=ben):
        assert capacities(ben, [case.folder_id])[case.folder_id] == {capacity}
        assert Case.objects.filter(pk=case.pk).exists()
    hide(case.folder)
    with acting(user=ben):
        assert capacities(ben, [case.folder_id])[case.folder_id] == frozenset()
        assert not Case.objects.filter(pk=case.pk).exists()
        assert not Case.objects.visible_to(ben).filter(pk=case.pk).exists()
        assert not Folder.objects.filter(pk=case.folder_id).exists()


def test_nor_does_a_duty_for_the_whole_team(case: Case, sofia: User, aude: User) -> None:
    hide(case.folder)
    for person in (sofia, aude):
        with acting(user=person):
            assert capacities(person, [case.folder_id])[case.folder_id] == frozenset()
            assert not Case.objects.exists()
            assert not Case.objects.visible_to(person).exists()


def test_nobody_writes_into_it_or_shows_it_again(case: Case, amina: User) -> None:
    hide(case.folder)
    with pytest.raises(NotAllowed), acting(user=amina):
        require(amina, case.folder_id, "narrative")
    with acting(user=amina):
        assert not may(amina, case.folder_id, "operational", "r")
        assert Folder.objects.filter(pk=case.folder_id).update(hidden_at=None) == 0


def test_parts_reach_it_and_may_bring_it_back(case: Case, amina: User) -> None:
    hide(case.folder)
    with acting(part="filing"):
        assert Message.objects.filter(folder=case.folder_id).exists()
    hide(case.folder, away=False)
    with acting(user=amina):
        assert Case.objects.visible_to(amina).filter(pk=case.pk).exists()


@pytest.mark.parametrize("model", [Conversation, Identity, Message])
def test_what_lies_beside_it_stays_in_sight(
    case: Case, amina: User, team: Team, model: type[CaseData]
) -> None:
    other = people.case_of(amina, team=team, text="others")
    hide(case.folder)
    with acting(user=amina):
        assert list(Case.objects.visible_to(amina)) == [other]
        assert model.objects.visible_to(amina).exists()
