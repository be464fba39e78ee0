"""The world plays Meta: strict about what it is asked, and brings webhooks until they are taken."""

import hmac
import json
from typing import Any

import httpx
import pytest

from tests.counterparts import ASHA, IMRAN, SECRETS, World
from tests.practice.conftest import Doors

NUMBER = SECRETS["META_PHONE_NUMBER_ID"]
TEXT = {
    "messaging_product": "whatsapp",
    "to": "447700900101",
    "type": "text",
    "text": {"body": "You are not alone.", "preview_url": False},
}
TEMPLATE = {"name": "answer_waiting", "language": {"code": "en"}}


def ask(world: World, facts: dict[str, Any], token: str = "") -> tuple[int, int]:
    """The status and Meta's error number (0: none)."""
    answer = httpx.post(
        f"{world.url}/graph/v25.0/{NUMBER}/messages",
        json=facts,
        headers={"Authorization": f"Bearer {token or SECRETS['META_ACCESS_TOKEN']}"},
        trust_env=False,
    )
    return answer.status_code, answer.json().get("error", {}).get("code", 0)


def by_meta(world: World, sender: str) -> None:
    world.send_meta({"sender": sender, "body": "hello"})


def told(doors: Doors) -> list[dict[str, Any]]:
    """The value of every change that was brought."""
    bodies = [json.loads(raw) for raw, _signature in doors.batches]
    return [change["value"] for body in bodies for change in body["entry"][0]["changes"]]


def test_after_somebody_wrote_free_words_go_to_them(world: World) -> None:
    assert ask(world, TEXT) == (400, 131047)
    by_meta(world, ASHA)
    assert ask(world, TEXT) == (200, 0)
    world.let_pass(ASHA, 25)
    assert ask(world, TEXT) == (400, 131047)
    assert ask(world, TEXT | {"type": "template", "template": TEMPLATE}) == (200, 0)


def test_who_wrote_to_twilio_has_not_written_to_meta(world: World) -> None:
    world.send_whatsapp(ASHA, "hello")
    assert ask(world, TEXT) == (400, 131047)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"surprise": 1}, 100),
        ({"messaging_product": "sms"}, 100),
        ({"to": "+447700900101"}, 131009),
        ({"type": "image"}, 100),
        ({"text": {"body": ""}}, 100),
        ({"text": {"body": "x", "link": "y"}}, 100),
        ({"recipient_type": "group"}, 100),
        ({"biz_opaque_callback_data": "x" * 513}, 100),
        ({"type": "template", "template": {"name": "Not A Name", "language": {}}}, 132001),
    ],
)
def test_what_meta_would_refuse_is_refused(world: World, change: dict[str, Any], code: int) -> None:
    by_meta(world, ASHA)
    assert ask(world, TEXT | change) == (400, code)
    assert ask(world, TEXT, token="another") == (401, 190)


def test_a_business_scoped_id_stands_in_a_field_of_its_own(world: World) -> None:
    by_meta(world, IMRAN)
    own_id = IMRAN.removeprefix("whatsapp:")
    facts = {name: value for name, value in TEXT.items() if name != "to"}
    assert ask(world, facts | {"recipient": own_id}) == (200, 0)
    assert ask(world, facts | {"to": own_id})[0] == 400
    assert world.messages_to(IMRAN)[0]["carrier"] == "meta"


def test_many_come_in_one_signed_body_and_a_hidden_number_is_left_out(
    world: World, doors: Doors
) -> None:
    world.send_meta({"sender": ASHA, "body": "one"}, {"sender": IMRAN, "body": "two"})
    ((raw, signature),) = doors.batches
    secret = SECRETS["META_APP_SECRET"].encode()
    assert signature == "sha256=" + hmac.new(secret, raw, "sha256").hexdigest()
    (value,) = told(doors)
    asha, imran = value["messages"]
    assert asha["from"] == "447700900101"
    assert "from" not in imran
    assert imran["from_user_id"] == IMRAN.removeprefix("whatsapp:")


def test_a_body_that_is_not_taken_is_brought_again(world: World, doors: Doors) -> None:
    doors.answer("/hooks/meta/", "", status=503)
    sent = world.send_meta({"sender": ASHA, "body": "hello"})
    assert sent["messages"][0]["outcome"] == "refused 503"
    doors.answer("/hooks/meta/", "")
    world.wait_for(lambda: world.messages(sender=ASHA)[0]["outcome"] == "taken", 10)


def test_a_fate_is_told_with_our_own_key(world: World, doors: Doors) -> None:
    by_meta(world, ASHA)
    ask(world, TEXT | {"biz_opaque_callback_data": "our-key"})
    world.wait_for(lambda: len(told(doors)) == 4)
    fates = [value["statuses"][0] for value in told(doors)[1:]]
    assert [fate["status"] for fate in fates] == ["sent", "delivered", "read"]
    assert {fate["biz_opaque_callback_data"] for fate in fates} == {"our-key"}
