"""Mail goes both ways over SMTP, ugly mail included; what is not mail is refused; some bounces."""

import smtplib
from email.message import EmailMessage
from email.utils import formatdate

import pytest

from tests.counterparts import ASHA_MAIL, World
from tests.practice.conftest import Doors


def letter(**headers: str) -> EmailMessage:
    mail = EmailMessage()
    right = {
        "From": "hello@helpline.example",
        "To": ASHA_MAIL,
        "Subject": "Hello",
        "Date": formatdate(),
        "Message-ID": "<1@helpline.example>",
        "Reply-To": "r+token@helpline.example",
    }
    for name, value in (right | headers).items():
        if value:
            mail[name] = value
    mail.set_content("You are not alone.")
    return mail


def send(world: World, mail: EmailMessage, sender: str = "hello@helpline.example") -> None:
    with smtplib.SMTP(*world.smtp) as server:
        server.send_message(mail, from_addr=sender)


def test_the_helplines_mail_arrives_in_ashas_mailbox(world: World) -> None:
    send(world, letter(**{"In-Reply-To": "<0@young.example>"}))
    (mail,) = world.mails_to(ASHA_MAIL)
    assert (mail["subject"], mail["text"].strip()) == ("Hello", "You are not alone.")
    assert mail["reply_to"] == "r+token@helpline.example"
    assert mail["in_reply_to"] == "<0@young.example>"


@pytest.mark.parametrize("name", ["Message-ID", "Date", "From"])
def test_a_mail_without_what_every_mail_has_is_refused(world: World, name: str) -> None:
    with pytest.raises(smtplib.SMTPDataError) as refused:
        send(world, letter(**{name: ""}))
    assert refused.value.smtp_code == 550
    assert world.mails_to(ASHA_MAIL) == []


def test_asha_writes_and_the_mail_door_gets_real_mime(world: World, doors: Doors) -> None:
    mail = world.send_mail(ASHA_MAIL, "मदद", "नमस्ते", to="r+token@helpline.example")
    assert mail["outcome"] == "taken"
    (got,) = doors.mails
    assert (got["Subject"], got["From"], got["To"]) == (
        "मदद",
        ASHA_MAIL,
        "r+token@helpline.example",
    )
    assert got.get_content().strip() == "नमस्ते"


def test_ugly_mail_is_carried_as_it_is(world: World, doors: Doors) -> None:
    world.send_raw_mail(
        b"Subject: \xff\xfe\r\n\r\n\x00 no sender, no date", sender="x@young.example"
    )
    assert doors.mails[0]["From"] is None


def test_a_mail_nobody_can_get_comes_back_with_an_empty_return_path(
    world: World, doors: Doors
) -> None:
    send(world, letter(To="gone@bounce.example"))
    world.wait_for(lambda: doors.mails)
    (bounce,) = doors.mails
    assert bounce.get_content_type() == "multipart/report"
    assert "<1@helpline.example>" in bounce.as_string()
    assert bounce["Auto-Submitted"] == "auto-replied"


def test_a_full_mail_server_says_so(world: World) -> None:
    world.misbehave("smtp", "status", code=452, times=1)
    with pytest.raises(smtplib.SMTPDataError):
        send(world, letter())
    send(world, letter())
    assert len(world.mails_to(ASHA_MAIL)) == 1
