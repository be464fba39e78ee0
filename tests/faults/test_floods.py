"""F12 and F32: the same thing a hundred times, and one sender who never stops."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle

import pytest

from tests.faults import oracle
from tests.faults.judging import Report, assert_it_holds
from tests.faults.sending import Post, senders
from tests.leaks import marked
from tests.processes import Desk

pytestmark = [pytest.mark.faults, pytest.mark.faults_long]


def test_f12_a_webhook_a_hundred_times_is_one_message(real_desk: Desk) -> None:
    """From eight at once, at two web processes, and again when all is done."""
    real_desk.start("web 2")
    post = Post(real_desk, (real_desk.web_url,))
    (asha,) = senders(1)
    form = real_desk.world.whatsapp_form(asha, marked("hello"))
    doors = cycle((real_desk.web_url, real_desk.second_url))
    try:
        with ThreadPoolExecutor(8) as pool:
            hundred = [next(doors) for _ in range(100)]
            answers = list(pool.map(lambda door: post.knock(door, form), hundred))
        post.sent.append(oracle.Sent(asha, form["MessageSid"], True))
        assert_it_holds(real_desk, post, leaking=False)
        answers += [post.knock(next(doors), form) for _ in range(4)]
        time.sleep(3)
    finally:
        real_desk.kill("web 2")
    assert set(answers) == {200}
    assert_it_holds(real_desk, post, leaking=False)
    assert len(real_desk.world.messages_to(asha)) == 1


def test_f32_a_flood_from_one_sender_is_taken_and_holds_up_nobody(
    real_desk: Desk, report: Report
) -> None:
    """Signed arrivals are never refused; the flood waits behind others, not they behind it."""
    calm, flood, beside = (Post(real_desk, (real_desk.web_url,)) for _ in range(3))
    usual = delay_of(real_desk, calm)
    (abuser,) = senders(1)

    with ThreadPoolExecutor(1) as pool:
        pouring = pool.submit(flood.pour, abuser, seconds=10, at_once=6, pause=0.1)
        time.sleep(3)
        flooded = delay_of(real_desk, beside)
        pouring.result()
    rate = len(flood.unordered) / 10
    report("F32: flood", f"{rate:.0f} a second; {flood.figures()}")
    report("F32: others wait", f"{usual:.1f} s calm, {flooded:.1f} s beside it")
    assert set(flood.statuses) | set(beside.statuses) == {200}
    assert flooded <= max(2 * usual, 10)
    for post in (flood, beside, calm):
        assert_it_holds(real_desk, post, leaking=False)
    assert len(real_desk.world.messages_to(abuser)) <= 3


def delay_of(desk: Desk, post: Post) -> float:
    """How long eight people's messages take to be in their conversations."""
    post.crowd(senders(8), 1, at_once=4, pause=0.1)
    return desk.wait_for(lambda: oracle.arrived(desk, post.sent), 60)
