"""The world's Twilio refuses what Twilio refuses, and keeps to WhatsApp's rules."""

from collections.abc import Iterator

import httpx
import pytest

from tests.counterparts import ASHA, IMRAN, SECRETS, World

SID, TOKEN = SECRETS["TWILIO_ACCOUNT_SID"], SECRETS["TWILIO_AUTH_TOKEN"]
SENDER = SECRETS["TWILIO_WHATSAPP_FROM"]
MESSAGES = f"/2010-04-01/Accounts/{SID}/Messages"


@pytest.fixture
def twilio(world: World) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=world.url, auth=(SID, TOKEN), trust_env=False) as client:
        yield client


def send(twilio: httpx.Client, **form: str) -> httpx.Response:
    return twilio.post(f"{MESSAGES}.json", data={"From": SENDER, "To": ASHA, "Body": "hi"} | form)


def test_twilios_own_description_is_at_hand(world: World) -> None:
    assert world.about()["described"] is True


def test_a_message_is_taken_delivered_and_read(world: World, twilio: httpx.Client) -> None:
    world.send_whatsapp(ASHA, "hello")
    sent = send(twilio)
    assert sent.status_code == 201
    assert sent.json()["status"] == "queued"
    world.wait_for(lambda: world.messages_to(ASHA)[0]["status"] == "read")
    assert twilio.get(f"{MESSAGES}/{sent.json()['sid']}.json").json()["date_sent"]


def test_a_wrong_token_is_not_let_in(world: World) -> None:
    answer = httpx.post(f"{world.url}{MESSAGES}.json", auth=(SID, "wrong"), trust_env=False)
    assert answer.status_code == 401
    assert answer.json()["code"] == 20003
    assert httpx.get(f"{world.url}{MESSAGES}.json", trust_env=False).status_code == 401


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"Colour": "teal"}, 20001),
        ({"StatusCallback": "not an address"}, 20001),
        ({"MessagingServiceSid": "MG1"}, 20001),
        ({"ContentRetention": "forever"}, 20001),
        ({"To": "asha"}, 21211),
        ({"From": "whatsapp:+12025550100"}, 63007),
        ({"Body": ""}, 21619),
        ({"Body": "a" * 1601}, 21617),
    ],
)
def test_a_wrong_request_is_refused(
    world: World, twilio: httpx.Client, form: dict[str, str], code: int
) -> None:
    answer = send(twilio, **form)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer.json()["more_info"].endswith(str(code))
    assert world.messages_to(ASHA) == []
    assert len(world.ledger()["Refusal"]) == 1


def test_free_words_after_24_hours_fail_with_63016(world: World, twilio: httpx.Client) -> None:
    world.send_whatsapp(IMRAN, "hello")
    world.let_pass(IMRAN, hours=24.1)
    sid = send(twilio, To=IMRAN).json()["sid"]
    world.wait_for(lambda: world.messages_to(IMRAN)[0]["status"] == "failed")
    assert twilio.get(f"{MESSAGES}/{sid}.json").json()["error_code"] == 63016


def test_a_template_may_be_sent_after_24_hours(world: World, twilio: httpx.Client) -> None:
    send(twilio, Body="", ContentSid="HX" + "a" * 32)
    world.wait_for(lambda: world.messages_to(ASHA)[0]["status"] == "read")


def test_a_list_is_filtered_and_paged_newest_first(world: World, twilio: httpx.Client) -> None:
    for body in ("one", "two", "three"):
        world.send_whatsapp(ASHA, body)
    world.send_whatsapp(IMRAN, "another")
    first = twilio.get(f"{MESSAGES}.json", params={"From": ASHA, "PageSize": "2"}).json()
    assert [m["body"] for m in first["messages"]] == ["three", "two"]
    second = twilio.get(first["next_page_uri"]).json()
    assert [m["body"] for m in second["messages"]] == ["one"]
    assert second["next_page_uri"] is None
    none = twilio.get(f"{MESSAGES}.json", params={"DateSent<": "2001-01-01"}).json()
    assert none["messages"] == []
    assert twilio.get(f"{MESSAGES}.json", params={"Since": "now"}).status_code == 400


def test_a_message_is_emptied_then_deleted(world: World, twilio: httpx.Client) -> None:
    sid = world.send_whatsapp(ASHA, "hello")["id"]
    assert twilio.post(f"{MESSAGES}/{sid}.json", data={"Body": "other"}).status_code == 400
    assert twilio.post(f"{MESSAGES}/{sid}.json", data={"Body": ""}).json()["body"] == ""
    assert twilio.delete(f"{MESSAGES}/{sid}.json").status_code == 204
    assert twilio.get(f"{MESSAGES}/{sid}.json").json()["code"] == 20404


def test_an_unsettled_message_cannot_be_deleted_yet(world: World, twilio: httpx.Client) -> None:
    world.misbehave("callbacks", "none", times=1)
    sid = send(twilio).json()["sid"]
    assert twilio.delete(f"{MESSAGES}/{sid}.json").status_code == 409


def test_a_picture_is_listed_and_deleted_and_a_look_is_counted(
    world: World, twilio: httpx.Client
) -> None:
    message = world.send_whatsapp(ASHA, pictures=1)
    place = f"{MESSAGES}/{message['id']}/Media"
    (row,) = twilio.get(f"{place}.json").json()["media_list"]
    twilio.get(f"{place}/{row['sid']}")
    assert world.ledger()["Media"][0]["fetched"] == 1
    assert twilio.delete(f"{place}/{row['sid']}.json").status_code == 204
    assert twilio.get(f"{place}.json").json()["media_list"] == []


def test_the_rate_limit_says_when_to_come_back(world: World, twilio: httpx.Client) -> None:
    world.misbehave("messages", "status", code=429, retry_after=3, times=1)
    refused = send(twilio)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3")
    assert send(twilio).status_code == 201


def test_a_message_can_be_taken_and_the_answer_lost(world: World, twilio: httpx.Client) -> None:
    world.misbehave("messages", "accept-then-drop", times=1)
    with pytest.raises(httpx.TransportError):
        send(twilio)
    assert len(world.messages_to(ASHA)) == 1


def test_a_message_can_be_lost_before_it_is_taken(world: World, twilio: httpx.Client) -> None:
    world.misbehave("messages", "drop", times=1)
    with pytest.raises(httpx.TransportError):
        send(twilio)
    assert world.messages_to(ASHA) == []


def test_an_unknown_fault_is_refused(world: World) -> None:
    with pytest.raises(httpx.HTTPStatusError):
        world.misbehave("messages", "sulk")


def test_another_page_in_the_browser_cannot_steer_the_world(world: World) -> None:
    answer = httpx.post(
        f"{world.url}/_world/reset",
        headers={"Origin": "https://evil.example"},
        trust_env=False,
    )
    assert answer.status_code == 403
    named = httpx.get(f"{world.url}/_world/", headers={"Host": "evil.example"}, trust_env=False)
    assert named.status_code == 403
