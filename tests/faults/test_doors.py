"""The mail door and the telephone, cut off in the middle of a mail or a call."""

from __future__ import annotations

import smtplib
import time

import pytest

from tests.faults import oracle
from tests.faults.judging import HEALED_SECONDS
from tests.leaks import mail_address, marked, number
from tests.processes import Desk

pytestmark = pytest.mark.faults


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


def test_the_first_mail_after_a_database_crash_is_taken(real_desk: Desk) -> None:
    world, before = real_desk.world, oracle.entries(real_desk, "email")
    assert world.send_mail(mail_address(9502), "before", "hello")["outcome"] == "taken"
    with real_desk.without("web"), real_desk.database_down():
        pass  # a web process finds its broken connections one by one, and others need it next
    assert world.send_mail(mail_address(9502), "after", "hello again")["outcome"] == "taken"
    real_desk.wait_for(lambda: oracle.entries(real_desk, "email") >= before + 2, HEALED_SECONDS)


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
