"""Mail is stored before it is taken, its words alone are kept, and machines are never answered."""

import smtplib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

import pytest
from aiosmtpd.smtp import Envelope
from django.db import OperationalError, connection
from pytest_django import Settings

from accounts.models import User
from helpline.embedded.home import free_port
from intake import services, texts
from intake.inbound import Inbound
from intake.management.commands import mail_door
from intake.models import Conversation, Identity, InboundEvent, Message
from intake.services import reply
from privacy.access import acting
from tests.counterparts import ASHA, ASHA_MAIL
from tests.intake.conftest import MARK, Desk

PICTURE = b"\x89PNG-seven-lanterns-in-the-rain" * 50
OTHER = "brother@young.example"


def mail(text: str = f"hello {MARK}", sender: str = ASHA_MAIL, **headers: str) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, "hello@helpline.example", "please"
    made["Message-ID"] = f"<{abs(hash((text, sender)))}@young.example>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


def send(content: EmailMessage | bytes, *, sender: str = ASHA_MAIL, to: str = "") -> str:
    """Hand a mail to the door as its SMTP server does; returns the door's answer."""
    envelope = Envelope()
    envelope.mail_from = sender
    envelope.rcpt_tos = [to or "hello@helpline.example"]
    envelope.content = content if isinstance(content, bytes) else content.as_bytes()
    return mail_door.take(envelope)


def heard(desk: Desk) -> list[tuple[str, str]]:
    return [(notice, words) for way, notice, words in desk.said() if way == "in"]


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
    send(mail())
    desk.work()
    (greeting,) = desk.world.mails_to(ASHA_MAIL)
    quoted = "\n".join("> " + line for line in greeting["text"].splitlines())
    send(
        mail(f"yes I am safe {MARK}\n\nOn Mon, 1 Jan 2026, hello wrote:\n{quoted}\n"),
        to=greeting["reply_to"],
    )
    desk.work()
    assert heard(desk) == [("", f"hello {MARK}"), ("", f"yes I am safe {MARK}")]
    assert len(desk.conversations()) == 1
    (conversation,) = desk.conversations()
    desk.give(conversation, amina)
    with acting(user=amina):
        reply(conversation, text=f"good {MARK}", by=amina)
    desk.work()
    assert desk.world.mails_to(ASHA_MAIL)[-1]["text"].strip() == f"good {MARK}"


def test_a_mail_that_answers_none_of_ours_is_kept_and_marked_and_not_answered(desk: Desk) -> None:
    send(mail())
    desk.work()
    (before,) = desk.conversations()
    send(mail(f"2 {MARK}"))
    desk.work()
    assert heard(desk) == [("", f"hello {MARK}"), ("maybe_someone_else", ""), ("", f"2 {MARK}")]
    (after,) = desk.conversations()
    assert (after.step, after.last_inbound_at) == (before.step, before.last_inbound_at)
    assert len(desk.world.mails_to(ASHA_MAIL)) == 1
    with acting(part="intake"):
        marked, words = Message.objects.filter(direction="in").order_by("order")[1:]
        assert marked.at == words.at  # sorted by their moments, the mark still stands before
    assert "agreed question" in texts.notice("maybe_someone_else")


def test_a_picture_that_answers_none_of_ours_is_counted_and_not_answered(desk: Desk) -> None:
    send(mail())
    desk.work()
    letter = mail(f"see this {MARK}")
    letter.add_attachment(PICTURE, maintype="image", subtype="png", filename="a.png")
    send(letter)
    desk.work()
    assert [notice for notice, _ in heard(desk)] == ["", "maybe_someone_else", "", "image"]
    assert len(desk.world.mails_to(ASHA_MAIL)) == 1


@pytest.mark.parametrize("words", ["I will kill myself tonight", "no"])
def test_danger_in_a_mail_that_answers_none_of_ours_raises(desk: Desk, words: str) -> None:
    send(mail())
    desk.work()
    send(mail(words))
    desk.work()
    (conversation,) = desk.conversations()
    assert conversation.risk == "danger"
    assert len(desk.world.mails_to(ASHA_MAIL)) == 1


@pytest.mark.parametrize("header", ["In_Reply_To", "References"])
def test_a_mail_that_names_one_of_ours_is_theirs(desk: Desk, header: str) -> None:
    send(mail())
    desk.work()
    (greeting,) = desk.world.mails_to(ASHA_MAIL)
    send(mail(f"yes {MARK}", **{header: f"<1@young.example> {greeting['message_id']}"}))
    desk.work()
    assert heard(desk)[1:] == [("", f"yes {MARK}")]
    assert len(desk.world.mails_to(ASHA_MAIL)) == 2


def test_the_key_or_token_of_another_conversation_proves_nothing(desk: Desk) -> None:
    send(mail())
    send(mail(sender=OTHER), sender=OTHER)
    desk.work()
    (his,) = desk.world.mails_to(OTHER)
    forged = mail(f"it is me {MARK}", In_Reply_To=his["message_id"])
    send(forged, sender=OTHER, to=his["reply_to"])
    desk.work()
    assert ("maybe_someone_else", "") in heard(desk)
    assert len(desk.world.mails_to(ASHA_MAIL)) == 1


def test_a_closed_conversation_comes_back_for_a_person_to_ask(desk: Desk) -> None:
    send(mail())
    desk.work()
    (conversation,) = desk.conversations()
    with acting(part="intake"):
        services.set_state(conversation, Conversation.State.CLOSED, by=None)
    send(mail(f"again {MARK}"))
    desk.work()
    (conversation,) = desk.conversations()
    assert conversation.state == "waiting"
    assert conversation.waiting_since is not None
    assert heard(desk)[1:] == [("maybe_someone_else", ""), ("", f"again {MARK}")]
    assert len(desk.world.mails_to(ASHA_MAIL)) == 1


def test_another_sender_never_joins_even_with_our_reply_address(desk: Desk) -> None:
    send(mail())
    desk.work()
    (greeting,) = desk.world.mails_to(ASHA_MAIL)
    send(mail(f"who is this? {MARK}", sender=OTHER), sender=OTHER, to=greeting["reply_to"])
    desk.work()
    hers, theirs = desk.conversations()
    assert [words for _, _, words in desk.said(hers) if MARK in words] == [f"hello {MARK}"]
    assert desk.said(theirs)[0][2] == f"who is this? {MARK}"
    with acting(part="intake"):
        assert Identity.objects.filter(conversation=hers).count() == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"List_Id": "<l.example>"},
    ],
)
def test_a_machine_is_noted_and_never_answered(desk: Desk, headers: dict[str, str]) -> None:
    send(mail())
    desk.work()
    before = len(desk.world.mails_to(ASHA_MAIL))
    send(mail(f"I am away {MARK}", **headers))
    desk.work()
    assert heard(desk)[-1] == ("automatic_mail", f"I am away {MARK}")
    assert len(desk.world.mails_to(ASHA_MAIL)) == before


def test_two_machines_facing_each_other_do_not_talk(desk: Desk) -> None:
    send(mail(f"one {MARK}"))
    desk.work()
    for count in range(5):
        (greeting,) = desk.world.mails_to(ASHA_MAIL)
        send(
            mail(f"out of office {count} {MARK}", Auto_Submitted="auto-replied"),
            to=greeting["reply_to"],
        )
        desk.work()
    assert len(desk.world.mails_to(ASHA_MAIL)) == 1


def test_a_machine_nobody_knows_is_kept_aside_for_a_person_to_see(desk: Desk) -> None:
    send(mail(sender="news@shop.example", Precedence="bulk"), sender="news@shop.example")
    desk.work()
    event = InboundEvent.objects.get()
    assert (event.state, event.problem) == ("dead", "automatic")
    assert desk.conversations() == []


def test_our_own_mail_coming_back_starts_nothing(desk: Desk) -> None:
    send(mail(sender="hello@helpline.example"), sender="hello@helpline.example")
    desk.work()
    assert desk.conversations() == []


def report(returned: str, kind: str = "text/rfc822-headers") -> bytes:
    """A delivery report that gives these headers back."""
    return (
        "From: MAILER-DAEMON@bounce.example\r\nTo: hello@helpline.example\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nno such person\r\n"
        f"--b\r\nContent-Type: {kind}\r\n\r\n{returned}\r\n\r\n--b--\r\n"
    ).encode()


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822"])
def test_a_mail_that_came_back_marks_what_was_sent(desk: Desk, kind: str) -> None:
    gone = "kind@bounce.example"
    send(mail(sender=gone), sender=gone)
    desk.work()
    (row,) = desk.outbound()
    assert send(report(f"Message-ID: <{row.pk.hex}@helpline.example>", kind), sender="") == "250 OK"
    desk.work()
    (row,) = desk.outbound()
    assert (row.state, row.problem) == ("failed", "bounced")
    assert len(desk.conversations()) == 1


@pytest.mark.parametrize(
    ("returned", "sender"),
    [
        ("Message-ID: <{key}@helpline.example>", ASHA_MAIL),
        ("Message-ID: <{key}@elsewhere.example>", ""),
        ("Message-ID: <{key}@helpline.example.elsewhere.example>", ""),
        ("References: <{key}@helpline.example>", ""),
    ],
    ids=["from somebody", "of another domain", "of a longer domain", "not the mail itself"],
)
def test_what_only_looks_like_a_report_marks_nothing_as_not_sent(
    desk: Desk, returned: str, sender: str
) -> None:
    send(mail())
    desk.work()
    (row,) = desk.outbound()
    assert send(report(returned.format(key=row.pk.hex)), sender=sender) == "250 OK"
    desk.work()
    assert desk.outbound()[0].state == "accepted"


def test_a_report_of_a_mail_settles_nothing_that_went_another_way(desk: Desk) -> None:
    desk.whatsapp(ASHA, f"hello {MARK}")
    desk.work()
    (row,) = desk.outbound()
    send(report(f"Message-ID: <{row.pk.hex}@helpline.example>"), sender="")
    desk.work()
    assert desk.outbound()[0].state == "accepted"


def test_attachments_are_counted_and_dropped_and_lie_nowhere_in_the_database(desk: Desk) -> None:
    letter = mail(f"see this {MARK}")
    letter.add_attachment(PICTURE, maintype="image", subtype="png", filename=f"{MARK}.png")
    letter.add_attachment(PICTURE, maintype="application", subtype="zip", filename="a.zip")
    send(letter)
    assert not found_in_database(PICTURE[:64])
    desk.work()
    assert not found_in_database(PICTURE[:64])
    assert [notice for notice, _ in heard(desk)] == ["", "image", "document"]
    assert any(notice == "media_image" for _, notice, _ in desk.said())


def found_in_database(octets: bytes) -> bool:
    """Whether these bytes stand in any row of any table, in any usual coding."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        for table in tables:
            cursor.execute(f'SELECT t.*::text FROM "{table}" t')  # noqa: S608
            for row in cursor.fetchall():
                if octets.hex() in str(row) or "seven-lanterns" in str(row):
                    return True
    return False


def test_html_is_reduced_to_its_words(desk: Desk) -> None:
    letter = EmailMessage()
    letter["From"] = ASHA_MAIL
    letter.set_content(
        f"<html><head><style>p{{}}</style></head><body><p>hello <b>{MARK}</b></p>"
        '<img src="https://track.example/1.png"><img src="data:image/png;base64,AAAA">'
        "<script>x()</script><blockquote>old words</blockquote></body></html>",
        subtype="html",
    )
    send(letter)
    desk.work()
    assert heard(desk)[0] == ("", f"hello {MARK}")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00" * 100,
        b"From: nobody\r\n\r\nhi",
        b"Subject: no sender\r\n\r\nhi",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n" * 5000,
        b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
            for n in range(3000)
        ),
    ],
    ids=["nothing", "noise", "bad address", "no sender", "hollow", "deep"],
)
def test_what_cannot_be_read_is_a_dead_letter_and_taken(desk: Desk, raw: bytes) -> None:
    assert send(raw) == "250 OK"
    event = InboundEvent.objects.get()
    assert event.state == "dead"
    assert event.problem in ("no_sender", "unreadable")


@pytest.mark.parametrize("charset", ["no-such-charset", "iso-2022-jp", "windows-1252", "utf-7"])
def test_a_wrong_charset_does_not_lose_the_words(desk: Desk, charset: str) -> None:
    raw = (
        f"From: {ASHA_MAIL}\r\nContent-Type: text/plain; charset={charset}\r\n\r\nhi {MARK}"
    ).encode()
    send(raw + "é".encode())
    desk.work()
    assert MARK in heard(desk)[0][1]


def test_the_same_mail_twice_is_one_message(desk: Desk) -> None:
    for _ in range(2):
        send(mail())
    desk.work()
    assert heard(desk) == [("", f"hello {MARK}")]


def test_without_the_database_the_sender_is_told_to_try_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(_inbound: Inbound) -> bool:
        raise OperationalError

    monkeypatch.setattr(services, "receive", down)
    assert send(mail()).startswith("451")


@contextmanager
def open_door(settings: Settings) -> Iterator[tuple[str, int]]:
    """The real SMTP server, on a free port."""
    settings.MAIL_DOOR_HOST, settings.MAIL_DOOR_PORT = "127.0.0.1", free_port()
    door = mail_door.door()
    door.start()
    try:
        yield settings.MAIL_DOOR_HOST, settings.MAIL_DOOR_PORT
    finally:
        door.stop()


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


@pytest.mark.parametrize("charset", ["punycode", "utf-7", "unicode_escape", "idna"])
def test_a_mail_in_a_character_set_made_to_hurt_is_taken_at_once(desk: Desk, charset: str) -> None:
    words = b"+2AA- \\ud800 " + b"a" * 200_000 + b"-" + b"99a" * 200_000
    head = f"From: {ASHA_MAIL}\nMessage-ID: <hurt@young.example>\n"
    head += f"Content-Type: text/plain; charset={charset}\n\n"
    began = time.monotonic()
    assert send(head.encode() + words) == "250 OK"
    assert time.monotonic() - began < 20
    desk.work()
    assert len(heard(desk)) == 1


def test_half_a_letter_in_a_reply_address_keeps_no_mail_out(desk: Desk) -> None:
    assert send(mail(), to="reply+\udcff@helpline.example") == "250 OK"
