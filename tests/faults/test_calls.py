"""A call through real processes: put through to a colleague, called back, and while all is away."""

from __future__ import annotations

import pytest

from tests.leaks import number
from tests.processes import Desk

pytestmark = pytest.mark.faults

CALLERS = iter(range(7000, 7100))


def heard(call: dict[str, list[dict[str, str]]]) -> str:
    return " ".join(line["text"] for line in call["said"] if line["who"] == "helpline")


def test_a_caller_talks_with_a_colleague_and_the_case_is_theirs(real_desk: Desk) -> None:
    caller = number(next(CALLERS))
    world = real_desk.world
    call = world.call(caller)
    assert call["waits_for"] == "gather", call
    world.press(call["id"], "1")
    call = world.press(call["id"], "1")
    assert call["waits_for"] == "dial", call
    leg = world.call_now(call["dialling"][0]["call"])
    assert leg["called"].startswith("+1202555013")
    assert caller not in str(world.act(leg["id"], "answer"))
    assert world.press(leg["id"], "1")["waits_for"] == "talk"
    real_desk.wait_for(
        lambda: real_desk.rows(
            "SELECT 1 FROM cases_case c"
            " JOIN cases_caseconversation l ON l.case_id = c.id"
            " JOIN intake_conversation t ON t.id = l.conversation_id"
            " WHERE t.channel = 'phone' AND t.taken_by_id = c.holder_id"
        ),
        30,
    )
    world.act(leg["id"], "hang-up")
    assert "If the line was cut" in heard(world.call_now(call["id"]))
    world.act(call["id"], "hang-up")
    real_desk.wait_for(
        lambda: (
            real_desk.rows("SELECT count(*) FROM intake_livecall WHERE state <> 'ended'") == [(0,)]
        ),
        10,
    )


def test_a_call_while_the_database_is_away_hears_what_is_kept_at_the_provider(
    real_desk: Desk,
) -> None:
    document = real_desk.manage("phone_fallback").strip()
    real_desk.world.configure(voice_fallback=document)
    with real_desk.database_down():
        call = real_desk.world.call(number(next(CALLERS)))
    real_desk.world.configure(voice_fallback="")
    assert "1 1 2" in heard(call)
    assert call["trouble"].startswith("11200 HTTP 5")
    real_desk.wait_until_ready("web")
