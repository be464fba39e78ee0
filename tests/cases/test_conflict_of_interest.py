"""Conflict of interest: the case leaves who knows the person, and nothing brings it back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from accounts.models import Role, Team, User
from accounts.services import give_duty, plan_shift
from cases import assignment, conflicts, consulting, glass, services
from cases.cover import cover_danger
from cases.models import Case, CaseConversation
from cases.steps import colleagues_for
from cases.tasks import triage_waiting
from insight import board
from intake import paging
from intake.models import Conversation, Message, Risk
from privacy import reviews
from privacy.access import NotAllowed, acting, capacities, grant, may
from privacy.clock import database_now
from privacy.models import Exclusion, Folder
from privacy.services import NotPossible
from privacy.wall import case_models
from tests import people


@pytest.fixture
def shut(case: Case, sofia: User) -> Case:
    """Sofia supervises, and is kept out of this case."""
    with acting(user=sofia):
        conflicts.declare(case, by=sofia)
    return case


def test_who_says_i_know_this_person_has_the_case_no_more_and_somebody_else_gets_it(
    case: Case, amina: User, ben: User, at_desk: Callable[[User], Client]
) -> None:
    browser = at_desk(amina)
    page = browser.get(f"/cases/{case.pk}/").content.decode()
    assert "I know this person" in page
    answer = browser.post(f"/cases/{case.pk}/conflict/")
    assert answer["Location"] == "/"
    assert browser.get(f"/cases/{case.pk}/").status_code == 404
    assert triage_waiting() == 1
    with acting(part="assignment"):
        case.refresh_from_db()
        assert case.holder == ben


def test_nobody_with_a_conflict_is_given_the_case_again(
    case: Case, amina: User, sofia: User
) -> None:
    with acting(user=amina):
        conflicts.declare(case, by=amina)
    assert triage_waiting() == 0, "amina is the only counsellor"
    with acting(part="assignment"):
        case.refresh_from_db()
        assert assignment.choose(case, at=database_now()).others == {}, "and is not counted"
    with acting(user=sofia), pytest.raises(NotPossible):
        services.assign(case, to=amina, by=sofia)
    with acting(user=amina), pytest.raises(NotPossible):
        services.take_next(by=amina)


def test_a_colleague_is_kept_out_by_a_supervisor_and_hears_nothing(
    case: Case, amina: User, ben: User, sofia: User, at_desk: Callable[[User], Client]
) -> None:
    at_desk(sofia).post(f"/cases/{case.pk}/keep-out/", {"person": str(ben.pk)})
    with acting(user=amina):
        assert colleagues_for(case) == []
        assert ben not in consulting.colleagues_for(case, amina)
        with pytest.raises(NotPossible):
            services.hand_over(case, to=ben, summary="short", by=amina)
    absent = at_desk(ben).get("/cases/00000000-0000-4000-8000-000000000000/")
    answer = at_desk(ben).get(f"/cases/{case.pk}/")
    assert answer.status_code == absent.status_code == 404
    assert "Ben" not in at_desk(amina).get(f"/cases/{case.pk}/").content.decode()
    assert "Ben" in at_desk(sofia).get(f"/cases/{case.pk}/").content.decode()


def test_a_supervisors_duty_does_not_overcome_it(
    shut: Case, sofia: User, at_desk: Callable[[User], Client]
) -> None:
    with acting(user=sofia):
        assert not Case.objects.visible_to(sofia).exists()
        assert board.open_cases(sofia) == []
        assert capacities(sofia, [shut.folder_id])[shut.folder_id] == frozenset()
    browser = at_desk(sofia)
    assert shut.code not in browser.get("/team/").content.decode()
    assert browser.get(f"/cases/{shut.pk}/").status_code == 404


@pytest.mark.parametrize("capacity", ["own", "cover", "danger_cover", "break_glass", "consulted"])
def test_no_grant_overcomes_it(shut: Case, sofia: User, capacity: str) -> None:
    with acting(part="assignment"):
        grant(Folder.objects.get(pk=shut.folder_id), capacity, to=sofia, by=None)
    with acting(user=sofia):
        assert not may(sofia, shut.folder_id, "operational", "r")
        assert not Case.objects.visible_to(sofia).exists()
        assert not Case.objects.exists(), "the database says so too"
    with acting(part="assignment"):
        assert capacities(sofia, [shut.folder_id])[shut.folder_id] == frozenset(), "whoever asks"


def test_cover_and_broken_glass_do_not_overcome_it(shut: Case, sofia: User) -> None:
    with acting(part="intake"):
        Case.objects.update(risk=Risk.DANGER)
        shut.refresh_from_db()
    with acting(user=sofia):
        assert glass.break_glass(shut.code, reason="holder_away", by=sofia) is None
    with pytest.raises(NotAllowed), acting(user=sofia):
        cover_danger(shut, reason="called", by=sofia)


def test_who_forgets_to_ask_finds_nothing_in_any_table(shut: Case, sofia: User) -> None:
    with acting(part="filing"):
        folders = [shut.folder_id, *_talks(shut)]
        grant(Folder.objects.get(pk=shut.folder_id), "own", to=sofia, by=None)
    with acting(user=sofia), connection.cursor() as cursor:
        for table in [model._meta.db_table for model in case_models()]:
            cursor.execute(
                f"SELECT count(*) FROM {table} WHERE folder_id = ANY(%s)",  # noqa: S608
                [folders],
            )
            assert cursor.fetchone() == (0,), table
        cursor.execute("SELECT count(*) FROM privacy_folder WHERE id = ANY(%s)", [folders])
        assert cursor.fetchone() == (0,)


def _talks(case: Case) -> list[object]:
    links = CaseConversation.objects.filter(case=case).select_related("conversation")
    return [link.conversation.folder_id for link in links]


def test_what_joins_the_case_later_is_closed_to_them_too(
    case: Case, amina: User, ben: User, team: Team
) -> None:
    with acting(user=amina):
        other = people.arrive("me again, by mail", team=team, channel="email", sender="a@b.example")
    with acting(part="assignment"):
        for holder in (amina, ben):
            grant(Folder.objects.get(pk=other.folder_id), "own", to=holder, by=None)
    with acting(user=ben):
        assert Message.objects.filter(conversation=other).exists()
    with acting(user=amina):
        services.link_conversation(case, other, by=amina)
    with acting(part="glass"):
        assert not Exclusion.objects.exists()
    with acting(user=amina):
        conflicts.declare(case, by=amina)
        assert not Conversation.objects.filter(pk=other.pk).exists()


def test_who_is_on_call_is_not_called_for_a_case_they_are_kept_out_of(
    case: Case, amina: User, team: Team, sofia: User
) -> None:
    omar = people.make_person("omar", team, role=Role.ON_CALL)
    now = database_now()
    amina.shifts.all().delete()
    later = now + timedelta(hours=8)
    plan_shift(omar, team=team, starts_at=now, ends_at=later, on_call=True, by=None)
    with acting(user=sofia):
        conflicts.note(case, person=omar, by=sofia)
    with acting(part="intake"):
        Conversation.objects.update(risk=Risk.DANGER, waiting_since=now)
    assert paging.page_waiting() == 0


def test_nobody_reviews_what_was_done_in_a_case_they_are_kept_out_of(
    case: Case, ben: User, sofia: User, lea: User
) -> None:
    with acting(user=sofia):
        conflicts.declare(case, by=sofia)
    with acting(user=ben):
        assert glass.break_glass(case.code, reason="complaint", by=ben) == case
    with acting(user=sofia):
        assert reviews.open_deeds(sofia) == []
    with acting(user=lea):
        assert [one.user_id for one in reviews.open_deeds(lea)] == [ben.pk], "so the lead does"


def test_nobody_lets_themselves_in_again(shut: Case, sofia: User, team: Team) -> None:
    maya = people.make_person("maya", team, role=Role.SUPERVISOR)
    with pytest.raises(NotAllowed), acting(user=sofia):
        conflicts.take_back(shut, person=sofia, by=sofia)
    with acting(user=maya):
        assert conflicts.kept_out(shut, maya) == [sofia]
        conflicts.take_back(shut, person=sofia, by=maya)
    with acting(user=sofia):
        assert Case.objects.visible_to(sofia).get() == shut, "by her duty, nothing more"


@pytest.mark.parametrize("who", ["amina", "ben", "tariq", "aude", "lea"])
def test_only_a_supervisor_keeps_others_out(
    case: Case, rana: User, request: pytest.FixtureRequest, who: str
) -> None:
    person = request.getfixturevalue(who)
    with pytest.raises(NotAllowed), acting(user=person):
        conflicts.note(case, person=rana, by=person)


def test_the_safeguarding_lead_keeps_others_out_of_what_is_theirs_to_look_at(
    case: Case, lea: User, ben: User
) -> None:
    with acting(part="assignment"):
        grant(Folder.objects.get(pk=case.folder_id), "safeguarding", to=lea, by=None)
    with acting(user=lea):
        conflicts.note(case, person=ben, by=lea)
    with acting(part="glass"):
        assert Exclusion.objects.filter(user=ben, reason="noted").count() == 2


def test_one_person_with_two_roles_is_kept_out_with_both(
    case: Case, sofia: User, team: Team
) -> None:
    give_duty(sofia, team=team, role=Role.COUNSELLOR, by=None)
    with acting(user=sofia):
        conflicts.declare(case, by=sofia)
        assert not Case.objects.visible_to(sofia).exists()
