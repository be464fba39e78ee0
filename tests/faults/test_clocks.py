"""F24: a process whose clock is days ahead, days behind, or was set back an hour."""

from __future__ import annotations

import pytest

from tests.faults import oracle
from tests.faults.judging import assert_load_holds
from tests.faults.load import Counsellor, under_load
from tests.processes import Desk

pytestmark = [pytest.mark.faults, pytest.mark.faults_long]

LEASES = (
    "SELECT count(*) FROM intake_outboundmessage WHERE leased_until IS NOT NULL"
    " AND leased_until NOT BETWEEN clock_timestamp() - interval '1 hour'"
    " AND clock_timestamp() + interval '1 hour'"
)
OLD = (
    "SELECT count(*) FROM intake_message WHERE at NOT BETWEEN %s AND clock_timestamp()"
    " AND id IN (SELECT m.id FROM intake_message m JOIN intake_inboundevent e ON e.id = m.event_id"
    " WHERE e.received_at > %s)"
)
CLOCKS = (
    "SELECT count(*) FROM reference_clock WHERE started_at > %s"
    " AND started_at > clock_timestamp() + interval '1 minute'"
)


@pytest.mark.parametrize(
    ("name", "shift"),
    [("web", "+3d"), ("worker", "-3d"), ("sweep", "-1h"), ("practice world", "+3d")],
)
def test_f24_a_wrong_clock(real_desk: Desk, name: str, shift: str) -> None:
    """Deadlines are the database's: no lease is lost or doubled, nothing is old before its time."""
    mails = oracle.entries(real_desk, "email")
    begun = real_desk.rows("SELECT clock_timestamp()")[0][0]
    with real_desk.other_clock(name, shift):
        with under_load(real_desk, seconds=6, before=0, counsels=name != "web") as load:
            pass
        real_desk.wait_for(lambda: oracle.arrived(real_desk, load.post.sent), 60)
        assert real_desk.rows(LEASES) == [(0,)]
    assert set(load.post.statuses) == {200}
    assert_load_holds(load, mails, leaking=False)
    assert real_desk.rows(OLD, begun, begun) == [(0,)]  # none is dated before it came, or after
    assert real_desk.rows(CLOCKS, begun) == [(0,)]


def test_f24_a_web_process_that_is_days_ahead_fails_closed(real_desk: Desk) -> None:
    """Who was signed in is asked again; an old session opens nothing."""
    counsellor = Counsellor(real_desk)
    counsellor.sign_in()
    with real_desk.other_clock("web", "+3d"):
        assert counsellor.look("/") == 302
    assert counsellor.look("/") == 302  # that session is over for good
