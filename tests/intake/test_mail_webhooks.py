"""Mail that a provider posts is stored once, with its words alone, and only with our secret."""

import json
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django import Settings

from intake import services
from intake.inbound import Inbound
from intake.models import InboundEvent
from privacy import purposes
from tests.counterparts import ASHA_MAIL
from tests.intake.conftest import MARK, Desk
from tests.intake.letters import OTHER, PICTURE, found_in_database, heard, mail
from tests.intake.posted import AUTH, KEY, PROVIDERS, PROVIDERS_ALL, SECRET, posted, sns

WHOLE = ("sendgrid raw", "mailgun raw", "postmark raw", "ses", "ses base64")


@pytest.fixture(autouse=True)
def _connected(settings: Settings) -> None:
    settings.MAIL_WEBHOOK_SECRET = SECRET
    settings.ANYMAIL = {"WEBHOOK_SECRET": [SECRET], "MAILGUN_WEBHOOK_SIGNING_KEY": KEY}


def knock(desk: Desk, request: dict[str, Any]) -> int:
    return desk.client.generic("POST", **request).status_code


def with_files() -> Any:
    letter = mail(f"see this {MARK}")
    letter.add_attachment(PICTURE, maintype="image", subtype="png", filename=f"{MARK}.png")
    letter.add_attachment(PICTURE, maintype="application", subtype="pdf", filename="a.pdf")
    return letter


@pytest.mark.parametrize("provider", PROVIDERS_ALL)
def test_what_is_posted_becomes_a_conversation_and_its_answer_joins(
    desk: Desk, provider: str
) -> None:
    for _ in range(2):  # providers repeat what they doubt
        assert knock(desk, posted(provider, mail())) == 200
    desk.work()
    assert heard(desk) == [("", f"hello {MARK}")]
    (greeting,) = desk.world.mails_to(ASHA_MAIL)
    answer = mail(f"yes {MARK}", In_Reply_To=greeting["message_id"])
    assert knock(desk, posted(provider, answer, to=greeting["reply_to"])) == 200
    desk.work()
    assert heard(desk)[1:] == [("", f"yes {MARK}")]


@pytest.mark.parametrize("provider", PROVIDERS_ALL)
def test_h3_files_are_counted_while_they_pass_and_lie_nowhere(desk: Desk, provider: str) -> None:
    assert knock(desk, posted(provider, with_files())) == 200
    assert not found_in_database(PICTURE[:32])
    desk.work()
    assert [notice for notice, _ in heard(desk)] == ["", "image", "document"]
    assert not found_in_database(PICTURE[:32])


@pytest.mark.parametrize("provider", [one for one in PROVIDERS if one != "postmark raw"])
def test_h3_five_megabytes_are_never_written_to_a_temporary_file(
    desk: Desk, provider: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def refuse(*_args: object, **_options: object) -> None:
        raise AssertionError("a temporary file")

    for name in ("NamedTemporaryFile", "TemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, refuse)
    letter = mail(f"see this {MARK}")
    big = PICTURE * (5 * 1024 * 1024 // len(PICTURE))
    letter.add_attachment(big, maintype="image", subtype="png", filename="a.png")
    assert knock(desk, posted(provider, letter)) == 200
    desk.work()
    told = heard(desk)
    assert [notice for notice, _ in told] == ["", "image"]
    assert 4900 <= int(told[1][1].split()[0]) <= 5300  # kB
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("provider", PROVIDERS_ALL)
def test_g1_without_our_secret_nothing_is_stored(
    desk: Desk, settings: Settings, provider: str
) -> None:
    wrong = posted(provider, mail()) | {"HTTP_AUTHORIZATION": "Basic d3Jvbmc6d3Jvbmc="}
    none = {name: value for name, value in wrong.items() if name != "HTTP_AUTHORIZATION"}
    assert (knock(desk, wrong), knock(desk, none)) == (403, 401)
    settings.MAIL_WEBHOOK_SECRET = ""
    settings.ANYMAIL = settings.ANYMAIL | {"WEBHOOK_SECRET": []}
    assert knock(desk, posted(provider, mail())) == 403  # not open where none is set
    assert not InboundEvent.objects.exists()


def test_g1_mailguns_signature_counts_besides(desk: Desk) -> None:
    assert knock(desk, posted("mailgun", mail(), signature="0" * 64)) == 403
    assert not InboundEvent.objects.exists()


@pytest.mark.parametrize("provider", PROVIDERS_ALL)
def test_g5_a_provider_that_cannot_vouch_marks_the_mail(desk: Desk, provider: str) -> None:
    assert knock(desk, posted(provider, mail(), spf="fail")) == 200
    desk.work()
    assert heard(desk) == [("unverified", ""), ("", f"hello {MARK}")]


def test_g5_a_pass_of_another_domain_vouches_for_nobody(desk: Desk) -> None:
    forged = mail(sender="child@elsewhere.example")
    assert knock(desk, posted("sendgrid", forged, dkim="{@notelsewhere.example : pass}")) == 200
    desk.work()
    assert heard(desk)[0] == ("unverified", "")


@pytest.mark.parametrize("provider", PROVIDERS_ALL)
def test_g6_a_machine_is_not_answered_by_this_way_either(desk: Desk, provider: str) -> None:
    assert knock(desk, posted(provider, mail(Auto_Submitted="auto-replied"))) == 200
    desk.work()
    assert desk.world.mails_to(ASHA_MAIL) == []


@pytest.mark.parametrize("provider", PROVIDERS)
def test_another_sender_with_her_reply_address_joins_nothing(desk: Desk, provider: str) -> None:
    knock(desk, posted("sendgrid raw", mail()))
    desk.work()
    (greeting,) = desk.world.mails_to(ASHA_MAIL)
    knock(desk, posted(provider, mail(f"hm {MARK}", sender=OTHER), to=greeting["reply_to"]))
    desk.work()
    hers, _his = desk.conversations()
    assert [notice for _, notice, _ in desk.said(hers)][-1] == "other_sender"


@pytest.mark.parametrize(
    ("path", "kind", "body"),
    [
        ("sendgrid", "multipart/form-data; boundary=b", b"--b--"),
        ("sendgrid", "text/plain", b"hi"),
        ("postmark", "application/json", b"[]"),
        ("postmark", "application/json", b'{"FromFull": 7, "TextBody": "hi"}'),
        ("postmark", "application/json", b'{"RecordType": "Bounce"}'),
        ("postmark", "application/json", b"\xff"),
    ],
)
def test_g7_what_cannot_be_read_is_set_aside_and_taken(
    desk: Desk, path: str, kind: str, body: bytes
) -> None:
    request = {"path": f"/hooks/mail/{path}/", "data": body, "content_type": kind, **AUTH}
    assert knock(desk, request) == 200
    event = InboundEvent.objects.get()
    assert (event.state, event.problem) == ("dead", "unreadable")
    told = Inbound.from_bytes(purposes.open_for_intake(bytes(event.sealed or b"")))
    assert told.text == ("hi" if b'"hi"' in body else "")


def test_amazons_question_waits_for_a_person_who_opens_its_link(desk: Desk) -> None:
    link = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t"
    kind = "SubscriptionConfirmation"
    asked = {"Type": kind, "MessageId": "s1", "TopicArn": "arn:aws:sns:x", "SubscribeURL": link}
    request = posted("ses", mail()) | {"data": json.dumps(asked).encode()} | sns(kind, "s1")
    assert knock(desk, request) == 200
    event = InboundEvent.objects.get()
    assert event.problem == "confirm_subscription"
    told = Inbound.from_bytes(purposes.open_for_intake(bytes(event.sealed or b"")))
    assert told.text == link


def test_without_the_database_the_provider_is_told_to_try_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(_inbound: Inbound) -> bool:
        raise OperationalError

    monkeypatch.setattr(services, "receive", down)
    desk.client = Client(raise_request_exception=False)
    assert knock(desk, posted("postmark", mail())) >= 500


def test_a_look_whether_somebody_is_there_is_answered(desk: Desk) -> None:
    assert desk.client.head("/hooks/mail/sendgrid/").status_code == 200
    assert desk.client.get("/hooks/mail/sendgrid/").status_code == 405


@pytest.mark.parametrize("provider", WHOLE)
def test_f19_a_header_made_to_hurt_is_not_read_at_all(desk: Desk, provider: str) -> None:
    letter = mail(f"hello {MARK}")
    letter["Content-Description"] = "x;" * 5000
    began = time.process_time()
    assert knock(desk, posted(provider, letter)) == 200
    assert time.process_time() - began < 2
    desk.work()
    assert not desk.conversations()
    assert InboundEvent.objects.get().state == InboundEvent.State.DEAD
