"""Clocks start on evidence, stand still for a reason, follow the law, and stop on evidence."""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from privacy.access import acting
from privacy.clock import database_now
from privacy.models import AuditEvent, Folder
from reference.models import Clock, ClockRule, DeskHours
from reference.services import (
    About,
    UnknownRule,
    due_in,
    pause_clock,
    recompute,
    renew_clock,
    resume_clock,
    running_clock,
    start_clock,
    stop_clock,
)
from reference.vocabulary import Evidence, PauseReason, Risk, Subject

NOON: Final = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)


def start(case: Folder, subject: About, code: str = "IN-NCII", at: datetime = NOON) -> Clock:
    clock = start_clock(
        case, code, subject=subject, evidence=Evidence.PLATFORM_RECEIPT, at=at, by=None
    )
    assert clock is not None
    return clock


def test_a_platform_in_india_has_two_hours_from_its_receipt(case: Folder, takedown: About) -> None:
    clock = start(case, takedown)
    assert clock.due_at == NOON + 2 * HOUR
    assert clock.start_evidence == Evidence.PLATFORM_RECEIPT


def test_a_complaint_of_last_year_keeps_the_time_of_its_day(case: Folder, takedown: About) -> None:
    old = datetime(2025, 12, 1, 12, tzinfo=UTC)
    assert start(case, takedown, at=old).due_at == old + 24 * HOUR


def test_without_a_moment_the_database_says_when(case: Folder, takedown: About) -> None:
    before = database_now()
    clock = start_clock(case, "IN-NCII", subject=takedown, evidence=Evidence.OUR_SENDING, by=None)
    assert clock is not None
    assert before <= clock.started_at <= database_now()


def test_starting_twice_is_starting_once(case: Folder, takedown: About) -> None:
    first = start(case, takedown)
    again = start(case, takedown, at=NOON + HOUR)
    assert again.pk == first.pk
    assert again.due_at == NOON + 2 * HOUR


def test_a_rule_switched_off_never_starts(case: Folder, takedown: About) -> None:
    assert not ClockRule.objects.get(code="UK-NCII").enabled
    clock = start_clock(
        case, "UK-NCII", subject=takedown, evidence=Evidence.OUR_SENDING, at=NOON, by=None
    )
    assert clock is None
    assert not Clock.objects.exists()


def test_a_law_not_yet_in_force_starts_nothing(case: Folder, takedown: About) -> None:
    early = datetime(2026, 5, 1, tzinfo=UTC)
    assert (
        start_clock(
            case, "US-TIDA", subject=takedown, evidence=Evidence.OUR_SENDING, at=early, by=None
        )
        is None
    )


def test_a_rule_that_nobody_wrote_is_a_mistake(case: Folder, takedown: About) -> None:
    with pytest.raises(UnknownRule):
        start_clock(case, "IN-TYPO", subject=takedown, evidence=Evidence.OUR_SENDING, by=None)


def test_a_clock_of_takedowns_does_not_run_on_a_case(case: Folder) -> None:
    with pytest.raises(ValueError, match="takedown"):
        start_clock(
            case,
            "IN-NCII",
            subject=About(Subject.CASE, uuid4()),
            evidence=Evidence.OUR_SENDING,
            by=None,
        )


def test_the_first_reply_in_danger_is_due_in_five_minutes(
    case: Folder, conversation: About
) -> None:
    clock = start_clock(
        case,
        "HELPLINE-FIRST",
        subject=conversation,
        evidence=Evidence.MESSAGE_RECEIVED,
        at=NOON,
        risk=Risk.DANGER,
        by=None,
    )
    assert clock is not None
    assert clock.risk == Risk.DANGER
    assert clock.due_at == NOON + timedelta(minutes=5)


def test_the_first_reply_has_no_time_without_a_risk(case: Folder, conversation: About) -> None:
    with pytest.raises(ValueError, match="differs by risk"):
        start(case, conversation, "HELPLINE-FIRST")


def test_a_calm_first_message_on_friday_evening_is_answered_on_monday(
    case: Folder, conversation: About
) -> None:
    friday_evening = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)  # 20:00 in India
    clock = start_clock(
        case,
        "HELPLINE-FIRST",
        subject=conversation,
        evidence=Evidence.MESSAGE_RECEIVED,
        at=friday_evening,
        risk=Risk.NORMAL,
        by=None,
    )
    assert clock is not None
    assert clock.due_at == datetime(2026, 11, 23, 4, 30, tzinfo=UTC)  # 10:00 in India


def test_an_hour_begun_before_closing_ends_the_next_morning(
    case: Folder, conversation: About
) -> None:
    half_hour_to_close = datetime(2026, 11, 19, 11, 0, tzinfo=UTC)  # Thursday 16:30 in India
    clock = start_clock(
        case,
        "HELPLINE-FIRST",
        subject=conversation,
        evidence=Evidence.MESSAGE_RECEIVED,
        at=half_hour_to_close,
        risk=Risk.NORMAL,
        by=None,
    )
    assert clock is not None
    assert clock.due_at == datetime(2026, 11, 20, 4, 0, tzinfo=UTC)  # Friday 9:30 in India


def test_a_desk_without_hours_counts_as_always_open(case: Folder, conversation: About) -> None:
    DeskHours.objects.all().delete()
    clock = start_clock(
        case,
        "HELPLINE-FIRST",
        subject=conversation,
        evidence=Evidence.MESSAGE_RECEIVED,
        at=NOON,
        risk=Risk.NORMAL,
        by=None,
    )
    assert clock is not None
    assert clock.due_at == NOON + HOUR


def test_other_working_hours_may_be_given(case: Folder, conversation: About) -> None:
    clock = start_clock(
        case,
        "HELPLINE-FIRST",
        subject=conversation,
        evidence=Evidence.MESSAGE_RECEIVED,
        at=NOON,
        risk=Risk.NORMAL,
        working=lambda start, span: start + 3 * span,
        by=None,
    )
    assert clock is not None
    assert clock.due_at == NOON + 3 * HOUR


def test_a_report_made_on_friday_is_usually_answered_on_monday(
    case: Folder, takedown: About
) -> None:
    assert start(case, takedown, "IWF-RR").due_at == NOON + timedelta(days=3)


def test_the_deadline_of_an_extorter_is_the_one_we_were_told(case: Folder) -> None:
    tonight = NOON + 8 * HOUR
    clock = start_clock(
        case,
        "HELPLINE-THREAT",
        subject=About(Subject.CASE, uuid4()),
        evidence=Evidence.TOLD_BY_PERSON,
        at=NOON,
        due=tonight,
        by=None,
    )
    assert clock is not None
    assert clock.due_at == tonight


def test_a_deadline_already_past_is_due_at_once(case: Folder) -> None:
    clock = start_clock(
        case,
        "HELPLINE-THREAT",
        subject=About(Subject.CASE, uuid4()),
        evidence=Evidence.TOLD_BY_PERSON,
        at=NOON,
        due=NOON - HOUR,
        by=None,
    )
    assert clock is not None
    assert clock.due_at == NOON


def test_a_promise_without_a_moment_is_a_mistake(case: Folder, conversation: About) -> None:
    with pytest.raises(ValueError, match="told or promised"):
        start(case, conversation, "HELPLINE-FOLLOW")


def test_a_pause_keeps_the_time_that_was_left(case: Folder, takedown: About) -> None:
    clock = start(case, takedown, at=database_now())
    clock = pause_clock(clock, reason=PauseReason.PLATFORM_ASKED, by=None)
    left = due_in(clock)
    assert left is not None
    let_time_pass(clock, HOUR)
    clock.refresh_from_db()
    assert due_in(clock) == left
    clock = resume_clock(clock, by=None)
    after = due_in(clock)
    assert after is not None
    assert abs(after - left) < timedelta(seconds=5)
    assert clock.paused_total >= HOUR
    assert clock.paused_at is None


def test_pausing_and_resuming_twice_changes_nothing_more(case: Folder, takedown: About) -> None:
    clock = pause_clock(start(case, takedown), reason=PauseReason.NOT_SAFE, by=None)
    again = pause_clock(clock, reason=PauseReason.LEGAL_QUESTION, by=None)
    assert (again.paused_at, again.pause_reason) == (clock.paused_at, clock.pause_reason)
    running = resume_clock(clock, by=None)
    assert resume_clock(running, by=None).due_at == running.due_at


def test_an_overdue_clock_says_by_how_much(case: Folder, takedown: About) -> None:
    clock = start(case, takedown)
    assert due_in(clock, now=NOON + 3 * HOUR) == -HOUR


def test_a_clock_stops_on_evidence_and_has_no_time_left(case: Folder, takedown: About) -> None:
    clock = stop_clock(
        start(case, takedown), evidence=Evidence.PLATFORM_ANSWER, at=NOON + HOUR, by=None
    )
    assert clock.stopped_at == NOON + HOUR
    assert clock.stop_evidence == Evidence.PLATFORM_ANSWER
    assert due_in(clock) is None
    assert running_clock("IN-NCII", takedown) is None


def test_stopping_twice_keeps_the_first_evidence(case: Folder, takedown: About) -> None:
    clock = stop_clock(start(case, takedown), evidence=Evidence.PLATFORM_ANSWER, by=None)
    again = stop_clock(clock, evidence=Evidence.NOT_NEEDED, by=None)
    assert again.stop_evidence == Evidence.PLATFORM_ANSWER


def test_a_paused_clock_may_be_stopped(case: Folder, takedown: About) -> None:
    clock = pause_clock(start(case, takedown), reason=PauseReason.NOT_SAFE, by=None)
    clock = stop_clock(clock, evidence=Evidence.WITHDRAWN, by=None)
    assert clock.paused_at is None
    assert clock.stopped_at is not None


def test_after_a_stop_the_same_rule_may_start_again(case: Folder, takedown: About) -> None:
    first = start(case, takedown)
    stop_clock(first, evidence=Evidence.PLATFORM_ANSWER, by=None)
    assert start(case, takedown, at=NOON + 24 * HOUR).pk != first.pk


def test_each_message_opens_the_whatsapp_window_anew(case: Folder, conversation: About) -> None:
    window = start(case, conversation, "WA-WINDOW")
    renew_clock(window, evidence=Evidence.MESSAGE_RECEIVED, at=NOON + 5 * HOUR, by=None)
    window.refresh_from_db()
    assert window.due_at == NOON + 29 * HOUR
    renew_clock(window, evidence=Evidence.MESSAGE_RECEIVED, at=NOON + HOUR, by=None)
    window.refresh_from_db()
    assert window.due_at == NOON + 29 * HOUR, "a message that arrives late does not shorten it"


def test_when_the_rule_changes_running_clocks_move(case: Folder, takedown: About) -> None:
    running, ended = start(case, takedown), start(case, About(Subject.TAKEDOWN, uuid4()))
    stop_clock(ended, evidence=Evidence.PLATFORM_ANSWER, at=NOON, by=None)
    ClockRule.objects.filter(code="IN-NCII", valid_to=None).update(duration=HOUR)
    assert recompute("IN-NCII") == 1
    running.refresh_from_db()
    ended.refresh_from_db()
    assert running.due_at == NOON + HOUR
    assert ended.due_at == NOON + 2 * HOUR
    assert recompute("IN-NCII") == 0


def test_a_recomputed_clock_keeps_its_pauses(case: Folder, takedown: About) -> None:
    clock = pause_clock(start(case, takedown), reason=PauseReason.NOT_SAFE, by=None)
    let_time_pass(clock, HOUR)
    clock = resume_clock(clock, by=None)
    ClockRule.objects.filter(code="IN-NCII", valid_to=None).update(duration=HOUR)
    recompute("IN-NCII")
    clock.refresh_from_db()
    assert clock.due_at == clock.started_at + HOUR + clock.paused_total


def test_a_new_row_of_law_catches_the_clocks_that_started_under_it(
    case: Folder, takedown: About
) -> None:
    clock = start(case, takedown)
    law = ClockRule.objects.get(code="IN-NCII", valid_to=None)
    ClockRule.objects.filter(pk=law.pk).update(valid_to=NOON.date() - timedelta(days=1))
    law.pk, law.valid_from, law.duration = uuid4(), NOON.date(), 3 * HOUR
    law.save(force_insert=True)
    assert recompute("IN-NCII") == 1
    clock.refresh_from_db()
    assert clock.rule_id == law.pk
    assert clock.due_at == NOON + 3 * HOUR


def test_only_clocks_that_run_are_due(case: Folder, takedown: About) -> None:
    due = start(case, takedown)
    paused = start(case, About(Subject.TAKEDOWN, uuid4()))
    pause_clock(paused, reason=PauseReason.NOT_SAFE, by=None)
    assert list(Clock.objects.due_by(NOON + 2 * HOUR)) == [due]
    assert not Clock.objects.due_by(NOON)


def test_every_move_of_a_clock_is_on_the_record(case: Folder, takedown: About) -> None:
    clock = start(case, takedown)
    pause_clock(clock, reason=PauseReason.NOT_SAFE, by=None)
    resume_clock(clock, by=None)
    stop_clock(clock, evidence=Evidence.WITHDRAWN, by=None)
    verbs = AuditEvent.objects.filter(subject_id=clock.pk).order_by("at")
    assert list(verbs.values_list("verb", flat=True)) == [
        "clock_started",
        "clock_paused",
        "clock_resumed",
        "clock_stopped",
    ]


def test_the_database_refuses_a_clock_stopped_without_evidence(
    case: Folder, takedown: About
) -> None:
    start(case, takedown)
    with pytest.raises(IntegrityError), transaction.atomic():
        Clock.objects.update(stopped_at=NOON + HOUR)


def test_the_database_refuses_a_clock_due_before_it_started(case: Folder, takedown: About) -> None:
    start(case, takedown)
    with pytest.raises(IntegrityError), transaction.atomic():
        Clock.objects.update(due_at=NOON - HOUR)


def test_nobody_sees_no_clock(case: Folder, takedown: About) -> None:
    start(case, takedown)
    with acting():
        assert not Clock.objects.exists()


def let_time_pass(clock: Clock, span: timedelta) -> None:
    """As if the clock had been started, and paused, so much earlier."""
    Clock.objects.filter(pk=clock.pk).update(
        started_at=F("started_at") - span,
        paused_at=F("paused_at") - span,
        due_at=F("due_at") - span,
    )
