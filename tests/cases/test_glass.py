"""Broken glass: one case, an hour, by its code; said why, heard of, reviewed by somebody else."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Team, User
from cases import glass as case_glass
from cases import services
from cases.conflicts import note
from cases.models import Case
from privacy import glass, reviews
from privacy.access import NotAllowed, acting, capacities, look_again, may
from privacy.clock import database_now
from privacy.models import AuditEvent, Glass, Grant
from privacy.services import NotPossible
from tests import people

WHY = "amina is on a train and the child wrote again"
LINES = ("the holder was away, and they read only what was new", "nothing further follows")


def break_it(case: Case, by: User, reason: str = "holder_away") -> Case | None:
    with acting(user=by):
        return case_glass.break_glass(case.code, reason=reason, by=by)


def test_c8_one_case_is_open_to_read_for_an_hour_and_no_longer(
    case: Case, ben: User, team: Team, amina: User
) -> None:
    other = people.case_of(amina, team=team)
    assert break_it(case, ben) == case
    with acting(user=ben):
        assert Case.objects.visible_to(ben).get() == case, "that one, and not the other"
        assert may(ben, case.folder_id, "narrative", "r")
        assert not may(ben, other.folder_id, "operational", "r")
    with acting(part="glass"):
        grants = Grant.objects.filter(user=ben, permission__codename="break_glass")
        assert grants.count() == 2, "the case and its conversation"
        for one in grants:
            assert one.until
            assert abs(one.until - one.granted_at - timedelta(minutes=60)) < timedelta(seconds=10)
        grants.update(until=database_now() - timedelta(seconds=1))
    with acting(user=ben):
        assert not Case.objects.visible_to(ben).exists()


def test_c8_a_look_writes_nothing_and_reveals_nothing(case: Case, ben: User) -> None:
    break_it(case, ben)
    for change in (
        lambda: services.add_note(case, body="mine", by=ben),
        lambda: services.set_risk(case, risk="urgent", by=ben),
        lambda: services.close(case, reason="helped", by=ben),
    ):
        with pytest.raises(NotAllowed), acting(user=ben):
            change()
    with acting(user=ben):
        assert not any(
            may(ben, case.folder_id, klass, "w")
            for klass in ("operational", "narrative", "contact", "identity", "legal")
        )


def test_c8_the_words_are_owed_within_a_day_and_are_twenty_characters(
    case: Case, ben: User
) -> None:
    break_it(case, ben)
    with acting(user=ben):
        (owed,) = case_glass.owed(ben)
        assert owed.code == case.code
        assert owed.due_at - owed.opened_at == timedelta(hours=24)
        opened = case_glass.find_owed(ben, owed.key)
        assert opened is not None
        with pytest.raises(NotPossible):
            glass.say_why(opened, words="nineteen characters"[:19], by=ben)
        glass.say_why(opened, words="twenty characters ok", by=ben)
        assert case_glass.owed(ben) == []
        with pytest.raises(NotPossible):
            glass.say_why(opened, words="something else, longer than before", by=ben)


def test_c8_words_are_asked_for_after_the_hour_too(case: Case, ben: User) -> None:
    break_it(case, ben)
    with acting(part="glass"):
        Grant.objects.filter(user=ben).update(until=database_now() - timedelta(hours=3))
        Glass.objects.update(until=database_now() - timedelta(hours=3))
    with acting(user=ben):
        assert [one.code for one in case_glass.owed(ben)] == [case.code]


def test_c8_there_is_no_look_without_a_reason_of_the_list(case: Case, ben: User) -> None:
    with acting(user=ben), pytest.raises(NotPossible):
        case_glass.break_glass(case.code, reason="curious", by=ben)
    with acting(part="glass"):
        assert not Glass.objects.exists()


def test_c8_whoever_is_kept_out_gets_what_an_unknown_code_gets(
    case: Case, ben: User, sofia: User
) -> None:
    with acting(user=sofia):
        note(case, person=ben, by=sofia)
    assert break_it(case, ben) is None
    with acting(user=ben):
        assert case_glass.break_glass("KA-0000", reason="holder_away", by=ben) is None
        assert case_glass.owed(ben) == []
    attempts = AuditEvent.objects.filter(verb="glass_refused", actor=str(ben.pk))
    assert {(one.folder, one.subject_id, one.reason) for one in attempts} == {(None, None, "")}


def test_c8_another_teams_case_is_not_there(case: Case) -> None:
    elsewhere = people.make_team("South")
    carla = people.make_person("carla", elsewhere, role="counsellor")
    assert break_it(case, carla) is None


@pytest.mark.parametrize("who", ["tariq", "rana", "aude", "lea"])
def test_c8_who_does_not_answer_young_people_breaks_no_glass(
    case: Case, request: pytest.FixtureRequest, who: str
) -> None:
    assert break_it(case, request.getfixturevalue(who)) is None


def test_c8_it_works_with_nobody_on_shift(case: Case, ben: User) -> None:
    for one in User.objects.all():
        one.shifts.all().delete()
    assert break_it(case, ben) == case


def test_codes_are_not_to_be_guessed(case: Case, ben: User) -> None:
    with acting(user=ben):
        for _try in range(case_glass.TRIES):
            case_glass.break_glass("KA-0000", reason="holder_away", by=ben)
        with pytest.raises(NotPossible):
            case_glass.break_glass(case.code, reason="holder_away", by=ben)


def test_c8_it_stays_on_the_list_until_somebody_else_wrote_two_lines(
    case: Case, sofia: User, ben: User, team: Team
) -> None:
    maya = people.make_person("maya", team, role="supervisor")
    break_it(case, sofia, reason="complaint")
    with acting(user=sofia):
        (mine,) = reviews.open_deeds(sofia)
        with pytest.raises(NotPossible, match="Somebody else"):
            reviews.review(mine, verdict="fine", lines=LINES, by=sofia)
    with pytest.raises(NotAllowed), acting(user=ben):
        reviews.review(mine, verdict="fine", lines=LINES, by=ben)
    with acting(user=maya):
        (waiting,) = reviews.open_deeds(maya)
        with pytest.raises(NotPossible, match="both lines"):
            reviews.review(waiting, verdict="fine", lines=(LINES[0], ""), by=maya)
        reviews.review(waiting, verdict="talk", lines=LINES, by=maya)
        assert reviews.open_deeds(maya) == []
        with pytest.raises(NotPossible, match="already"):
            reviews.review(waiting, verdict="fine", lines=LINES, by=maya)
    with acting(user=sofia):
        assert [one.who for one in case_glass.to_talk_about(sofia)] == ["Maya"]
    seen = AuditEvent.objects.get(verb="break_glass_reviewed")
    assert (seen.actor, seen.subject_id, seen.reason) == (str(maya.pk), mine.pk, "talk")


def test_in_a_small_desk_the_safeguarding_lead_reviews_what_the_only_supervisor_did(
    case: Case, sofia: User, lea: User
) -> None:
    break_it(case, sofia, reason="complaint")
    with acting(user=sofia):
        glass.say_why(glass.owed(sofia)[0], words=WHY, by=sofia)
    look_again()
    with acting(user=lea):
        assert capacities(lea, [case.folder_id])[case.folder_id] == {"reviewing"}
        assert not may(lea, case.folder_id, "narrative", "r"), "no word of the story"
        (waiting,) = reviews.open_deeds(lea)
        reviews.review(waiting, verdict="fine", lines=LINES, by=lea)
    with acting(user=lea):
        assert capacities(lea, [case.folder_id])[case.folder_id] == frozenset()


def test_what_others_did_is_not_lent_to_the_lead(
    case: Case, ben: User, sofia: User, lea: User
) -> None:
    break_it(case, ben)
    with acting(user=lea):
        assert reviews.open_deeds(lea) == []
    with acting(user=sofia):
        assert [one.user_id for one in reviews.open_deeds(sofia)] == [ben.pk]


def test_the_words_are_their_reviewers_and_nobody_elses(
    case: Case, ben: User, sofia: User, tariq: User, at_desk: Callable[[User], Client]
) -> None:
    break_it(case, ben)
    with acting(user=ben):
        glass.say_why(glass.owed(ben)[0], words=WHY, by=ben)
    assert WHY in at_desk(sofia).get("/team/reviews/").content.decode()
    assert WHY not in at_desk(sofia).get(f"/cases/{case.pk}/").content.decode()
