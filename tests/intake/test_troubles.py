"""What only a person can mend: said loudly, nothing lost, nobody flooded, over by itself."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import F
from pytest_django import Settings

from accounts.models import User
from intake import outcomes, pace, registry, services, troubles
from intake.models import Conversation, OutboundMessage, SendingLine, Trouble
from intake.registry import CarrierError
from privacy.access import acting
from privacy.clock import database_now
from tests.counterparts import ASHA, IMRAN
from tests.intake.conftest import MARK, Desk

State = OutboundMessage.State


@pytest.fixture
def answer(desk: Desk, amina: User) -> Callable[[str], None]:
    """Asha wrote, and amina answers her."""
    desk.whatsapp(ASHA, f"hello {MARK}")
    desk.work()
    (conversation,) = desk.conversations()
    desk.give(conversation, amina)

    def write(text: str) -> None:
        with acting(user=amina):
            services.reply(conversation, text=f"{text} {MARK}", by=amina)

    return write


def pass_time(**by: timedelta) -> None:
    Trouble.objects.update(last_at=F("last_at") - by.get("trouble", timedelta()))
    with acting(part="delivery"):
        OutboundMessage.objects.update(not_before=F("not_before") - by.get("rows", timedelta()))


@pytest.mark.parametrize("code", [401, 403])
def test_revoked_credentials_stop_a_line_and_keep_every_draft(
    desk: Desk, answer: Callable[[str], None], code: int
) -> None:
    for text in ("one", "two"):
        answer(text)
    desk.world.misbehave("messages", "status", code=code)
    for _ in range(5):
        desk.work()
        pass_time(rows=timedelta(hours=1))
    one, two = desk.outbound()[-2:]
    assert (one.state, one.problem, two.state) == (State.APPROVED, "credentials", State.APPROVED)
    (trouble,) = troubles.standing()
    assert (trouble.carrier, trouble.problem) == ("whatsapp", "credentials")
    desk.world.behave()
    desk.work()
    assert desk.outbound()[-1].state == State.APPROVED  # silent: not five minutes yet
    pass_time(trouble=timedelta(minutes=6))
    desk.work()
    assert [row.state for row in desk.outbound()[-2:]] == [State.ACCEPTED, State.ACCEPTED]
    assert troubles.standing() == []
    bodies = [message["body"] for message in desk.world.messages_to(ASHA)]
    assert bodies[-2:] == [f"one {MARK}", f"two {MARK}"]


def test_a_silent_line_is_tried_once_in_five_minutes_however_much_waits(
    desk: Desk, answer: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def refuse(outbound: OutboundMessage) -> str:
        tried.append(outbound.pk)
        raise CarrierError("sender_restricted", permanent=True)

    monkeypatch.setattr(registry.carriers["whatsapp"].__class__, "send", lambda _, row: refuse(row))
    for sender in (IMRAN, *(f"whatsapp:+4477009002{count:02}" for count in range(8))):
        desk.whatsapp(sender, f"hello {MARK}")
    answer("one")
    for _ in range(4):
        desk.work()
    assert len(tried) == 1
    for _ in range(3):
        pass_time(trouble=timedelta(minutes=5, seconds=1), rows=timedelta(hours=1))
        desk.work()
        desk.work()
    assert len(tried) == 4
    assert {row.state for row in desk.outbound()[1:]} == {State.APPROVED}
    assert troubles.standing()[0].times == 4


def test_other_lines_go_on_while_one_is_silent(desk: Desk) -> None:
    troubles.note("whatsapp", "credentials")
    desk.whatsapp(ASHA, f"hello {MARK}")
    desk.meta({"sender": IMRAN, "body": f"hello {MARK}"})
    desk.work()
    assert desk.world.messages_to(ASHA) == []
    assert len(desk.world.messages_to(IMRAN)) == 1


def test_a_restricted_sender_is_over_when_something_arrives_not_when_it_is_taken(
    desk: Desk, answer: Callable[[str], None]
) -> None:
    answer("one")
    desk.work()
    row = desk.outbound()[-1]
    failed = {"MessageSid": row.provider_ref, "MessageStatus": "failed", "ErrorCode": "63112"}
    desk.post(f"/hooks/whatsapp/status/{row.pk}/", failed)
    desk.work()
    assert desk.outbound()[-1].problem == "sender_restricted"
    assert [one.problem for one in troubles.standing()] == ["sender_restricted"]
    answer("two")
    pass_time(trouble=timedelta(minutes=6))
    desk.work()
    row = desk.outbound()[-1]
    assert row.state == State.ACCEPTED
    assert len(troubles.standing()) == 1
    told = {"MessageSid": row.provider_ref, "MessageStatus": "delivered"}
    desk.post(f"/hooks/whatsapp/status/{row.pk}/", told)
    desk.work()
    assert troubles.standing() == []


def test_a_refusal_of_one_message_alerts_and_stops_no_other(
    desk: Desk, answer: Callable[[str], None]
) -> None:
    desk.world.misbehave("messages", "error", code=21617, times=1)
    answer("one")
    answer("two")
    desk.work()
    assert [row.state for row in desk.outbound()[-2:]] == [State.FAILED, State.ACCEPTED]
    assert Trouble.objects.get().problem == "our_fault"
    assert troubles.standing() == []  # the next got through


def test_who_opted_out_is_marked_and_a_person_is_told_once(
    desk: Desk, answer: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, str]] = []
    monkeypatch.setattr(
        outcomes, "on_refused", [lambda row, problem: told.append((str(row.pk), problem))]
    )
    desk.world.misbehave("messages", "error", code=21610, times=1)
    answer("one")
    desk.work()
    desk.work()
    row = desk.outbound()[-1]
    assert (row.state, row.attempts) == (State.FAILED, 1)
    assert told == [(str(row.pk), "opted_out")]
    with acting(part="intake"):
        assert Conversation.objects.get().opted_out_at is not None


def test_a_far_away_retry_after_is_bounded(desk: Desk, answer: Callable[[str], None]) -> None:
    desk.world.misbehave("messages", "status", code=429, retry_after=999_999, times=1)
    answer("one")
    desk.work()
    row = desk.outbound()[-1]
    assert row.problem == "slow_down"
    rest = SendingLine.objects.get(carrier="whatsapp").rests_until
    assert rest is not None
    assert timedelta(minutes=9) < rest - row.created_at < timedelta(minutes=11)


def test_a_line_that_was_too_fast_rests_and_then_danger_goes_first(desk: Desk) -> None:
    desk.world.misbehave("messages", "status", code=429, times=1)
    for count in range(4):
        desk.whatsapp(f"whatsapp:+4477009004{count:02}", f"hello {MARK}")
    desk.whatsapp(ASHA, f"I want to kill myself {MARK}")
    desk.work()
    rows = desk.outbound()
    assert sum(row.attempts for row in rows) == 1  # one asked, and all wait
    assert {row.state for row in rows} == {State.APPROVED}
    SendingLine.objects.update(rests_until=database_now())
    desk.work()
    rows = sorted(desk.outbound(), key=lambda row: row.settled_at or row.created_at)
    assert {row.state for row in rows} == {State.ACCEPTED}
    assert rows[0].priority == 0
    assert SendingLine.objects.get(carrier="whatsapp").rests == 0


def test_a_line_rests_longer_each_time_and_two_refusals_at_once_are_one(db: None) -> None:
    waits = []
    for _turn in range(3):
        began = database_now()
        pace.rest("sms", None)
        pace.rest("sms", None)
        line = SendingLine.objects.get(carrier="sms")
        waits.append((line.rests_until or began) - began)
        SendingLine.objects.update(rests_until=began)
    assert SendingLine.objects.get(carrier="sms").rests == 3
    assert waits[0] < timedelta(seconds=3.1)
    assert waits[2] >= timedelta(seconds=4)


def test_a_line_sends_no_faster_than_its_pace(desk: Desk, settings: Settings) -> None:
    settings.SENDING_RATES = {"whatsapp": 0.5}
    for count in range(8):
        desk.whatsapp(f"whatsapp:+4477009003{count:02}", f"hello {MARK}")
    desk.work()
    sent = [row for row in desk.outbound() if row.state == State.ACCEPTED]
    assert 4 <= len(sent) <= 6  # ten seconds' worth at once, then one in two seconds
    assert all(row.attempts == 0 for row in desk.outbound() if row.state == State.APPROVED)
    settings.SENDING_RATES = {}
    desk.work()
    assert all(row.state == State.ACCEPTED for row in desk.outbound())


def test_two_workers_share_one_pace(db: None, settings: Settings) -> None:
    settings.SENDING_RATES = {"sms": 0.1}
    assert pace.take("sms")
    assert not pace.take("sms")
    assert pace.take("cloud")
