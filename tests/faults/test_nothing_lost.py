"""Whatever is killed, frozen or restarted: what was taken is there once, and goes out once."""

from __future__ import annotations

import random
import smtplib
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.faults import oracle
from tests.faults.sending import Post, senders
from tests.leaks import mail_address, marked, number
from tests.processes import Desk

pytestmark = pytest.mark.faults

KILLS = 8  # of the worker, and of the two web processes together
HEALED_SECONDS = 60
SWEPT_SECONDS = 30
Report = Callable[[str, object], None]


def beside(pool: ThreadPoolExecutor, post: Post, **how: float) -> Future[None]:
    """A crowd of new people that writes while the test does something else."""
    people = senders(int(how.pop("people")))
    return pool.submit(
        post.crowd, people, int(how["messages"]), at_once=len(people), pause=how["pause"]
    )


def assert_all_is_well(desk: Desk, post: Post) -> float:
    """Nothing waits any more, and every message taken lies once in its place; how long it took."""
    people = {one.sender for one in post.sent}
    took = desk.wait_for(lambda: oracle.stuck(desk) == 0, HEALED_SECONDS)
    assert oracle.wrong(desk, post.sent) == []
    assert oracle.told_twice(desk, people) == []
    return took


def assert_it_heals(desk: Desk, post: Post) -> float:
    """Every message taken is there soon, and so is all else once doubts are old enough to settle.

    A call cut off in its middle is doubtful for a minute, then its provider is asked, and believed
    after two: that time is not waited for here. Returns how long the messages took.
    """
    took = desk.wait_for(lambda: oracle.arrived(desk, post.sent), HEALED_SECONDS)
    oracle.let_time_pass(desk, minutes=2)
    desk.wait_for(lambda: oracle.called(desk) == 0, 30)
    oracle.let_time_pass(desk, minutes=3)
    assert_all_is_well(desk, post)
    return took


def test_nothing_is_lost_while_web_and_workers_are_killed(
    real_desk: Desk, record_testsuite_property: Report
) -> None:
    real_desk.start("web 2")
    post = Post(real_desk, (real_desk.web_url, real_desk.second_url))
    chance = random.Random(7)
    with ThreadPoolExecutor(1) as pool:
        crowd = beside(pool, post, people=40, messages=5, pause=3.5)
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
    record_testsuite_property("taken while killed", f"{taken} of {len(post.sent)}")
    assert len(post.sent) == 200
    assert taken >= 100  # the killing left something to prove

    record_testsuite_property("healed after the kills in", assert_it_heals(real_desk, post))
    for sender in {one.sender for one in post.sent if one.taken}:
        assert len(real_desk.world.messages_to(sender)) in (1, 2)  # hello, and what we keep


@pytest.mark.parametrize("broker", ["running", "frozen", "dead"])
def test_a_message_is_taken_at_once_and_swept_in_time(
    real_desk: Desk, record_testsuite_property: Report, broker: str
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
    record_testsuite_property(f"webhook, broker {broker}", post.figures())
    record_testsuite_property(f"processed after, broker {broker}", swept)
    assert set(post.statuses) == {200}
    assert sorted(post.seconds)[int(len(post.seconds) * 0.99)] <= 1
    assert max(post.seconds) <= 5
    assert_all_is_well(real_desk, post)


def test_a_worker_at_work_hears_the_bell_again_when_the_broker_is_back(real_desk: Desk) -> None:
    post = Post(real_desk, (real_desk.web_url,))
    asha, *others = senders(3)
    real_desk.world.misbehave("messages", "hang", times=2, seconds=2)
    for other in others:
        post.carry(other, "hello")
    real_desk.wait_for(lambda: oracle.called(real_desk), 30)
    with real_desk.broker_frozen():
        time.sleep(8)  # what is being done is done, and the broker cannot be told
    time.sleep(10)  # after a failure the bell is silent so long
    real_desk.kill("sweep")  # now only the bell can bring anything forward
    try:
        assert post.carry(asha, "are you there")
        real_desk.wait_for(lambda: oracle.arrived(real_desk, post.sent), 10)
    finally:
        real_desk.start("sweep")
    assert_all_is_well(real_desk, post)


def test_a_killed_mail_door_stores_once_or_refuses(real_desk: Desk) -> None:
    before = oracle.entries(real_desk, "email")
    waiting = [(mail_address(place), marked(f"mail {place}")) for place in range(12)]
    door, kills = real_desk.processes["mail door"], 0
    while waiting:
        (sender, text), *waiting = waiting
        headers = {"Message-ID": f"<{sender}>"}  # a sender who tries again sends the same mail
        mail = real_desk.world.send_mail(sender, "hello", text, headers=headers)
        if mail["outcome"] != "taken":
            waiting.append((sender, text))
            time.sleep(0.2)
        elif kills < 3:
            kills += 1
            door.kill()
            door.start()
    assert kills == 3
    mail = real_desk.world.send_mail(sender, "hello", text, headers=headers)  # the 250 was lost
    assert mail["outcome"] == "taken"
    real_desk.wait_for(lambda: oracle.stuck(real_desk) == 0, HEALED_SECONDS)
    assert oracle.entries(real_desk, "email") == before + 12


def test_a_mail_cut_off_in_its_middle_is_not_taken(real_desk: Desk) -> None:
    before = oracle.arrivals(real_desk)
    port = int(real_desk.env["MAIL_DOOR_PORT"])
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as door:
        door.ehlo()
        door.mail(mail_address(99))
        door.rcpt(real_desk.env["DEFAULT_FROM_EMAIL"])
        door.docmd("DATA")
        door.send(f"Subject: hello\r\n\r\n{marked('half a')}\r\n".encode())
        real_desk.kill("mail door")
        with pytest.raises((smtplib.SMTPException, OSError)):
            door.docmd(".")
    real_desk.start("mail door")
    assert oracle.arrivals(real_desk) == before


def test_a_call_goes_on_where_a_killed_web_process_left_it(real_desk: Desk) -> None:
    before = oracle.entries(real_desk, "phone")
    call = real_desk.world.call(number(9000))
    with real_desk.without("web"):
        real_desk.world.press(call["id"], "1")
        assert oracle.entries(real_desk, "phone") <= before + 1
    real_desk.world.press(call["id"], "1")
    real_desk.wait_for(lambda: oracle.stuck(real_desk) == 0, HEALED_SECONDS)
    assert oracle.entries(real_desk, "phone") in (before + 1, before + 2)


@pytest.mark.parametrize(
    ("taken", "told"),
    [(True, True), (True, False), (False, False)],
    ids=["told later", "asked later", "never taken"],
)
def test_what_may_have_been_sent_is_never_sent_again_blindly(
    real_desk: Desk, taken: bool, told: bool
) -> None:
    post = Post(real_desk, (real_desk.web_url,))
    (asha,) = senders(1)
    world = real_desk.world
    world.misbehave("messages", "accept-then-hang" if taken else "hang", times=1, seconds=2)
    world.misbehave("callbacks", "late" if told else "none", times=1, seconds=3)

    def fares(state: str) -> Callable[[], bool]:
        return lambda: oracle.outcome(real_desk, post.sent[0]) == state

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
        oracle.let_time_pass(real_desk, minutes=3)
    assert_all_is_well(real_desk, post)
    assert len(world.messages_to(asha)) == 1


def test_everything_heals_by_itself_after_the_database_crashed(
    real_desk: Desk, record_testsuite_property: Report
) -> None:
    post = Post(real_desk, (real_desk.web_url,))
    processes = {name: made.running for name, made in real_desk.processes.items() if made.alive}
    with ThreadPoolExecutor(1) as pool:
        crowd = beside(pool, post, people=8, messages=10, pause=0.8)
        time.sleep(1)
        with real_desk.database_down():
            mail = real_desk.world.send_mail(mail_address(98), "hello", marked("is anybody there"))
            assert mail["outcome"] == "refused 451"  # the sender keeps it and comes again
            time.sleep(5)
        began = time.monotonic()
        real_desk.wait_until_ready("web")
        record_testsuite_property("web well after the database", time.monotonic() - began)
        assert time.monotonic() - began <= 10
        crowd.result()
    record_testsuite_property("webhook, database crashed", post.figures())
    assert set(post.statuses) <= {200, 500, 503}
    assert max(post.seconds) <= 5
    record_testsuite_property("healed after the crash in", assert_it_heals(real_desk, post))
    for name, running in processes.items():
        assert real_desk.processes[name].running is running, name
        assert running is not None
        assert running.poll() is None, f"{name} died"


def test_the_record_is_whole_after_all_that(real_desk: Desk) -> None:
    real_desk.wait_for(lambda: oracle.unchained(real_desk) == 0, 30)
    assert oracle.links_that_do_not_hold(real_desk) == []
