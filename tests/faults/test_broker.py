"""F1 to F4, and G3: the bell is refused, frozen, wiped or full, and nobody waits for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from tests.faults import figures, oracle
from tests.faults.figures import LONGER
from tests.faults.judging import Report, assert_it_holds, assert_load_holds
from tests.faults.load import Load, under_load
from tests.faults.sending import Post, senders
from tests.processes import Desk

pytestmark = pytest.mark.faults

FAULT_SECONDS = 5 * LONGER
SWEPT_SECONDS = 30


def suffer(
    desk: Desk, fault: Callable[[], AbstractContextManager[None]], report: Report, name: str
) -> Load:
    """The load with a fault in its middle, and everything that must hold afterwards."""
    mails = oracle.entries(desk, "email")
    with under_load(desk) as load, fault():
        time.sleep(FAULT_SECONDS)
    report(f"{name}: webhook", load.post.figures())
    figures.note("webhook", broker=name, seconds=load.post.seconds)
    healed = assert_load_holds(load, mails)
    report(f"{name}: healed in", f"{healed:.1f} s")
    return load


def assert_nobody_waited(load: Load) -> None:
    """G3 and what F1 to F4 ask: every signed webhook is taken, in time, and pages stay usable."""
    assert set(load.post.statuses) == {200}
    assert load.post.p99() <= 1
    assert max(load.post.seconds) <= 5
    assert set(load.counsellor.statuses) <= {200, 302}
    assert max(load.counsellor.seconds) <= 5
    assert all(load.mails.values())


@pytest.mark.faults_long
def test_f01_broker_refused(real_desk: Desk, report: Report) -> None:
    load = suffer(real_desk, real_desk.broker_dead, report, "F1")
    assert_nobody_waited(load)


def test_f02_g3_broker_frozen(real_desk: Desk, report: Report) -> None:
    load = suffer(real_desk, real_desk.broker_frozen, report, "F2")
    assert_nobody_waited(load)


@pytest.mark.faults_long
def test_f03_broker_wiped(real_desk: Desk, report: Report) -> None:
    @contextmanager
    def wiped() -> Iterator[None]:
        with real_desk.broker() as broker:
            broker.flushall()
            yield
            broker.flushall()

    load = suffer(real_desk, wiped, report, "F3")
    assert_nobody_waited(load)
    assert load.counsellor.look("/") == 200  # a session outlives the bell
    load.counsellor.http.cookies.clear()
    assert load.counsellor.look("/") == 302  # and is never bypassed


@pytest.mark.faults_long
def test_f04_broker_full(real_desk: Desk, report: Report) -> None:
    @contextmanager
    def full() -> Iterator[None]:
        with real_desk.broker() as broker:
            before = broker.config_get("maxmemory")["maxmemory"]
            broker.config_set("maxmemory", "1mb")
            yield
            broker.config_set("maxmemory", before)

    assert_nobody_waited(suffer(real_desk, full, report, "F4"))


@pytest.mark.parametrize("broker", ["running", "frozen", "dead"])
def test_g3_a_signed_message_is_taken_at_once_and_swept_in_time(
    real_desk: Desk, report: Report, broker: str
) -> None:
    post = Post(real_desk, (real_desk.web_url,))

    def everybody_writes() -> float:
        post.crowd(senders(20), 4, at_once=5, pause=0.05)
        return real_desk.wait_for(lambda: oracle.arrived(real_desk, post.sent), SWEPT_SECONDS)

    if broker == "running":
        swept = everybody_writes()
    else:
        fault = real_desk.broker_frozen if broker == "frozen" else real_desk.broker_dead
        with fault():
            swept = everybody_writes()
    report(f"G3: webhook, broker {broker}", post.figures())
    figures.note("webhook", broker=broker, seconds=post.seconds)
    report(f"G3: processed after, broker {broker}", f"{swept:.1f} s")
    assert set(post.statuses) == {200}  # and never 429
    assert post.p99() <= 1
    assert max(post.seconds) <= 5
    assert_it_holds(real_desk, post, leaking=False)


def test_a_worker_hears_the_bell_again_when_the_broker_is_back(real_desk: Desk) -> None:
    post = Post(real_desk, (real_desk.web_url,))
    asha, *others = senders(5)
    real_desk.world.misbehave("sending", "hang", times=len(others), seconds=2)
    for other in others:
        post.carry(other, "hello")
    real_desk.wait_for(lambda: oracle.called(real_desk), 30)
    with real_desk.broker_frozen():
        time.sleep(8)  # what is being done is done, and the broker cannot be told
    real_desk.world.behave()
    time.sleep(10)  # after a failure the bell is silent so long
    real_desk.kill("sweep")
    try:
        assert post.carry(asha, "are you there")
        real_desk.wait_for(lambda: oracle.arrived(real_desk, post.sent), 10)
    finally:
        real_desk.start("sweep")
    assert_it_holds(real_desk, post, leaking=False)
