"""F5, F7, F8: workers killed at any point, workers that hear nothing, several sweeps and none."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import httpx
import pytest

from tests.faults import oracle
from tests.faults.judging import Report, assert_it_holds, assert_load_holds
from tests.faults.load import under_load
from tests.faults.sending import Post, senders
from tests.processes import Desk

pytestmark = pytest.mark.faults

KILLS = 8  # of the worker, and of the two web processes together
HOLD = 616161  # the advisory lock that a held update waits for
HOLDING = f"""
CREATE OR REPLACE FUNCTION oracle_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = TG_ARGV[0] AND OLD.state <> NEW.state AND NEW.message_id IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock({HOLD});
    END IF;
    RETURN NEW;
END $$
"""


@contextmanager
def held_before(desk: Desk, state: str) -> Iterator[Callable[[], bool]]:
    """Whoever would write that something is in this state stands before a lock instead.

    Yields a question: does anybody stand there? Needs no help from the product.
    """
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    with desk.database() as holder:
        holder.execute("SELECT pg_advisory_lock(%s)", [HOLD])
        holder.execute(HOLDING)
        holder.execute(
            "CREATE TRIGGER oracle_hold BEFORE UPDATE ON intake_outboundmessage"
            f" FOR EACH ROW EXECUTE FUNCTION oracle_hold('{state}')"
        )
        try:
            yield lambda: bool(desk.rows(waiting)[0][0])
        finally:
            holder.execute("SELECT pg_advisory_unlock(%s)", [HOLD])
            holder.execute("DROP TRIGGER oracle_hold ON intake_outboundmessage")
            holder.execute("DROP FUNCTION oracle_hold")


@pytest.mark.parametrize(
    ("point", "state", "after"),
    [
        ("before it is claimed", "leased", "approved"),
        ("claimed, before it says that it calls", "calling", "leased"),
        ("after the call, before its outcome is written", "accepted", "calling"),
    ],
    ids=["before the claim", "leased", "called"],
)
def test_f05_a_worker_killed_while_it_writes(
    real_desk: Desk, point: str, state: str, after: str
) -> None:
    post = Post(real_desk, (real_desk.web_url,))
    (asha,) = senders(1)
    with real_desk.without("sweep"):
        with held_before(real_desk, state) as somebody_stands_there:
            assert post.carry(asha, "hello")
            real_desk.wait_for(somebody_stands_there, 30)
            real_desk.kill("worker")
            assert oracle.outcome(real_desk, post.sent[0]) == after, point
        real_desk.processes["worker"].start()
    assert_it_holds(real_desk, post, leaking=False)
    assert len(real_desk.world.messages_to(asha)) == 1


@pytest.mark.parametrize(
    ("taken", "told"),
    [(True, True), (True, False), (False, False)],
    ids=["taken, told later", "taken, asked later", "never taken"],
)
def test_f05_a_worker_killed_while_it_calls(real_desk: Desk, taken: bool, told: bool) -> None:
    """What may have been sent is never sent again blindly."""
    post = Post(real_desk, (real_desk.web_url,))
    (asha,) = senders(1)
    world = real_desk.world
    world.misbehave("sending", "accept-then-hang" if taken else "hang", times=1, seconds=2)
    world.misbehave("callbacks", "late" if told else "none", times=1, seconds=3)

    def fares(*states: str) -> Callable[[], bool]:
        return lambda: oracle.outcome(real_desk, post.sent[0]) in states

    with real_desk.without("sweep"):
        assert post.carry(asha, "hello")
        real_desk.wait_for(fares("calling"), 30)
        if taken:
            real_desk.wait_for(lambda: world.messages_to(asha), 10)
        real_desk.kill("worker")
        assert fares("calling")()
        time.sleep(2)  # the provider's answer finds nobody
        real_desk.processes["worker"].start()
    if told:
        real_desk.wait_for(fares("read"), 30)
    else:
        oracle.let_time_pass(real_desk, minutes=2)
        real_desk.wait_for(fares("unknown"), 30)
        assert len(world.messages_to(asha)) == taken
        world.behave()
    assert_it_holds(real_desk, post, leaking=False)
    assert len(world.messages_to(asha)) == 1


def test_f05_a_worker_killed_when_all_is_written(real_desk: Desk) -> None:
    post = Post(real_desk, (real_desk.web_url,))
    (asha,) = senders(1)
    real_desk.world.misbehave("callbacks", "none", times=1)
    assert post.carry(asha, "hello")
    sent = post.sent[0]
    real_desk.wait_for(lambda: oracle.outcome(real_desk, sent) == "accepted", 30)
    with real_desk.without("worker"):
        time.sleep(1)
    real_desk.world.behave()
    assert len(real_desk.world.messages_to(asha)) == 1
    assert oracle.outcome(real_desk, sent) == "accepted"


def test_f05_nothing_is_lost_while_web_and_workers_are_killed(
    real_desk: Desk, report: Report
) -> None:
    real_desk.start("web 2")
    post = Post(real_desk, (real_desk.web_url, real_desk.second_url))
    chance = random.Random(7)
    people = senders(40)
    with ThreadPoolExecutor(1) as pool:
        crowd = pool.submit(post.crowd, people, 5, at_once=len(people), pause=3.5)
        for turn in range(KILLS):
            web = ("web", "web 2")[turn % 2]
            time.sleep(chance.uniform(0, 0.5))
            real_desk.kill("worker")
            real_desk.kill(web)
            real_desk.processes["worker"].start()
            real_desk.start(web)
        crowd.result()
    real_desk.kill("web 2")
    taken = sum(one.taken for one in post.sent)
    report("F5: taken while killed", f"{taken} of {len(post.sent)}")
    assert len(post.sent) == 200
    assert taken >= 100  # the killing left something to prove
    healed = assert_it_holds(real_desk, post)
    report("F5: healed in", f"{healed:.1f} s")


@pytest.mark.faults_long
def test_f07_a_worker_that_hears_nothing_is_swept_for_and_seen(
    real_desk: Desk, report: Report
) -> None:
    mails = oracle.entries(real_desk, "email")
    with real_desk.frozen("worker"), under_load(real_desk, seconds=8, before=0) as load:
        pass
    with real_desk.frozen("worker"), real_desk.without("sweep"):
        load.post.carry(senders(1)[0], "nobody is there")
        time.sleep(1)
        with real_desk.database() as connection:
            connection.execute(
                "UPDATE intake_inboundevent SET received_at = received_at - %s"
                " WHERE state = 'waiting'",
                [timedelta(minutes=2)],
            )
        assert "arrivals" in told_to_monitoring(real_desk)["late"]  # R7
    healed = assert_load_holds(load, mails, leaking=False)
    report("F7: healed in", f"{healed:.1f} s")
    real_desk.wait_for(lambda: told_to_monitoring(real_desk)["late"] == [], 30)


def test_f08_two_sweeps_run_each_period_once_and_none_is_made_up(real_desk: Desk) -> None:
    real_desk.start("sweep 2")
    try:
        with counting_periods(real_desk) as begun:
            for turn in range(1, 4):
                oracle.new_periods(real_desk)
                real_desk.wait_for(lambda turn=turn: set(begun().values()) == {turn}, 30)  # type: ignore[misc]
            time.sleep(3)  # rounds of both
            assert set(begun().values()) == {3}
            real_desk.kill("sweep 2")
            with real_desk.without("sweep"):
                oracle.new_periods(real_desk)
                time.sleep(3)
                assert set(begun().values()) == {3}
            real_desk.wait_for(lambda: set(begun().values()) == {4}, 30)
            time.sleep(3)
            assert set(begun().values()) == {4}
    finally:
        real_desk.kill("sweep 2")


@contextmanager
def counting_periods(desk: Desk) -> Iterator[Callable[[], dict[str, int]]]:
    """Counts how often each periodic thing is begun, in the database itself; by name.

    What is due every few minutes may rightly begin anew meanwhile, so a later real period counts
    as the one that was asked for.
    """
    with desk.database() as connection:
        connection.execute("CREATE TABLE oracle_begun (name text, after text)")
        connection.execute(
            "CREATE FUNCTION oracle_count() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS"
            " $$ BEGIN IF OLD.period = '' AND NEW.period <> '' THEN"
            " INSERT INTO public.oracle_begun VALUES (NEW.name, NEW.period); END IF;"
            " RETURN NEW; END $$"
        )
        connection.execute(
            "CREATE TRIGGER oracle_count AFTER UPDATE ON privacy_schedulerun"
            " FOR EACH ROW EXECUTE FUNCTION oracle_count()"
        )
        try:
            yield lambda: dict(
                desk.rows(
                    "SELECT r.name, count(b.name) FROM privacy_schedulerun r"
                    " LEFT JOIN oracle_begun b USING (name) GROUP BY 1"
                )
            )
        finally:
            connection.execute("DROP TRIGGER oracle_count ON privacy_schedulerun")
            connection.execute("DROP FUNCTION oracle_count")
            connection.execute("DROP TABLE oracle_begun")


def told_to_monitoring(desk: Desk) -> dict[str, list[str]]:
    """What /health/ says to who brings the token."""
    headers = {"Authorization": f"Bearer {desk.env['HEALTH_TOKEN']}"}
    found: dict[str, list[str]] = httpx.get(
        f"{desk.web_url}/health/", headers=headers, timeout=5
    ).json()
    return found
