"""What a duty brings, and takes with it when it ends."""

import pytest

from accounts.models import Role, Team, User
from accounts.services import end_duty, give_duty
from cases.models import Case
from privacy.access import acting, grant, teams_of
from privacy.models import Folder
from privacy.services import NotPossible
from tests import people


def _supervised(user: User) -> list[object]:
    with acting(user=user):
        return list(teams_of(user, "supervise"))


def test_who_is_on_call_oversees_the_team_as_its_supervisor_does(amina: User, team: Team) -> None:
    give_duty(amina, team=team, role=Role.ON_CALL, by=None)
    assert _supervised(amina) == [team.pk]


def test_ending_one_of_two_overseeing_duties_leaves_the_other(sofia: User, team: Team) -> None:
    on_call = give_duty(sofia, team=team, role=Role.ON_CALL, by=None)
    end_duty(on_call, by=None)
    assert _supervised(sofia) == [team.pk]
    end_duty(sofia.duties.get(), by=None)
    assert _supervised(sofia) == []


def test_an_administrator_holds_no_role_on_cases(adil: User, team: Team) -> None:
    with pytest.raises(NotPossible):
        give_duty(adil, team=team, role=Role.COUNSELLOR, by=None)


def test_a_takedown_officer_who_leaves_the_role_loses_the_cases_it_brought(
    amina: User, tariq: User, team: Team
) -> None:
    case = people.case_of(amina, team=team)
    with acting(part="takedowns"):
        grant(Folder.objects.get(pk=case.folder_id), "takedown", to=tariq, by=None)
    end_duty(tariq.duties.get(), by=None)
    with acting(user=tariq):
        assert not Case.objects.visible_to(tariq).exists()
