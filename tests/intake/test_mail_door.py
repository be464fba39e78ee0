"""Mail is stored before it is taken; one that answers ours joins, and its quotes are cut."""

import smtplib
from collections.abc import Sequence

import pytest
from django.db import OperationalError
from pytest_django import Settings

from accounts.models import User
from intake import services
from intake.inbound import Inbound
from intake.management.commands import mail_door
from intake.models import InboundEvent
from intake.services import reply
from privacy.access import acting
from tests.counterparts import ASHA_MAIL
from tests.intake.conftest import MARK, Desk
from tests.intake.letters import greeted, heard, mail, open_door, send


def test_a_mail_becomes_a_conversation_and_is_greeted_under_a_neutral_subject(desk: Desk) -> None:
    assert send(mail()) == "250 OK"
    desk.work()
    assert heard(desk) == [("", f"hello {MARK}")]
    (greeting,) = desk.world.mails_to(ASHA_MAIL)
    assert greeting["subject"] == "Your message"
    assert greeting["reply_to"].startswith("reply+")
    assert greeting["message_id"].endswith("@helpline.example>")
    assert MARK not in greeting["text"]
    assert desk.world.ledger()["Refusal"] == []


def test_an_answer_to_our_reply_address_joins_and_its_quotes_are_cut(
    desk: Desk, amina: User
) -> None:
    greeting = greeted(desk)
    quoted = "\n".join("> " + line for line in greeting["text"].splitlines())
    send(
        mail(f"yes I am safe {MARK}\n\nOn Mon, 1 Jan 2026, hello wrote:\n{quoted}\n"),
        to=greeting["reply_to"],
    )
    desk.work()
    assert heard(desk) == [("", f"hello {MARK}"), ("", f"yes I am safe {MARK}")]
    (conversation,) = desk.conversations()
    desk.give(conversation, amina)
    with acting(user=amina):
        reply(conversation, text=f"good {MARK}", by=amina)
    desk.work()
    assert desk.world.mails_to(ASHA_MAIL)[-1]["text"].strip() == f"good {MARK}"


def test_the_same_mail_twice_is_one_message(desk: Desk) -> None:
    for _ in range(2):
        send(mail())
    desk.work()
    assert heard(desk) == [("", f"hello {MARK}")]


def test_two_mails_under_one_id_are_two_messages_and_so_are_two_without_any(desk: Desk) -> None:
    greeting = greeted(desk)
    for text in ("one", "two"):
        again = mail(f"{text} {MARK}")
        again.replace_header("Message-ID", "<same@young.example>")
        send(again, to=greeting["reply_to"])
        bare = mail(f"bare {text} {MARK}")
        del bare["Message-ID"]
        send(bare, to=greeting["reply_to"])
    desk.work()
    words = [text for _, text in heard(desk)[1:]]
    assert words == [f"{text} {MARK}" for text in ("one", "bare one", "two", "bare two")]


def test_without_the_database_the_sender_is_told_to_try_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(_inbound: Inbound) -> bool:
        raise OperationalError

    monkeypatch.setattr(services, "receive", down)
    assert send(mail()).startswith("451")


def test_half_a_letter_in_a_reply_address_keeps_no_mail_out(desk: Desk) -> None:
    assert send(mail(), to="reply+\udcff@helpline.example") == "250 OK"


@pytest.mark.django_db(transaction=True)
def test_the_real_door_takes_a_mail_and_says_so_only_when_it_is_stored(
    desk: Desk, settings: Settings
) -> None:
    with open_door(settings) as address:
        desk.world.connect(mail_door=address)
        sent = desk.world.send_mail(ASHA_MAIL, "please", f"hello {MARK}")
        assert sent["outcome"] == "taken"
        assert InboundEvent.objects.count() == 1
    desk.work()
    assert heard(desk) == [("", f"hello {MARK}")]


@pytest.mark.django_db(transaction=True)
def test_what_is_larger_than_any_mail_is_refused(
    desk: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_door, "LARGEST", 10_000)
    with open_door(settings) as (host, port), smtplib.SMTP(host, port, timeout=10) as door:
        with pytest.raises(smtplib.SMTPResponseException) as refused:
            door.sendmail(ASHA_MAIL, ["hello@helpline.example"], b"x: y\r\n\r\n" + b"a" * 50_000)
        assert refused.value.smtp_code == 552
    assert not InboundEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_line_longer_than_the_rule_keeps_no_mail_out(desk: Desk, settings: Settings) -> None:
    long = f"From: {ASHA_MAIL}\r\n\r\n{'a long story ' * 400} {MARK}\r\n".encode()
    with open_door(settings) as (host, port), smtplib.SMTP(host, port, timeout=10) as door:
        refused: Sequence[object] = [*door.sendmail(ASHA_MAIL, ["hello@helpline.example"], long)]
    assert not refused
    desk.work()
    assert heard(desk)[0][1].endswith(MARK)
