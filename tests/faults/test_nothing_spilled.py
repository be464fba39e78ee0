"""What people say, write from and are called lies nowhere but in sealed rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import leaks
from tests.faults import oracle
from tests.processes import Desk

pytestmark = pytest.mark.faults

DANGER = "I want to kill myself"  # words of danger take a way of their own


def test_words_of_all_three_doors_lie_nowhere_else(real_desk: Desk) -> None:
    world, asha = real_desk.world, leaks.whatsapp(9901)
    before = {channel: oracle.entries(real_desk, channel) for channel in ("email", "phone")}
    with leaks.listening(real_desk) as heard:
        world.send_whatsapp(asha, leaks.marked("hello"), profile_name=leaks.WORD)
        world.send_whatsapp(asha, leaks.marked(DANGER), pictures=1)
        world.send_mail(leaks.mail_address(9901), leaks.marked("a subject"), leaks.marked(DANGER))
        world.press(world.call(leaks.number(9902))["id"], "2")
        real_desk.wait_for(lambda: oracle.stuck(real_desk) == 0, 60)
        real_desk.wait_for(lambda: len(world.messages_to(asha)) >= 2, 30)
    assert any("intake.tasks.process" in command for command in heard)
    assert not any(leaks.rings(command) for command in heard)
    assert all(oracle.entries(real_desk, channel) > count for channel, count in before.items())
    assert leaks.find(real_desk) == []


def test_words_that_cannot_be_understood_lie_nowhere_else(real_desk: Desk) -> None:
    """Errors are where programs like to quote what they could not read."""
    world = real_desk.world
    word = leaks.WORD
    ugly = [
        f"From: {word}@young.example\r\nSubject: =?utf-9?q?{word}?=\r\n\r\n{word}".encode(),
        f"Content-Type: multipart/mixed; boundary={word}\r\n\r\n--{word}\r\n\r\n\xff".encode(),
        f"From: \xff{word}\r\nDate: {word}\r\nMessage-ID: {word}\r\n\r\n{word}".encode("latin-1"),
    ]
    for raw in ugly:
        world.send_raw_mail(raw, sender=leaks.mail_address(9903))
    world.send_whatsapp(
        leaks.whatsapp(9904), f"{word} \x00 \ud800".encode(errors="replace").decode()
    )
    world.send_whatsapp("whatsapp:" + word, word, profile_name=word, button=word)
    real_desk.wait_for(lambda: oracle.stuck(real_desk) == 0, 60)
    assert leaks.find(real_desk) == []


@pytest.mark.parametrize("shape", [leaks.WORD, leaks.WORD.encode().hex(), leaks.number(7)])
def test_the_alarm_rings(real_desk: Desk, shape: str) -> None:
    log = Path(real_desk.folder) / "logs" / "planted.log"
    log.write_text(f"2026 WARNING somebody said {shape} to us")
    try:
        assert leaks.find(real_desk) == [f"file {log}"]
    finally:
        log.unlink()


def test_a_backup_holds_every_row_and_no_word(real_desk: Desk) -> None:
    dumped = leaks.dump(real_desk, "amaan").decode()
    rows = dumped.partition("COPY public.intake_message ")[2].partition("\\.\n")[0]
    assert rows.count("\n") - 1 == real_desk.rows("SELECT count(*) FROM intake_message")[0][0] > 0
    assert not leaks.rings(dumped)
