"""F21, F26, F31: a full disk of logs, an orderly stop in the middle of a call, no key."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults import oracle, small_disks
from tests.faults.judging import assert_it_holds
from tests.faults.load import Counsellor
from tests.faults.sending import Post, senders
from tests.processes import Desk

pytestmark = [pytest.mark.faults, pytest.mark.faults_long]


@contextmanager
def writing_to(desk: Desk, place: Path, *names: str) -> Iterator[None]:
    """Processes whose logs and temporary files lie there."""
    before = {name: desk.processes[name] for name in names}
    for name, process in before.items():
        process.kill()
        env = {**process.env, "TMPDIR": str(place)}
        desk.processes[name] = replace(process, env=env, log=place / f"{name}.log", running=None)
        desk.start(name)
    try:
        yield
    finally:
        for name, process in before.items():
            desk.processes[name].kill()
            desk.processes[name] = process
            desk.start(name)


def test_f21_a_full_disk_of_logs_keeps_no_message_out(real_desk: Desk) -> None:
    post = Post(real_desk, (real_desk.web_url,))
    counsellor = Counsellor(real_desk)
    counsellor.sign_in()
    names = ("web", "worker", "sweep")
    with (
        small_disks.disk(real_desk, "logs-small", 8) as place,
        writing_to(real_desk, place, *names),
    ):
        with small_disks.full(place), real_desk.broker_dead():  # there is something to log
            post.crowd(senders(8), 2, at_once=4, pause=0.1)
            assert counsellor.look("/") == 200
            real_desk.wait_for(lambda: oracle.arrived(real_desk, post.sent), 60)
        assert set(post.statuses) == {200}
        assert_it_holds(real_desk, post, leaking=False)


def test_f26_a_worker_told_to_stop_finishes_what_it_began(real_desk: Desk) -> None:
    post = Post(real_desk, (real_desk.web_url,))
    (asha,) = senders(1)
    real_desk.world.misbehave("sending", "accept-then-hang", times=1, seconds=5)
    with real_desk.without("sweep"):
        assert post.carry(asha, "hello")
        real_desk.wait_for(lambda: oracle.called(real_desk), 30)
        running = real_desk.processes["worker"].running
        assert running is not None
        os.kill(running.pid, signal.SIGTERM)
        running.wait(30)
        assert oracle.outcome(real_desk, post.sent[0]) not in ("leased", "calling", "unknown")
        real_desk.start("worker")
    assert_it_holds(real_desk, post, leaking=False)
    assert len(real_desk.world.messages_to(asha)) == 1


def test_f31_without_the_key_arrivals_are_stored_and_nothing_is_read(real_desk: Desk) -> None:
    dead = oracle.dead(real_desk)
    post = Post(real_desk, (real_desk.web_url,))
    counsellor = Counsellor(real_desk)
    counsellor.sign_in()
    key = Path(real_desk.env["AMAAN_MASTER_KEY_FILE"])
    names = ("web", "worker", "sweep")
    for name in names:
        real_desk.kill(name)
    key.rename(key.with_suffix(".away"))
    try:
        for name in names:
            real_desk.start(name)
        post.crowd(senders(4), 2, at_once=4, pause=0.1)
        assert set(post.statuses) == {200}
        assert counsellor.look("/") == 503
        assert not oracle.arrived(real_desk, post.sent)
    finally:
        key.with_suffix(".away").rename(key)
    real_desk.wait_for(lambda: oracle.arrived(real_desk, post.sent), 60)
    assert counsellor.look("/") == 200
    assert oracle.dead(real_desk) == dead
    assert_it_holds(real_desk, post, leaking=False)
