"""Who reaches a row, and what of it they see."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from accounts.models import Team, User
from accounts.services import end_duty
from cases.models import Case, Note
from intake.models import Identity, Message
from privacy.access import NotAllowed, acting, grant, require, revoke
from privacy.fields import unseal
from privacy.minimise import minimised
from privacy.models import AuditEvent, Folder, Grant
from tests import people


@pytest.fixture
def case(amina: User, team: Team) -> Case:
    return people.case_of(amina, team=team, text="he wants money", name="Asha Rao", summary="short")


def test_amina_sees_her_case_and_ben_does_not(case: Case, amina: User, ben: User) -> None:
    with acting(user=amina):
        assert list(Case.objects.visible_to(amina)) == [case]
    with acting(user=ben):
        assert not Case.objects.visible_to(ben).exists()


def test_c11_forgetting_visible_to_returns_nothing_to_ben(case: Case, ben: User) -> None:
    with acting(user=ben):
        assert not Case.objects.all().exists()
        assert not Message.objects.all().exists()
        assert not Identity.objects.all().exists()


def test_with_nobody_acting_every_case_table_is_empty(case: Case) -> None:
    with acting():
        assert not Case.objects.all().exists()
        assert not Folder.objects.all().exists()
        assert not Grant.objects.all().exists()


def test_the_supervisor_sees_the_case_and_no_story(case: Case, sofia: User) -> None:
    with acting(user=sofia):
        seen = minimised(Case.objects.visible_to(sofia).get(), sofia)
        assert seen.code == case.code
        for hidden in ("name", "summary", "call_me", "flags", "safe_words"):
            assert not hasattr(seen, hidden)
        assert not Message.objects.visible_to(sofia).exists()


def test_the_supervisor_of_another_team_sees_nothing(case: Case) -> None:
    other = people.make_team("South")
    stranger = people.make_person("sara", other, role="supervisor")
    with acting(user=stranger):
        assert not Case.objects.visible_to(stranger).exists()


def test_a_name_is_masked_to_its_holder_and_the_story_is_not(case: Case, amina: User) -> None:
    with acting(user=amina):
        seen = minimised(Case.objects.visible_to(amina).get(), amina)
        assert seen.name == "A••• R•••"
        assert seen.is_masked("name")
        assert seen.summary == "short"
        assert seen.may_write("summary")


def test_opening_the_story_leaves_one_audit_row_a_request(case: Case, amina: User) -> None:
    with acting(user=amina):
        seen = minimised(Case.objects.visible_to(amina).get(), amina)
        assert seen.summary
        assert minimised(Case.objects.visible_to(amina).get(), amina).summary
    reads = AuditEvent.objects.filter(verb="read", folder=case.folder_id)
    assert [(event.actor, event.classes) for event in reads] == [(str(amina.pk), "narrative")]


def test_c7_a_takedown_officer_reaches_the_case_without_name_or_story(
    case: Case, tariq: User
) -> None:
    with acting(part="takedowns"):
        grant(Folder.objects.get(pk=case.folder_id), "takedown", to=tariq, by=None)
    with acting(user=tariq):
        seen = minimised(Case.objects.visible_to(tariq).get(), tariq)
        assert seen.code == case.code
        assert not hasattr(seen, "summary")
        assert not hasattr(seen, "name")
        assert not Message.objects.visible_to(tariq).exists()


def test_a_grant_ends_at_its_moment(case: Case, ben: User) -> None:
    with acting(part="assignment"):
        folder = Folder.objects.get(pk=case.folder_id)
        grant(folder, "consulted", to=ben, until=timezone.now() + timedelta(hours=1), by=None)
    with acting(user=ben):
        assert Case.objects.visible_to(ben).exists()
    with acting(part="assignment"):
        grant(folder, "consulted", to=ben, until=timezone.now() - timedelta(seconds=1), by=None)
    with acting(user=ben):
        assert not Case.objects.visible_to(ben).exists()


def test_c10_a_revoked_grant_is_gone_on_the_next_request(case: Case, amina: User) -> None:
    with acting(part="assignment"):
        revoke(case.folder_id, user=amina, by=None)
    with acting(user=amina):
        assert not Case.objects.visible_to(amina).exists()


def test_a_supervisor_who_leaves_the_duty_sees_nothing(case: Case, sofia: User) -> None:
    end_duty(sofia.duties.get(), by=None)
    with acting(user=sofia):
        assert not Case.objects.visible_to(sofia).exists()


def test_rights_are_the_union_of_what_one_is_to_the_folder(case: Case, sofia: User) -> None:
    with acting(part="assignment"):
        grant(Folder.objects.get(pk=case.folder_id), "own", to=sofia, by=None)
    with acting(user=sofia):
        assert minimised(Case.objects.visible_to(sofia).get(), sofia).summary == "short"


def test_a_refused_change_is_on_record(case: Case, ben: User) -> None:
    with pytest.raises(NotAllowed), acting(user=ben):
        require(ben, case.folder_id, "narrative", "w")
    refused = AuditEvent.objects.get(verb="refused")
    assert (refused.actor, refused.folder) == (str(ben.pk), case.folder_id)


def test_ben_cannot_write_into_a_case_that_is_not_his(case: Case, ben: User) -> None:
    with acting(user=ben), pytest.raises(ProgrammingError), transaction.atomic():
        Note(folder_id=case.folder_id, case_id=case.pk, body="x", author=ben).save(
            force_insert=True
        )


def test_the_outer_actor_is_back_after_a_nested_one(case: Case, amina: User) -> None:
    with acting(user=amina):
        with acting(part="counting"):
            assert Case.objects.count() == 1
        assert Case.objects.visible_to(amina).count() == 1
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('amaan.user')")
            assert cursor.fetchone() == (str(amina.pk),)


def test_no_part_that_the_policy_does_not_know() -> None:
    with pytest.raises(LookupError), acting(part="anything"):
        pass


def test_a_machine_part_opens_only_what_its_row_allows(case: Case) -> None:
    with acting(part="counting"):
        assert Case.objects.exists()
        assert not Message.objects.exists()
    with acting(part="intake"):
        message = Message.objects.get()
        assert unseal(message, "body") == "he wants money"


def test_a_page_by_itself_writes_no_grant_and_opens_no_folder(case: Case, ben: User) -> None:
    with acting(user=ben), pytest.raises(ProgrammingError), transaction.atomic():
        grant(Folder(pk=case.folder_id), "own", to=ben, by=ben)
    with acting(user=ben), pytest.raises(ProgrammingError), transaction.atomic():
        Folder(kind=Folder.Kind.CASE).save(force_insert=True)
