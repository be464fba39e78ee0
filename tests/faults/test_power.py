"""F27: everything ends at once, servers too, in the middle of work."""

from __future__ import annotations

import random
import time

import pytest

from tests.faults import oracle
from tests.faults.judging import Report, assert_load_holds
from tests.faults.load import under_load
from tests.processes import Desk

pytestmark = [pytest.mark.faults, pytest.mark.faults_long]

CUTS = 3


@pytest.mark.parametrize("turn", range(CUTS))
def test_f27_power_cut(real_desk: Desk, turn: int, report: Report) -> None:
    mails = oracle.entries(real_desk, "email")
    chance = random.Random(turn)
    with under_load(real_desk, seconds=10, before=2 + chance.uniform(0, 3)) as load:
        ran = real_desk.power_cut()
        time.sleep(1)
        began = time.monotonic()
        real_desk.power_on(ran)
        report(f"F27.{turn}: up again in", f"{time.monotonic() - began:.1f} s")
    healed = assert_load_holds(load, mails, leaking=turn == 0)
    report(f"F27.{turn}: healed in", f"{healed:.1f} s")
