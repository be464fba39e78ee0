"""The practice page plays a young person through the real doors, and exists only for practice."""

from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from practice.urls import urlpatterns
from tests.counterparts import ASHA, ASHA_MAIL, ASHA_PHONE, World
from tests.practice.conftest import Doors

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def practising(settings: Any, world: World) -> None:
    settings.PRACTICE = True
    settings.TWILIO_API_BASE = world.url


def post(client: Client, name: str, *args: str, **form: str) -> str:
    answer = client.post(reverse(f"practice:{name}", args=args), {"who": "asha"} | form)
    assert answer.status_code == 302
    return str(answer["Location"])


def test_nobody_signs_in_to_practise(client: Client) -> None:
    page = client.get("/practice/").content.decode()
    assert "Asha" in page
    assert "<style" not in page
    assert " style=" not in page


def test_without_practice_mode_no_address_of_it_answers(client: Client, settings: Any) -> None:
    settings.PRACTICE = False
    for pattern in urlpatterns:
        args = ["CA1"] if "call_id" in str(pattern.pattern) else []
        address = reverse(f"practice:{pattern.name}", args=args)
        assert client.get(address).status_code == 404
        assert client.post(address).status_code == 404
    assert get_resolver().resolve("/practice/").app_name == "practice"


def test_asha_writes_on_whatsapp_and_reads_the_answer(
    client: Client, world: World, doors: Doors
) -> None:
    assert post(client, "say", body="hello").endswith("?who=asha#whatsapp")
    (form,) = doors.forms("/hooks/whatsapp/")
    assert (form["From"], form["Body"], form["ProfileName"]) == (ASHA, "hello", "Asha")
    page = client.get("/practice/devices/?who=asha").content.decode()
    assert "hello" in page
    assert "taken by the helpline" in page


def test_a_picture_is_only_ever_a_notice(client: Client, world: World, doors: Doors) -> None:
    post(client, "say", picture="1")
    assert doors.forms("/hooks/whatsapp/")[0]["NumMedia"] == "1"
    client.get("/practice/?who=asha")
    assert world.ledger()["Media"][0]["fetched"] == 0


def test_asha_writes_by_meta_and_by_sms_too(client: Client, world: World, doors: Doors) -> None:
    post(client, "say", body="by meta", line="meta")
    post(client, "say", body="by sms", line="sms")
    ((raw, _signature),) = doors.batches
    assert "by meta" in raw.decode()
    (form,) = doors.forms("/hooks/sms/")
    assert (form["From"], form["Body"]) == (ASHA_PHONE, "by sms")
    page = client.get("/practice/devices/?who=asha").content.decode()
    assert "<span>Meta</span>" in page
    assert "<span>SMS</span>" in page


def test_nobody_writes_by_a_line_they_have_not(client: Client, world: World, doors: Doors) -> None:
    post(client, "say", who="imran", body="hello", line="sms")
    post(client, "say", who="teacher", body="hello", line="meta")
    assert doors.heard == []
    assert doors.batches == []


def test_asha_mails_and_answers_where_the_helpline_asked(
    client: Client, world: World, doors: Doors
) -> None:
    post(client, "write", subject="a question", text="hello")
    assert doors.mails[0]["To"] == "hello@helpline.example"
    assert doors.mails[0]["From"] == ASHA_MAIL
    assert world.mails(**{"with": ASHA_MAIL})[0]["subject"] == "a question"


def test_asha_calls_presses_a_key_and_hangs_up(client: Client, world: World, doors: Doors) -> None:
    doors.answer(
        "/hooks/phone/",
        "<Response><Gather numDigits='1' action='/keys/'><Say>?</Say></Gather></Response>",
    )
    doors.answer("/keys/", "<Response><Enqueue>desk</Enqueue></Response>")
    post(client, "ring")
    (call,) = world.calls(**{"with": ASHA_PHONE})
    post(client, "act", call["id"], act="press", digits="1")
    assert doors.forms("/keys/")[0]["Digits"] == "1"
    assert "Waiting in the queue" in client.get("/practice/?who=asha").content.decode()
    post(client, "act", call["id"], act="hang-up")
    assert world.call_now(call["id"])["status"] == "completed"


def test_a_refused_message_is_shown_as_refused(client: Client, world: World, doors: Doors) -> None:
    doors.answer("/hooks/whatsapp/", "", status=403)
    post(client, "say", body="hello")
    page = client.get("/practice/?who=asha").content.decode()
    assert "not taken by the helpline: 403" in page


def test_a_persons_words_cannot_become_script(client: Client, world: World) -> None:
    world.send_whatsapp(ASHA, "<script>alert(1)</script>")
    page = client.get("/practice/?who=asha").content.decode()
    assert "<script>alert" not in page


@pytest.mark.parametrize("form", [{"body": ""}, {"body": "a" * 1601}])
def test_nothing_and_too_much_are_not_sent(
    client: Client, world: World, doors: Doors, form: dict[str, str]
) -> None:
    post(client, "say", **form)
    assert doors.heard == []


def test_without_a_world_the_page_says_so(client: Client, settings: Any) -> None:
    settings.TWILIO_API_BASE = "http://127.0.0.1:9"
    assert "not running" in client.get("/practice/").content.decode()
    post(client, "say", body="hello")


def test_one_plays_the_colleague_whose_telephone_rings(
    client: Client, world: World, doors: Doors
) -> None:
    dial = (
        "<Response><Dial action='/hooks/phone/dialled/'>"
        "<Number url='/hooks/phone/whisper/'>+12025550131</Number></Dial></Response>"
    )
    ask = (
        "<Response><Gather numDigits='1' action='/hooks/phone/taken/'>"
        "<Say>A call. Press 1.</Say></Gather></Response>"
    )
    doors.answer("/hooks/phone/", dial)
    doors.answer("/hooks/phone/whisper/", ask)
    doors.answer("/hooks/phone/taken/", "<Response/>")
    post(client, "ring")
    (leg,) = world.calls(**{"with": "+12025550131"})
    assert "A colleague of the helpline" in client.get("/practice/?who=asha").content.decode()
    post(client, "act", leg["id"], act="answer")
    assert "A call. Press 1." in client.get("/practice/?who=asha").content.decode()
    post(client, "act", leg["id"], act="press", digits="1")
    assert world.call_now(leg["id"])["waits_for"] == "talk"
    assert "connected" in client.get("/practice/?who=asha").content.decode()
