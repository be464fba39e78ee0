"""F13 to F18: what a provider does to us, and what reaches people all the same."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.faults import oracle
from tests.faults.judging import Report, assert_it_holds, assert_load_holds
from tests.faults.load import under_load
from tests.faults.sending import Post, senders
from tests.leaks import marked
from tests.processes import Desk

pytestmark = [pytest.mark.faults, pytest.mark.faults_long]

HANGS = 14  # seconds: longer than we wait
AT_ONCE = 3  # who sends: two workers and the sweep


@contextmanager
def misbehaving(desk: Desk, where: str, what: str, **how: float) -> Iterator[None]:
    """A provider that does this, until the end of the block."""
    desk.world.misbehave(where, what, **how)
    try:
        yield
    finally:
        desk.world.behave()


def states(desk: Desk, post: Post) -> set[str]:
    """How the answers to everything that was written fare."""
    return {oracle.outcome(desk, one) for one in post.sent}


@pytest.mark.parametrize("what", ["reorder", "duplicate", "none"])
def test_f13_statuses_out_of_order_doubled_or_missing(real_desk: Desk, what: str) -> None:
    post = Post(real_desk, (real_desk.web_url,))
    with misbehaving(real_desk, "callbacks", what, code=3):
        for sender in senders(5):
            assert post.carry(sender, "hello")
        real_desk.wait_for(lambda: oracle.stuck(real_desk) == 0, 60)
    final = {"accepted"} if what == "none" else {"read"}
    assert states(real_desk, post) == final
    assert_it_holds(real_desk, post, leaking=False)


def test_f13_a_status_days_late_lowers_nothing(real_desk: Desk) -> None:
    post = Post(real_desk, (real_desk.web_url,))
    (asha,) = senders(1)
    assert post.carry(asha, "hello")
    real_desk.wait_for(lambda: states(real_desk, post) == {"read"}, 60)
    (message,) = real_desk.world.messages_to(asha)
    oracle.let_time_pass(real_desk, minutes=3 * 24 * 60)
    for status in ("delivered", "sent", "queued", "failed"):
        real_desk.world.settle(message["id"], status)
    real_desk.wait_for(lambda: oracle.stuck(real_desk) == 0, 30)
    assert states(real_desk, post) == {"read"}
    assert_it_holds(real_desk, post, leaking=False)


@pytest.mark.faults_long
@pytest.mark.parametrize("retry_after", [None, 2], ids=["silent", "Retry-After"])
def test_f15_too_many_requests(real_desk: Desk, retry_after: int | None, report: Report) -> None:
    """All is sent once; who is in danger is answered before others who wrote earlier."""
    post = Post(real_desk, (real_desk.web_url,))
    others, urgent = senders(12), senders(3)
    how = {"retry_after": retry_after} if retry_after else {}
    with misbehaving(real_desk, "sending", "status", code=429, **how):
        for other in others:
            assert post.carry(other, "hello")
        for one in urgent:
            assert post.carry(one, "I want to kill myself")
        real_desk.wait_for(lambda: oracle.arrived(real_desk, post.sent), 60)
        assert real_desk.world.messages(to=urgent[0]) == []
    began = time.monotonic()
    assert_it_holds(real_desk, post, leaking=False)
    report("F15: sent after", f"{time.monotonic() - began:.1f} s")
    first = {sender: real_desk.world.messages_to(sender)[0]["at"] for sender in [*others, *urgent]}
    order = sorted(first, key=lambda sender: first[sender])
    # Others whose turn had begun when the provider took messages again may stand among them.
    assert set(urgent) <= set(order[: len(urgent) + AT_ONCE]), order


@pytest.mark.parametrize("what", ["drop", "accept-then-drop"])
def test_f16_the_line_is_lost(real_desk: Desk, what: str) -> None:
    """Before it took the words or after: nobody can know, so the provider is asked first."""
    post = Post(real_desk, (real_desk.web_url,))
    people = senders(4)
    with misbehaving(real_desk, "sending", what):
        for sender in people:
            assert post.carry(sender, "hello")
        real_desk.wait_for(lambda: states(real_desk, post) <= {"unknown", "read", "delivered"}, 60)
    assert_it_holds(real_desk, post, leaking=False)
    assert [len(real_desk.world.messages_to(sender)) for sender in people] == [1] * 4


@pytest.mark.faults_long
def test_f16_server_errors(real_desk: Desk) -> None:
    mails = oracle.entries(real_desk, "email")
    fault = misbehaving(real_desk, "sending", "status", code=503)
    with under_load(real_desk, seconds=10, before=2) as load, fault:
        time.sleep(5)
    assert_load_holds(load, mails, leaking=False)


@pytest.mark.faults_long
@pytest.mark.parametrize("what", ["hang", "drip"])
def test_f17_a_provider_that_hangs_holds_up_nothing_that_arrives(
    real_desk: Desk, what: str, report: Report
) -> None:
    post = Post(real_desk, (real_desk.web_url,))
    real_desk.world.misbehave("callbacks", "none")
    with misbehaving(real_desk, "sending", what, seconds=HANGS):
        for sender in senders(6):
            assert post.carry(sender, "hello")
        real_desk.wait_for(lambda: oracle.called(real_desk), 30)
        for sender in senders(6):
            assert post.carry(sender, "and I")
        took = real_desk.wait_for(lambda: oracle.arrived(real_desk, post.sent), 30)
        report(f"F17: arrivals while a provider {what}s", f"{took:.1f} s")
        longest = real_desk.wait_for(lambda: "unknown" in states(real_desk, post), 20)
        assert longest <= 15  # a call takes ten seconds in all
    time.sleep(HANGS)  # what the provider takes after all, it has taken by now
    assert_it_holds(real_desk, post, leaking=False)


@pytest.mark.parametrize("code", [401, 403])
def test_f18_credentials_revoked(real_desk: Desk, code: int) -> None:
    """Sending stops, is not tried over and over, and a person sees it; nothing is lost."""
    post = Post(real_desk, (real_desk.web_url,))
    people = senders(6)
    refused = len(real_desk.world.ledger()["Refusal"])
    with misbehaving(real_desk, "messages", "status", code=code):
        for sender in people:
            assert post.carry(sender, "hello")
        real_desk.wait_for(lambda: oracle.arrived(real_desk, post.sent), 60)
        time.sleep(6)
        troubles = real_desk.rows(
            "SELECT problem FROM intake_trouble WHERE carrier = 'whatsapp' AND cleared_at IS NULL"
        )
        assert troubles == [("credentials",)]
        tried = real_desk.rows(
            "SELECT sum(attempts) FROM intake_outboundmessage WHERE message_id IS NOT NULL"
            " AND state = 'approved'"
        )[0][0]
        assert tried <= 2 * len(people), tried  # no storm
    assert refused == len(real_desk.world.ledger()["Refusal"])
    oracle.let_time_pass(real_desk, minutes=30)
    assert_it_holds(real_desk, post, leaking=False)
    assert [len(real_desk.world.messages_to(sender)) for sender in people] == [1] * 6


def test_f18_outside_the_window_it_needs_an_approved_text(real_desk: Desk) -> None:
    post = Post(real_desk, (real_desk.web_url,))
    (asha,) = senders(1)
    with misbehaving(real_desk, "sending", "error", code=63016):
        assert post.carry(asha, "hello")
        real_desk.wait_for(lambda: states(real_desk, post) == {"failed"}, 60)
    assert real_desk.world.messages_to(asha) == []
    assert_it_holds(real_desk, post, leaking=False)


def test_f14_what_came_while_we_were_away_is_fetched(real_desk: Desk, report: Report) -> None:
    """The provider tries twice and then never again: its list is asked, and all of it is there."""
    world, people = real_desk.world, senders(3)
    with real_desk.without("web"):
        for place in range(2):
            for sender in people:
                world.send_whatsapp(sender, marked(f"away {place}"))
    missed = [m for sender in people for m in world.messages(sender=sender)]
    assert [m["outcome"] for m in missed] == ["refused 0"] * 6
    for sender in people:
        world.let_pass(sender, hours=0.1)
    sent = [oracle.Sent(m["sender"], m["id"], True) for m in missed]
    began, asked = time.monotonic(), [0.0]

    def fetched() -> bool:
        """Whether all is there; five minutes pass every ten seconds."""
        if time.monotonic() - asked[-1] > 10:
            oracle.new_periods(real_desk)
            asked.append(time.monotonic())
        return oracle.arrived(real_desk, sent)

    real_desk.wait_for(fetched, 60)
    report("F14: fetched in", f"{time.monotonic() - began:.1f} s")
    post = Post(real_desk, (real_desk.web_url,), sent=sent)
    assert_it_holds(real_desk, post, leaking=False)
    assert oracle.late(real_desk, sent) == len(sent)
    for sender in people:
        told = [m["body"] for m in world.messages_to(sender)]
        assert len(told) == len(set(told)) >= 1
