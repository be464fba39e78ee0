"""H1: pictures by every door of a running desk, and no piece of one anywhere in it afterwards."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

from practice.world.pictures import MARK, PICTURE
from tests import leaks
from tests.faults import oracle
from tests.processes import Desk

pytestmark = pytest.mark.faults


def mail_with_pictures(sender: str) -> bytes:
    """A mail with the picture as an attachment, and once more inside its HTML."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "hello@helpline.example", "look"
    mail.set_content(leaks.marked("look"))
    image = "<p>look</p><img src='data:image/jpeg;base64,"
    mail.add_alternative(f"{image}{PICTURE.hex()}'>", subtype="html")
    mail.add_attachment(PICTURE, maintype="image", subtype="jpeg", filename="rose-street.jpg")
    return mail.as_bytes()


def test_h1_no_piece_of_a_picture_lies_anywhere(real_desk: Desk) -> None:
    world = real_desk.world
    asha, ben, ben_by_sms = leaks.whatsapp(9931), leaks.whatsapp(9932), leaks.number(9932)
    with leaks.listening(real_desk) as heard:
        world.send_whatsapp(asha, leaks.marked("look"), pictures=2)
        world.send_sms(ben_by_sms, "", pictures=1, media_type="video/mp4")
        world.send_meta({"sender": asha, "pictures": 1}, {"sender": ben, "pictures": 1})
        sender = leaks.mail_address(9933)
        world.send_raw_mail(mail_with_pictures(sender), sender=sender)
        real_desk.wait_for(lambda: oracle.stuck(real_desk) + oracle.untidied(real_desk) == 0, 90)
        media = world.ledger()["Media"]
        real_desk.wait_for(lambda: all(one["deleted"] for one in world.ledger()["Media"]), 60)
    assert len(media) >= 5
    assert [one["fetched"] for one in world.ledger()["Media"]] == [0] * len(media)
    assert not any(MARK.hex() in command for command in heard)
    assert leaks.find_picture(real_desk) == []
    assert leaks.find(real_desk) == []


def test_h1_a_piece_of_a_picture_would_be_found(real_desk: Desk) -> None:
    log = Path(real_desk.folder) / "logs" / "planted.log"
    log.write_bytes(b"x" * 7 + PICTURE[100:164])
    try:
        assert leaks.find_picture(real_desk) == [f"file {log}"]
    finally:
        log.unlink()
