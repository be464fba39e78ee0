"""No machine is ever answered, and ours writes to nobody more than once a day by itself."""

import time
from datetime import timedelta

import pytest
from django.db.models import F
from pytest_django import Settings

from accounts.models import User
from intake.models import InboundEvent, OutboundMessage
from intake.services import reply, send_automatic
from privacy.access import acting
from tests.counterparts import ASHA_MAIL
from tests.intake.conftest import MARK, Desk
from tests.intake.letters import PICTURE, greeted, heard, mail, open_door, send

NAIVE = "holiday@naive.example"  # the world answers everything that is sent there, at once


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "Auto-Generated; owner=x"},
        {"Precedence": "bulk"},
        {"Precedence": "Auto_Reply"},
        {"X_Autoreply": "yes"},
        {"X_Autorespond": "yes"},
        {"X_Auto_Response_Suppress": "All"},
        {"List_Id": "<l.example>"},
        {"List_Unsubscribe": "<mailto:l@l.example>"},
        {"Return_Path": "<>"},
    ],
)
def test_g6_a_machine_is_noted_and_never_answered(desk: Desk, headers: dict[str, str]) -> None:
    greeted(desk)
    send(mail(f"I am away {MARK}", **headers))
    desk.work()
    assert heard(desk)[-1] == ("automatic_mail", f"I am away {MARK}")
    assert len(desk.world.mails_to(ASHA_MAIL)) == 1


@pytest.mark.parametrize(
    "sender",
    [
        "no-reply@shop.example",
        "donotreply@shop.example",
        "MAILER-DAEMON@shop.example",
        "bounces@shop.example",
        "list-request@shop.example",
    ],
)
def test_g6_an_address_that_nobody_reads_is_not_written_to(desk: Desk, sender: str) -> None:
    send(mail(sender=sender), sender=sender)
    desk.work()
    event = InboundEvent.objects.get()
    assert (event.state, event.problem) == ("dead", "automatic")
    assert desk.conversations() == []


@pytest.mark.parametrize("name", ["noreen", "bouncer", "owner", "nora.reply", "auto"])
def test_a_person_with_a_name_like_a_machines_is_a_person(desk: Desk, name: str) -> None:
    sender = f"{name}@young.example"
    send(mail(sender=sender), sender=sender)
    desk.work()
    assert heard(desk) == [("", f"hello {MARK}")]


def test_danger_in_what_looks_like_a_machines_mail_is_heard(desk: Desk) -> None:
    greeted(desk)
    send(mail(f"I will kill myself tonight {MARK}", X_Auto_Response_Suppress="All"))
    desk.work()
    (conversation,) = desk.conversations()
    assert conversation.risk == "danger"
    assert conversation.waiting_since is not None
    assert len(desk.world.mails_to(ASHA_MAIL)) == 1


def test_a_machine_nobody_knows_is_kept_aside_for_a_person_to_see(desk: Desk) -> None:
    send(mail(sender="news@shop.example", Precedence="bulk"), sender="news@shop.example")
    desk.work()
    event = InboundEvent.objects.get()
    assert (event.state, event.problem) == ("dead", "automatic")
    assert desk.conversations() == []


@pytest.mark.parametrize("own", ["hello", "reply+" + "0" * 32, "return+" + "0" * 32])
def test_g6_our_own_mail_coming_back_starts_nothing(desk: Desk, own: str) -> None:
    send(mail(sender=f"{own}@helpline.example"), sender=f"{own}@helpline.example")
    desk.work()
    assert desk.conversations() == []


@pytest.mark.django_db(transaction=True)
def test_g6_two_machines_facing_each_other_stop(desk: Desk, settings: Settings) -> None:
    """The other machine does not say what it is, and answers everything."""
    with open_door(settings) as address:
        desk.world.connect(mail_door=address)
        desk.world.send_mail(NAIVE, "hello", f"hello {MARK}")
        for _ in range(6):
            desk.work()
            time.sleep(0.3)
    assert len(desk.world.mails_to(NAIVE)) == 1
    assert [words[:5] for _, words in heard(desk)] == ["hello", "Thank"]


def test_g6_one_automatic_mail_a_day_goes_to_an_address(desk: Desk) -> None:
    greeting = greeted(desk)
    for text in ("yes", "2", "I will kill myself tonight", "no"):
        letter = mail(f"{text}")
        letter.add_attachment(PICTURE, maintype="image", subtype="png", filename="a.png")
        send(letter, to=greeting["reply_to"])
        desk.work()
    assert len(desk.world.mails_to(ASHA_MAIL)) == 1
    assert desk.conversations()[0].risk == "danger"


def test_the_one_mail_holds_the_question_the_limits_and_whom_to_call(desk: Desk) -> None:
    letter = mail()
    letter.add_attachment(PICTURE, maintype="image", subtype="png", filename="a.png")
    send(letter)
    desk.work()
    (greeting,) = desk.world.mails_to(ASHA_MAIL)
    for told in ("Are you safe right now?", "how we keep", "cannot look at pictures", "112"):
        assert told in greeting["text"]
    assert "could be hurt now, please call:\n112" in greeting["text"].replace("\r\n", "\n")


def test_what_they_ask_by_a_keyword_is_answered_besides_but_not_without_end(desk: Desk) -> None:
    greeting = greeted(desk)
    for count in range(8):
        asked = mail("STATUS")
        asked.replace_header("Message-ID", f"<{count}@young.example>")
        send(asked, to=greeting["reply_to"])
        desk.work()
    assert 2 <= len(desk.world.mails_to(ASHA_MAIL)) <= 6


def test_what_a_machine_of_ours_writes_says_so_and_what_a_colleague_writes_does_not(
    desk: Desk, amina: User
) -> None:
    greeting = greeted(desk)
    assert ["Auto-Submitted", "auto-replied"] in greeting["headers"]
    (conversation,) = desk.conversations()
    desk.give(conversation, amina)
    with acting(user=amina):
        reply(conversation, text=f"good {MARK}", by=amina)
    desk.work()
    names = [name for name, _ in desk.world.mails_to(ASHA_MAIL)[-1]["headers"]]
    assert "Auto-Submitted" not in names


def test_a_day_later_a_machine_of_ours_may_write_again(desk: Desk) -> None:
    greeted(desk)
    (conversation,) = desk.conversations()
    with acting(part="delivery"):
        rows = OutboundMessage.objects.all()
        rows.update(created_at=F("created_at") - timedelta(hours=25))
    with acting(part="intake"):
        assert send_automatic(conversation, code="closed", text=f"later {MARK}")
        assert send_automatic(conversation, code="closed", text=f"and more {MARK}")
    desk.work()
    (first, second) = desk.world.mails_to(ASHA_MAIL)
    assert second["text"].split() == ["later", MARK, "and", "more", MARK]
    assert first["text"] != second["text"]
