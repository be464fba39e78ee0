"""What must hold after every fault: R1 to R7, each asked of the oracle."""

from __future__ import annotations

from collections.abc import Callable

from tests import leaks
from tests.faults import figures, oracle
from tests.faults.load import Load
from tests.faults.sending import Post
from tests.processes import Desk

HEALED_SECONDS = 90
Report = Callable[[str, object], None]


def settle(desk: Desk, post: Post) -> float:
    """Wait until all that was taken is there and nothing waits; how long the messages took.

    A call cut off in its middle is doubtful for a minute, then its provider is asked, and believed
    after two: that time is not waited for here, it is made to have passed. Never while somebody is
    in the middle of a call: to them no time would have passed.
    """
    everything = [*post.sent, *post.unordered]
    took = desk.wait_for(lambda: oracle.arrived(desk, everything), HEALED_SECONDS)
    doubts = oracle.doubts(desk)
    for minutes in (2, 3, 15):
        desk.wait_for(lambda: oracle.is_quiet(desk), HEALED_SECONDS)
        if oracle.stuck(desk) == 0:
            break
        oracle.let_time_pass(desk, minutes)
    desk.wait_for(lambda: oracle.stuck(desk) == 0, HEALED_SECONDS)
    figures.note("doubts", were=doubts, left=oracle.doubts(desk))
    return took


def assert_it_holds(desk: Desk, post: Post, *, leaking: bool = True) -> float:
    """R1, R2, R4 to R7 of everything that was written; returns the seconds to heal (R6)."""
    took = settle(desk, post)
    people = {one.sender for one in post.sent}
    wrong = oracle.wrong(desk, post.sent) + oracle.wrong(desk, post.unordered, ordered=False)
    twice = oracle.told_twice(desk, people)
    _note(post, wrong, twice, took)
    assert wrong == []  # R1: none lost, none doubled; R6: in order
    assert twice == []  # R2
    desk.wait_until_none(lambda: oracle.sends_that_disagree(desk), 30)
    desk.wait_for(lambda: oracle.unchained(desk) == 0, 30)
    assert oracle.links_that_do_not_hold(desk) == []  # R4
    assert oracle.replies_off_the_record(desk) == 0
    assert post.spilled == 0  # R3: no error page carries a word
    if leaking:
        assert leaks.find(desk) == []  # R5
    return took


def _note(post: Post, wrong: list[str], twice: list[str], took: float) -> None:
    carried = [*post.sent, *post.unordered]
    figures.note(
        "run",
        carried=len(carried),
        taken=sum(one.taken for one in carried),
        lost=sum(fault.startswith("lost") for fault in wrong),
        doubled=sum(fault.startswith("doubled") for fault in wrong) + len(twice),
        healed_seconds=took,
    )


def assert_load_holds(load: Load, mails_before: int, *, leaking: bool = True) -> float:
    """The same for a whole load: also the mails, and what the counsellor wrote."""
    desk = load.desk
    took = assert_it_holds(desk, load.post, leaking=leaking)
    taken = sum(load.mails.values())
    mails = oracle.entries(desk, "email") - mails_before
    assert taken <= mails <= len(load.mails)  # a 250 that was lost leaves a mail that is there
    assert load.counsellor.spilled == 0
    return took
