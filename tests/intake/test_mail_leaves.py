"""What a mail of ours shows on somebody else's screen, and to the servers it passes."""

import re
import socket

import pytest
from pytest_django import Settings

from accounts.models import User
from intake import texts
from intake.languages import speaking
from intake.models import Conversation
from intake.services import reply
from privacy.access import acting
from tests.counterparts import ASHA_MAIL
from tests.intake.conftest import MARK, Desk
from tests.intake.letters import greeted, heard, mail, send

TELLING = re.compile(r"helpline|amaan|abuse|police|report|case|counsel|child", re.IGNORECASE)
LINK = re.compile(r"https?:|www\.|//|<", re.IGNORECASE)


def test_i4_a_mail_of_ours_tells_nothing_and_loads_nothing(desk: Desk) -> None:
    greeting = greeted(desk)
    headers = {name.lower(): value for name, value in greeting["headers"]}
    assert headers.keys() == {
        "content-type",
        "mime-version",
        "content-transfer-encoding",
        "subject",
        "from",
        "to",
        "reply-to",
        "date",
        "message-id",
        "auto-submitted",
    }
    assert headers["from"] == "hello@helpline.example"  # as the helpline chose; no name beside it
    assert headers["date"].endswith(("-0000", "+0000"))  # no zone tells where we are
    assert headers["content-type"].startswith("text/plain")
    assert not TELLING.search(greeting["subject"])
    assert not TELLING.search(greeting["text"][:100])  # what a locked screen shows of it
    assert not LINK.search(greeting["text"])
    assert MARK not in str(greeting)
    host = socket.gethostname()
    assert host not in greeting["message_id"]
    assert re.fullmatch(r"<[0-9a-f]{32}@helpline\.example>", greeting["message_id"])


def test_i4_the_server_it_passes_is_not_told_the_name_of_our_machine(
    desk: Desk, settings: Settings
) -> None:
    settings.MAIL_REPLY_DOMAIN = "post.example"
    greeting = greeted(desk)
    assert greeting["greeted_as"] == "post.example"
    assert greeting["returns_to"].endswith("@post.example")
    assert greeting["returns_to"].startswith("return+")


def test_i4_an_answer_quotes_nothing_of_what_it_answers(desk: Desk, amina: User) -> None:
    greeting = greeted(desk)
    send(mail(f"my secret {MARK}"), to=greeting["reply_to"])
    desk.work()
    (conversation,) = desk.conversations()
    desk.give(conversation, amina)
    with acting(user=amina):
        reply(conversation, text="good", by=amina)
    desk.work()
    answer = desk.world.mails_to(ASHA_MAIL)[-1]
    assert answer["text"].strip() == "good"
    assert MARK not in str(answer)
    assert not answer["in_reply_to"]
    assert not answer["references"]


@pytest.mark.parametrize("language", ["en", "hi", "ar", "fr", "mr", "hi-Latn"])
def test_i4_the_subject_is_neutral_and_in_their_language(
    desk: Desk, amina: User, language: str
) -> None:
    greeted(desk)
    (conversation,) = desk.conversations()
    desk.give(conversation, amina)
    with acting(part="intake"):
        Conversation.objects.update(language=language)
    with acting(user=amina):
        reply(conversation, text="good", by=amina)
    desk.work()
    with speaking(language):
        subject = texts.mail_subject()
    assert desk.world.mails_to(ASHA_MAIL)[-1]["subject"] == subject
    assert 3 <= len(subject) <= 40
    assert not TELLING.search(subject)


@pytest.mark.parametrize("address", ["é@young.example", "a@" + "x" * 70 + ".example", "a@-"])
def test_an_address_nobody_can_write_to_is_said_and_not_tried_for_ever(
    desk: Desk, address: str
) -> None:
    send(mail(sender=address), sender=address)
    desk.work()
    assert heard(desk)[-1][1] == f"hello {MARK}"
    assert {(row.state, row.problem) for row in desk.outbound()} <= {
        ("failed", "wrong_address"),
        ("accepted", ""),
    }
