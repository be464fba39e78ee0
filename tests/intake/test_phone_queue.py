"""Who waits on the telephone and whose telephone rings: danger first, each colleague in turn."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts import services as accounts
from accounts.models import Holiday, Role, Shift, Team, Telephone, User
from cases.models import Case
from cases.tasks import triage_waiting
from intake.models import LiveCall
from privacy.access import acting
from privacy.clock import database_now
from tests import people
from tests.intake.calling import (
    CALL,
    NUMBERS,
    Caller,
    call_backs,
    colleague,
    give_telephone,
    heard,
    notices,
    stop,
)
from tests.intake.conftest import Desk

AMINA, BEN = NUMBERS["amina"], NUMBERS["ben"]


@pytest.fixture
def both(amina: User, ben: User) -> None:
    """Amina and ben are on shift with telephones of their own."""
    give_telephone(amina)
    give_telephone(ben)


def a_caller(desk: Desk, n: int) -> Caller:
    return Caller(desk, "CA" + str(n) * 32, number=f"+4477009001{n:02}")


def take(caller: Caller) -> str:
    """The colleague whose telephone rings answers and presses 1."""
    key = LiveCall.objects.get(state="ringing").pk
    leg = {"ParentCallSid": caller.call, "To": caller.rings}
    whispered = colleague(caller.desk, f"whisper/{key}/", **leg)
    assert "press 1" in heard(whispered)
    return colleague(caller.desk, f"taken/{key}/", Digits="1", **leg)


def test_a_colleague_who_presses_1_is_connected(desk: Desk, amina: User) -> None:
    give_telephone(amina)
    caller = Caller(desk)
    caller.to_queue()
    assert caller.rings == AMINA
    assert "<Hangup" not in take(caller)
    assert caller.live.state == "connected"
    desk.work()
    assert notices(desk)[-1] == "call_taken"
    (conversation,) = desk.conversations()
    assert conversation.taken_by_id == amina.pk
    assert conversation.waiting_since is None


def test_neither_sees_the_number_of_the_other(desk: Desk, amina: User) -> None:
    give_telephone(amina)
    caller = Caller(desk)
    caller.to_queue()
    assert 'callerId="+15005550006"' in caller.document
    assert 'answerOnBridge="true"' in caller.document
    assert caller.number not in caller.document
    key = caller.live.pk
    assert caller.number not in colleague(desk, f"whisper/{key}/")


def test_a_voicemail_never_takes_a_call(desk: Desk, both: None) -> None:
    caller = Caller(desk)
    caller.to_queue()
    first = caller.rings
    silent = colleague(desk, f"taken/{caller.live.pk}/", Digits="")
    assert "<Hangup" in silent
    caller.dialled("completed")  # as the exchange says when a machine picked up
    assert caller.rings
    assert caller.rings != first


def test_who_does_not_answer_is_followed_by_the_next_and_then_by_a_call_back(
    desk: Desk, both: None
) -> None:
    caller = Caller(desk)
    caller.to_queue()
    rung = [caller.rings]
    caller.dialled("no-answer")
    rung.append(caller.rings)
    assert sorted(rung) == [AMINA, BEN]
    assert "call you back" in caller.dialled("busy")
    assert caller.live.state == "menu"
    desk.work()
    assert "call_missed" in notices(desk)


def test_an_outcome_told_twice_passes_over_nobody(desk: Desk, both: None) -> None:
    caller = Caller(desk)
    caller.to_queue()
    caller.dialled("no-answer")
    second, told = caller.rings, caller.told
    caller.post(told, DialCallStatus="no-answer")
    assert caller.rings == second
    caller.post("hold/", Digits="")
    assert caller.rings == second


def test_who_wants_a_person_all_the_same_has_everybody_rung_again(desk: Desk, both: None) -> None:
    caller = Caller(desk)
    caller.to_queue()
    caller.dialled()
    caller.dialled()
    caller.press("offer", "0")
    assert caller.rings in (AMINA, BEN)


def test_a_colleague_who_talks_is_passed_over(desk: Desk, both: None) -> None:
    first, second, third = (a_caller(desk, n) for n in (1, 2, 3))
    first.to_queue()
    talks = first.rings
    take(first)
    second.to_queue()
    assert second.rings
    assert second.rings != talks
    assert "next" in third.to_queue()
    first.hang_up()
    third.press("hold", "")
    assert third.rings == talks


def test_one_caller_with_many_lines_leaves_telephones_for_others(desk: Desk, both: None) -> None:
    lines = [Caller(desk, "CA" + str(n) * 32) for n in (1, 2, 3)]
    for line in lines[:2]:
        line.to_queue(safe="2")
        desk.work()
        take(line)
    give_telephone(
        people.make_person("tara", Team.objects.get(), role=Role.COUNSELLOR), "+12025550103"
    )
    lines[2].ring()
    desk.work()  # whose call it is, is known as soon as its first step is stored
    lines[2].press("language", "1")
    lines[2].press("safe", "2")
    assert "You are next" in lines[2].press("hold", "")
    assert not lines[2].rings
    other = a_caller(desk, 9)
    other.to_queue()
    assert other.rings == "+12025550103"
    lines[0].hang_up()
    lines[2].press("hold", "")
    assert lines[2].rings


def test_telephones_ring_in_turn(desk: Desk, both: None) -> None:
    rung = []
    for n in (1, 2, 3, 4):
        caller = a_caller(desk, n)
        caller.to_queue()
        rung.append(caller.rings)
        caller.hang_up()
    assert rung[0] != rung[1]
    assert rung[:2] == rung[2:]


def test_the_place_in_the_queue_is_told_and_danger_goes_first(desk: Desk, amina: User) -> None:
    give_telephone(amina)
    talking, one, two, danger = (a_caller(desk, n) for n in (1, 2, 3, 4))
    talking.to_queue()
    take(talking)
    assert "You are next" in one.to_queue()
    assert "You are number 2. It takes about 30 minutes." in two.to_queue()
    assert "You are next" in danger.to_queue(safe="2")
    assert "You are number 2" in one.press("hold", "")
    assert "You are number 3" in two.press("hold", "")
    talking.hang_up()
    assert "You are number 2" in one.press("hold", "")  # amina is kept for danger
    danger.press("hold", "")
    assert danger.rings == AMINA
    assert not one.rings


def test_who_hung_up_unseen_does_not_stand_in_the_way(desk: Desk, amina: User) -> None:
    give_telephone(amina)
    talking, gone, waits = (a_caller(desk, n) for n in (1, 2, 3))
    talking.to_queue()
    take(talking)
    gone.to_queue()
    waits.to_queue()
    LiveCall.objects.filter(state="queued", queued_at__lt=waits.live.queued_at).update(
        seen_at=database_now() - timedelta(minutes=5)
    )
    assert "You are next" in waits.press("hold", "")


def test_after_long_waiting_a_call_back_is_offered(desk: Desk, amina: User) -> None:
    give_telephone(amina)
    talking, waits = a_caller(desk, 1), a_caller(desk, 2)
    talking.to_queue()
    take(talking)
    words = waits.to_queue()
    for _ in range(25):
        if "call you back" in words:
            break
        words = waits.press("hold", "")
    assert "call you back" in words


def test_who_does_not_take_calls_or_is_off_shift_is_not_rung(desk: Desk, both: None) -> None:
    Telephone.objects.filter(user__name="Ben").update(takes_calls=False)
    Shift.objects.filter(user__name="Amina").delete()
    caller = Caller(desk)
    assert "Nobody can come to the phone" in caller.to_queue()
    assert not caller.rings


def test_a_language_nobody_speaks_is_told_when_and_danger_is_put_through_all_the_same(
    desk: Desk, both: None
) -> None:
    caller = a_caller(desk, 1)
    caller.to_queue(language="4")
    assert not caller.rings
    assert stop(caller.document) == "gather"
    danger = a_caller(desk, 2)
    danger.to_queue(language="4", safe="2")
    assert danger.rings in (AMINA, BEN)


def test_on_a_holiday_the_caller_hears_when_we_are_back_and_whom_to_call(
    desk: Desk, amina: User
) -> None:
    give_telephone(amina)
    duty = amina.duties.get()
    Holiday.objects.create(team=duty.team, on=timezone.localdate(), name="A holiday")
    now = timezone.now()
    for days in (1, 2):
        accounts.plan_shift(
            amina,
            team=duty.team,
            starts_at=now + timedelta(days=days),
            ends_at=now + timedelta(days=days, hours=8),
            by=None,
        )
    words = Caller(desk).to_queue()
    assert "We are back on" in words
    assert "1 1 2" in words


def test_in_danger_out_of_hours_the_telephone_of_who_is_on_call_rings(
    desk: Desk, amina: User, sofia: User
) -> None:
    Shift.objects.filter(user=amina).delete()
    give_telephone(sofia, "+12025550109")
    now = timezone.now()
    accounts.plan_shift(
        sofia,
        team=sofia.duties.get().team,
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(hours=9),
        on_call=True,
        by=None,
    )
    quiet, danger = a_caller(desk, 1), a_caller(desk, 2)
    quiet.to_queue()
    assert not quiet.rings
    danger.to_queue(safe="2")
    assert danger.rings == "+12025550109"


def test_when_a_talk_ends_the_caller_may_come_back_by_one_key(desk: Desk, amina: User) -> None:
    give_telephone(amina)
    caller = Caller(desk)
    caller.to_queue()
    take(caller)
    assert "If the line was cut, press 0" in caller.dialled("completed")
    caller.press("again", "0")
    assert caller.rings == AMINA
    caller.dialled()
    assert "Goodbye" in Caller(desk).press("again", "")


def test_whoever_presses_late_is_not_connected(desk: Desk, amina: User, ben: User) -> None:
    give_telephone(amina)
    caller = Caller(desk)
    caller.to_queue()
    key = caller.live.pk
    caller.hang_up()
    assert "<Hangup" in colleague(desk, f"whisper/{key}/")
    assert "<Hangup" in colleague(desk, f"taken/{key}/", Digits="1")
    assert caller.live.state == "ended"


def test_who_hangs_up_while_waiting_is_called_once_only_where_the_helpline_wants_that(
    desk: Desk, amina: User, settings: Settings
) -> None:
    give_telephone(amina)
    for rule, expected in ((False, []), (True, [("asked", '{"safe": "unknown"}')])):
        settings.CALL_BACK_MISSED = rule
        caller = a_caller(desk, 7 + rule)
        caller.to_queue()
        caller.hang_up()
        desk.work()
        assert notices(desk)[-1] == "call_left"
        assert call_backs() == expected


def test_the_case_of_a_call_goes_to_who_took_it(desk: Desk, both: None, amina: User) -> None:
    caller = Caller(desk)
    caller.to_queue()
    desk.work()
    triage_waiting()
    with acting(part="assignment"):
        assert not Case.objects.exists()  # they still wait on the line
    take(caller)
    desk.work()
    triage_waiting()
    with acting(part="assignment"):
        case = Case.objects.get()
    assert case.holder_id == caller.live.ringing_id


def test_the_same_key_of_a_colleague_twice_is_one_line(desk: Desk, amina: User) -> None:
    give_telephone(amina)
    caller = Caller(desk, CALL)
    caller.to_queue()
    key = caller.live.pk
    for _ in range(2):
        assert "<Hangup" not in colleague(desk, f"taken/{key}/", Digits="1")
    desk.work()
    assert notices(desk).count("call_taken") == 1
