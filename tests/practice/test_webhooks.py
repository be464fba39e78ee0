"""The world calls the helpline's webhooks as Twilio does: signed, retried once, then silent."""

import httpx
from twilio.request_validator import RequestValidator

from tests.counterparts import ASHA, IMRAN, PUBLIC, SECRETS, World
from tests.practice.conftest import Doors

SID, TOKEN = SECRETS["TWILIO_ACCOUNT_SID"], SECRETS["TWILIO_AUTH_TOKEN"]
INBOUND = "/hooks/whatsapp/"


def send(world: World, to: str = ASHA) -> str:
    answer = httpx.post(
        f"{world.url}/2010-04-01/Accounts/{SID}/Messages.json",
        auth=(SID, TOKEN),
        data={
            "From": SECRETS["TWILIO_WHATSAPP_FROM"],
            "To": to,
            "Body": "You are not alone.",
            "StatusCallback": f"{PUBLIC}/hooks/whatsapp/status/7/",
        },
        trust_env=False,
    )
    return str(answer.json()["sid"])


def statuses(doors: Doors) -> list[str]:
    return [form["MessageStatus"] for form in doors.forms("/hooks/whatsapp/status/7/")]


def test_asha_writes_and_the_webhook_is_signed_for_the_public_address(
    world: World, doors: Doors
) -> None:
    sent = world.send_whatsapp(ASHA, "hello", profile_name="Asha")
    ((path, form, signature),) = doors.heard
    assert (path, form["Body"], form["From"]) == (INBOUND, "hello", ASHA)
    assert RequestValidator(TOKEN).validate(PUBLIC + INBOUND, form, signature)
    assert sent["outcome"] == "taken"


def test_a_failed_webhook_is_tried_once_more_and_then_never_again(
    world: World, doors: Doors
) -> None:
    doors.answer(INBOUND, "", status=503)
    sent = world.send_whatsapp(ASHA, "hello")
    assert len(doors.heard) == 2
    assert sent["outcome"] == "refused 503"
    assert len({form["MessageSid"] for form in doors.forms(INBOUND)}) == 1


def test_a_refused_webhook_is_not_tried_again(world: World, doors: Doors) -> None:
    doors.answer(INBOUND, "", status=403)
    world.send_whatsapp(ASHA, "hello")
    assert len(doors.heard) == 1


def test_a_webhook_can_come_twice(world: World, doors: Doors) -> None:
    world.misbehave("webhooks", "duplicate", code=3, times=1)
    world.send_whatsapp(ASHA, "hello")
    assert [form["MessageSid"] for form in doors.forms(INBOUND)] == [world.messages()[0]["id"]] * 3


def test_the_status_callbacks_come_in_order(world: World, doors: Doors) -> None:
    world.send_whatsapp(ASHA, "hello")
    send(world)
    world.wait_for(lambda: len(statuses(doors)) == 4)
    assert statuses(doors) == ["queued", "sent", "delivered", "read"]


def test_the_status_callbacks_come_in_disorder_and_twice(world: World, doors: Doors) -> None:
    world.send_whatsapp(ASHA, "hello")
    world.misbehave("callbacks", "reorder", times=1)
    world.misbehave("callbacks", "duplicate", times=1)
    send(world)
    world.wait_for(lambda: len(statuses(doors)) == 5)
    assert statuses(doors) == ["read", "read", "delivered", "sent", "queued"]
    assert world.messages_to(ASHA)[0]["status"] == "read"


def test_a_message_outside_the_window_fails_by_callback(world: World, doors: Doors) -> None:
    send(world, to=IMRAN)
    world.wait_for(lambda: "failed" in statuses(doors))
    assert doors.forms("/hooks/whatsapp/status/7/")[-1]["ErrorCode"] == "63016"


def test_a_status_can_be_told_by_hand(world: World, doors: Doors) -> None:
    world.misbehave("callbacks", "none", times=1)
    sid = send(world)
    world.settle(sid, "undelivered", 63024)
    assert statuses(doors) == ["undelivered"]
