"""Mail that came back is told where it was sent from; nothing that only looks like it is."""

from uuid import UUID

import pytest

from intake.models import OutboundMessage
from tests.counterparts import ASHA, ASHA_MAIL
from tests.intake.conftest import MARK, Desk
from tests.intake.letters import mail, report, send

GONE = "kind@bounce.example"


def sent_to(desk: Desk, address: str = GONE) -> OutboundMessage:
    """What we answered to somebody whose first mail came just now."""
    send(mail(sender=address), sender=address)
    desk.work()
    (row,) = desk.outbound()
    return row


def own_id(key: UUID) -> str:
    return f"Message-ID: <{key.hex}@helpline.example>"


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822"])
def test_a_mail_that_came_back_marks_what_was_sent(desk: Desk, kind: str) -> None:
    row = sent_to(desk)
    assert send(report(own_id(row.pk), kind), sender="") == "250 OK"
    desk.work()
    (row,) = desk.outbound()
    assert (row.state, row.problem) == ("failed", "wrong_address")
    assert len(desk.conversations()) == 1


def test_the_worlds_own_mail_server_returns_what_nobody_there_can_get(desk: Desk) -> None:
    row = sent_to(desk)
    (out,) = desk.world.mails_to(GONE)
    assert out["message_id"] == f"<{row.pk.hex}@helpline.example>"
    bare = report("Subject: no id of ours")
    assert send(bare, sender="", to=f"return+{row.pk.hex}@helpline.example") == "250 OK"
    desk.work()
    assert desk.outbound()[0].problem == "wrong_address"


@pytest.mark.parametrize(
    ("action", "status", "state", "problem"),
    [
        ("failed", "5.1.1", "failed", "wrong_address"),
        ("failed", "", "failed", "wrong_address"),
        ("failed", "5.7.1", "failed", "bounced"),
        ("failed", "5.2.2", "failed", "bounced"),
        ("failed", "4.4.7", "failed", "bounced"),
        ("delayed", "4.4.1", "accepted", ""),
        ("relayed", "2.0.0", "accepted", ""),
    ],
)
def test_a_report_says_whether_it_is_for_good(
    desk: Desk, action: str, status: str, state: str, problem: str
) -> None:
    row = sent_to(desk)
    send(report(own_id(row.pk), action=action, status=status), sender="")
    desk.work()
    (row,) = desk.outbound()
    assert (row.state, row.problem) == (state, problem)
    assert len(desk.conversations()) == 1


QMAIL = """Hi. This is the qmail-send program at bounce.example.
I'm afraid I wasn't able to deliver your message to the following addresses.

--- Below this line is a copy of the message.

Return-Path: <hello@helpline.example>
{id}
Subject: Your message
"""


@pytest.mark.parametrize(
    ("subject", "body", "more", "state"),
    [
        ("failure notice", QMAIL, {}, "failed"),
        ("Mail delivery failed", "> {id}\n", {"X_Failed_Recipients": GONE}, "failed"),
        ("Warning: message delayed 24 hours", "{id}\nwill be retried", {}, "accepted"),
        ("Your holiday photos", "{id}", {}, "accepted"),
    ],
)
def test_reports_of_older_servers_are_understood(
    desk: Desk, subject: str, body: str, more: dict[str, str], state: str
) -> None:
    row = sent_to(desk)
    old = mail(body.format(id=own_id(row.pk)), sender="MAILER-DAEMON@bounce.example", **more)
    old.replace_header("Subject", subject)
    send(old, sender="")
    desk.work()
    assert desk.outbound()[0].state == state
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
    row = sent_to(desk, ASHA_MAIL)
    assert send(report(returned.format(key=row.pk.hex)), sender=sender) == "250 OK"
    desk.work()
    assert desk.outbound()[0].state == "accepted"


def test_a_report_of_a_mail_settles_nothing_that_went_another_way(desk: Desk) -> None:
    desk.whatsapp(ASHA, f"hello {MARK}")
    desk.work()
    row = next(one for one in desk.outbound() if one.carrier == "whatsapp")
    send(report(own_id(row.pk)), sender="")
    desk.work()
    again = next(one for one in desk.outbound() if one.pk == row.pk)
    assert again.state == row.state != "failed"
