"""What a duty brings, and takes with it when it ends."""

import pytest

from accounts.models import Role, Team, User
from accounts.services import end_duty, give_duty
from privacy.access import acting, teams_of
from privacy.services import NotPossible


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
