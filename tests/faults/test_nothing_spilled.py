"""What people say, write from and are called lies nowhere but in sealed rows."""

from __future__ import annotations

import base64
import re
import stat
from pathlib import Path
from uuid import UUID

import pytest

from tests import leaks
from tests.faults import oracle
from tests.installation import descendants
from tests.processes import Desk

pytestmark = pytest.mark.faults

DANGER = "I want to kill myself"  # words of danger take a way of their own


def test_e3_words_of_all_three_doors_lie_nowhere_else(real_desk: Desk) -> None:
    world, asha = real_desk.world, leaks.whatsapp(9901)
    before = {channel: oracle.entries(real_desk, channel) for channel in ("email", "phone")}
    with leaks.listening(real_desk) as heard:
        world.send_whatsapp(asha, leaks.marked("hello"), profile_name=leaks.WORD)
        world.send_whatsapp(asha, leaks.marked(DANGER), pictures=1)
        mail = leaks.mail_address(9901), leaks.marked("a subject"), leaks.marked(DANGER)
        assert world.send_mail(*mail)["outcome"] == "taken"
        world.press(world.call(leaks.number(9902))["id"], "2")
        real_desk.wait_for(lambda: oracle.stuck(real_desk) == 0, 60)
        real_desk.wait_for(lambda: len(world.messages_to(asha)) >= 2, 30)
    assert any("intake.tasks.process" in command for command in heard)
    assert not any(leaks.rings(command) for command in heard)
    assert all(oracle.entries(real_desk, channel) > count for channel, count in before.items())
    assert leaks.find(real_desk) == []


def test_e3_words_that_cannot_be_understood_lie_nowhere_else(real_desk: Desk) -> None:
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


def test_e3_no_word_is_on_any_disk_however_it_is_stolen(real_desk: Desk) -> None:
    world, sender = real_desk.world, leaks.whatsapp(9905)
    world.send_whatsapp(sender, leaks.marked("hello"), profile_name=leaks.WORD)
    real_desk.wait_for(lambda: len(world.messages_to(sender)) >= 1, 30)
    kinds = leaks.on_disk(real_desk)
    try:
        assert [kind for kind, files in kinds.items() if not files] == []
        # What is meant to be readable there is: these are the files, and they are looked into.
        (folder,) = real_desk.rows("SELECT max(id::text) FROM privacy_folder")[0]
        for kind in ("write-ahead log", "data files"):
            held = b"".join(path.read_bytes() for path in kinds[kind] if path.is_file())
            assert UUID(folder).bytes in held
        assert leaks.find(real_desk) == []
    finally:
        for kind in ("broker's dump", "broker's log of writes"):
            for path in kinds[kind]:
                path.unlink(missing_ok=True)


def test_e3_no_process_of_ours_can_leave_a_picture_of_its_memory(real_desk: Desk) -> None:
    started = [
        one.running.pid
        for name, one in real_desk.processes.items()
        if one.running and one.alive and name != "practice world"  # other people's machines
    ]
    ours = [pid for first in started for pid in descendants(first)]
    assert len(ours) >= 4
    for pid in ours:
        limits = Path(f"/proc/{pid}/limits").read_text()
        assert re.search(r"Max core file size\s+0\s+0\s", limits)


def test_e4_the_key_is_in_the_ring_alone(real_desk: Desk) -> None:
    """Not in databases, logs, temporary files, the broker, or what other users see of processes."""
    ring = Path(real_desk.env["AMAAN_MASTER_KEY_FILE"])
    key = base64.b64decode(ring.read_text())
    assert stat.S_IMODE(ring.stat().st_mode) == 0o400
    assert leaks.find_key(real_desk, key) == [f"file {ring}"]


@pytest.mark.parametrize("shape", [leaks.WORD, leaks.WORD.encode().hex(), leaks.number(7)])
def test_the_alarm_rings(real_desk: Desk, shape: str) -> None:
    log = Path(real_desk.folder) / "logs" / "planted.log"
    log.write_text(f"2026 WARNING somebody said {shape} to us")
    try:
        assert leaks.find(real_desk) == [f"file {log}"]
    finally:
        log.unlink()


def test_e3_a_dump_holds_every_row_and_no_word(real_desk: Desk) -> None:
    dumped = leaks.dump(real_desk, "amaan").decode()
    rows = dumped.partition("COPY public.intake_message ")[2].partition("\\.\n")[0]
    assert rows.count("\n") - 1 == real_desk.rows("SELECT count(*) FROM intake_message")[0][0] > 0
    assert not leaks.rings(dumped)
