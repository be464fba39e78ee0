"""Whose a mail is: by its reply address or the mail it answers, and its sender; never by more."""

import pytest
from pytest_django import Settings

from accounts.models import Team
from intake import services, texts
from intake.channels.email import reply_token
from intake.models import Conversation, Identity, Message
from privacy.access import acting
from tests.counterparts import ASHA_MAIL
from tests.intake.conftest import MARK, Desk
from tests.intake.hearing import fresh, hear
from tests.intake.letters import HELPLINE, OTHER, PICTURE, greeted, heard, mail, send


def test_a_mail_that_answers_none_of_ours_is_kept_and_marked_and_not_answered(desk: Desk) -> None:
    greeted(desk)
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
    greeted(desk)
    letter = mail(f"see this {MARK}")
    letter.add_attachment(PICTURE, maintype="image", subtype="png", filename="a.png")
    send(letter)
    desk.work()
    assert [notice for notice, _ in heard(desk)] == ["", "maybe_someone_else", "", "image"]
    assert len(desk.world.mails_to(ASHA_MAIL)) == 1


@pytest.mark.parametrize("words", ["I will kill myself tonight", "no"])
def test_danger_in_a_mail_that_answers_none_of_ours_raises(desk: Desk, words: str) -> None:
    greeted(desk)
    send(mail(words))
    desk.work()
    (conversation,) = desk.conversations()
    assert conversation.risk == "danger"
    assert len(desk.world.mails_to(ASHA_MAIL)) == 1  # the first one told whom to call


@pytest.mark.parametrize("header", ["In_Reply_To", "References"])
def test_a_mail_that_names_one_of_ours_is_theirs(desk: Desk, header: str) -> None:
    greeting = greeted(desk)
    send(mail(f"yes {MARK}", **{header: f"<1@young.example> {greeting['message_id']}"}))
    desk.work()
    assert heard(desk)[1:] == [("", f"yes {MARK}")]


def test_a_chain_as_long_as_a_book_still_finds_the_mail_it_answers(desk: Desk) -> None:
    greeting = greeted(desk)
    chain = " ".join(f"<{n}@young.example>" for n in range(200)) + " " + greeting["message_id"]
    send(mail(f"yes {MARK}", References=chain))
    desk.work()
    assert heard(desk)[1:] == [("", f"yes {MARK}")]


def test_the_key_or_token_of_another_conversation_proves_nothing(desk: Desk) -> None:
    send(mail())
    send(mail(sender=OTHER), sender=OTHER)
    desk.work()
    (his,) = desk.world.mails_to(OTHER)
    forged = mail(f"it is me {MARK}", In_Reply_To=his["message_id"])
    send(forged, to=his["reply_to"])
    desk.work()
    assert ("maybe_someone_else", "") in heard(desk)
    assert len(desk.world.mails_to(ASHA_MAIL)) == 1


def test_a_closed_conversation_comes_back_for_a_person_to_ask(desk: Desk) -> None:
    greeted(desk)
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


def test_g5_mail_joins_only_by_its_reply_address_and_its_sender(desk: Desk) -> None:
    greeting = greeted(desk)
    send(mail(f"who is this? {MARK}", sender=OTHER), sender=OTHER, to=greeting["reply_to"])
    send(mail(f"again {MARK}", sender=OTHER), sender=OTHER, to=greeting["reply_to"])
    desk.work()
    hers, his = desk.conversations()
    assert [words for _, _, words in desk.said(hers) if MARK in words] == [f"hello {MARK}"]
    told = [notice for _, notice, _ in desk.said(hers) if notice == "other_sender"]
    assert told == ["other_sender"]  # once, and in neutral words
    assert "another address" in texts.notice("other_sender")
    assert desk.said(his)[0][2] == f"who is this? {MARK}"
    assert "other_sender" not in [notice for _, notice, _ in desk.said(his)]
    with acting(part="intake"):
        assert Identity.objects.filter(conversation=hers).count() == 1


def test_g5_a_number_in_the_subject_joins_nothing(desk: Desk) -> None:
    greeting = greeted(desk)
    token = greeting["reply_to"].partition("+")[2].partition("@")[0]
    (conversation,) = desk.conversations()
    for subject in (f"Re: {greeting['subject']}", f"[#{conversation.pk}]", f"Re: {token}"):
        letter = mail(f"{subject} {MARK}", sender=OTHER)
        letter.replace_header("Subject", subject)
        send(letter, sender=OTHER)
    desk.work()
    hers, _his = desk.conversations()
    assert len([line for line in desk.said(hers) if line[0] == "in"]) == 1


def test_g5_whoever_stands_in_copy_is_no_reporter_and_gets_no_answer(
    desk: Desk,
) -> None:
    greeting = greeted(desk)
    send(mail(f"hello {MARK}!", Cc=OTHER, Reply_To=OTHER), to=greeting["reply_to"])
    desk.work()
    assert desk.world.mails_to(OTHER) == []
    with acting(part="intake"):
        (identity,) = Identity.objects.all()
    assert len(desk.conversations()) == 1
    assert identity.scheme == "address"


GOOD = "mx.helpline.example; spf=pass smtp.mailfrom=young.example; dkim=none"
VERDICTS = [
    (GOOD, False),
    ("MX.helpline.example 1; dkim=pass header.d=mail.young.example", False),
    ("mx.helpline.example; dmarc=pass (p=none) header.from=young.example", False),
    ("mx.helpline.example; spf=fail smtp.mailfrom=young.example; dkim=fail", True),
    ("mx.helpline.example; spf=pass smtp.mailfrom=elsewhere.example", True),
    ("mx.helpline.example; dkim=pass header.d=notyoung.example", True),
    ("mx.helpline.example; dkim=pass header.d=example", True),
    ("mx.helpline.example; dmarc=fail header.from=young.example; " + GOOD[21:], True),
    ("mx.elsewhere.example; spf=pass smtp.mailfrom=young.example", True),
    ("", True),
]


@pytest.mark.parametrize(("verdict", "marked"), VERDICTS)
def test_g5_a_mail_its_own_domain_does_not_vouch_for_is_marked(
    desk: Desk, settings: Settings, verdict: str, marked: bool
) -> None:
    settings.MAIL_AUTHSERV_IDS = ["mx.helpline.example"]
    send(mail(**({"Authentication_Results": verdict} if verdict else {})))
    desk.work()
    notices = [notice for notice, _ in heard(desk)]
    assert notices == (["unverified", ""] if marked else [""])


def test_g5_a_verdict_that_the_sender_wrote_below_our_servers_own_counts_for_nothing(
    desk: Desk, settings: Settings
) -> None:
    settings.MAIL_AUTHSERV_IDS = ["mx.helpline.example"]
    ours = b"Authentication-Results: mx.helpline.example; spf=fail; dkim=none\r\n"
    forged = b"Authentication-Results: " + GOOD.encode() + b"\r\n"
    send(ours + forged + mail().as_bytes())
    desk.work()
    assert heard(desk)[0] == ("unverified", "")


def test_without_a_server_of_ours_that_looks_nothing_is_marked(desk: Desk) -> None:
    send(mail(Authentication_Results=f"{HELPLINE}; spf=fail"))
    desk.work()
    assert heard(desk) == [("", f"hello {MARK}")]


@pytest.mark.django_db
def test_a_mail_that_only_its_from_makes_theirs_brings_nothing_back(team: Team) -> None:
    mine = hear(f"hi {MARK}", sender=ASHA_MAIL, channel="email")
    token = reply_token(mine.pk)
    hear("DELETE", sender=ASHA_MAIL, channel="email", references=(token,))
    assert hear("KEEP", sender=ASHA_MAIL, channel="email").pk != mine.pk
    assert fresh(mine).hidden_at is not None
    hear("KEEP", sender=ASHA_MAIL, channel="email", references=(token,))
    assert fresh(mine).hidden_at is None
