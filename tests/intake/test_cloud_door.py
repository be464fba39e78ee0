"""WhatsApp by Meta: one door, many messages in one body, each taken once; answers by their API."""

import json
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import Settings

from accounts.models import User
from intake import services
from intake.channels.cloud import CLOUD
from intake.models import Identity, InboundEvent
from privacy.access import acting
from privacy.fields import unseal
from tests.counterparts import ASHA, IMRAN, SECRETS
from tests.intake.conftest import MARK, Desk

KABIR = "whatsapp:+447700900113"
KABIR_ID = "IN.1349202600000113"


def said(sender: str, text: str = f"hello {MARK}", **more: Any) -> dict[str, Any]:
    return {"sender": sender, "body": text, **more}


def statuses(*rows: dict[str, Any]) -> bytes:
    value = {"metadata": {"phone_number_id": SECRETS["META_PHONE_NUMBER_ID"]}, "statuses": rows}
    return json.dumps({"entry": [{"changes": [{"value": value}]}]}).encode()


def test_the_door_is_connected_with_the_agreed_word_and_with_no_other(
    desk: Desk, settings: Settings
) -> None:
    asked = {
        "hub.mode": "subscribe",
        "hub.challenge": "12345",
        "hub.verify_token": "practice-verify",
    }
    answer = desk.client.get("/hooks/meta/", asked)
    assert (answer.status_code, answer.content) == (200, b"12345")
    for wrong in ({"hub.verify_token": "x"}, {"hub.verify_token": "é"}, {"hub.mode": "x"}):
        assert desk.client.get("/hooks/meta/", asked | wrong).status_code == 403
    assert desk.client.get("/hooks/meta/").status_code == 403
    settings.META_VERIFY_TOKEN = ""
    assert desk.client.get("/hooks/meta/", asked | {"hub.verify_token": ""}).status_code == 403


def test_a_message_by_meta_is_taken_answered_by_meta_and_known_as_whatsapp(desk: Desk) -> None:
    assert desk.meta(said(ASHA, profile_name="Asha")).status_code == 200
    desk.work()
    (conversation,) = desk.conversations()
    assert conversation.channel == "whatsapp"
    assert desk.said()[0] == ("in", "", f"hello {MARK}")
    (hello,) = desk.world.messages_to(ASHA)
    assert hello["carrier"] == "meta"
    assert "not alone" in hello["body"]
    (row,) = desk.outbound()
    assert (row.carrier, row.state) == ("cloud", "accepted")
    assert len(row.provider_ref) == 64
    with acting(part="intake"):
        identity = Identity.objects.get()
        assert (identity.scheme, unseal(identity, "value")) == ("number", "+447700900101")
        assert unseal(identity, "profile_name") == "Asha"


def test_many_messages_and_statuses_in_one_body_are_each_taken_once(desk: Desk) -> None:
    body = desk.world.meta_body(*[said(ASHA, f"{count} {MARK}") for count in range(5)], said(KABIR))
    for _ in range(3):
        assert desk.post_meta(body).status_code == 200
    desk.work()
    assert InboundEvent.objects.filter(provider="meta", kind="message").count() == 6
    (hers, _his) = desk.conversations()
    assert [words for way, _, words in desk.said(hers) if way == "in"] == [
        f"{count} {MARK}" for count in range(5)
    ]


def test_somebody_with_only_an_id_is_taken_in_and_answered_by_it(desk: Desk) -> None:
    desk.meta(said(IMRAN))
    desk.work()
    with acting(part="intake"):
        assert Identity.objects.get().scheme == "bsuid"
    (hello,) = desk.world.messages_to(IMRAN)
    assert hello["carrier"] == "meta"
    assert desk.outbound()[0].state == "accepted"


def test_an_id_first_and_a_number_later_are_one_person(desk: Desk) -> None:
    desk.meta(said(f"whatsapp:{KABIR_ID}", f"one {MARK}"))
    desk.work()
    desk.meta(said(KABIR, f"two {MARK}", external_user_id=KABIR_ID))
    desk.meta(said("whatsapp:+447700900199", f"three {MARK}", external_user_id=KABIR_ID))
    desk.work()
    (conversation,) = desk.conversations()
    assert [words for way, _, words in desk.said(conversation) if way == "in" and words] == [
        f"{word} {MARK}" for word in ("one", "two", "three")
    ]


def test_both_providers_run_at_once_and_answers_go_the_way_they_last_wrote(
    desk: Desk, amina: User
) -> None:
    desk.whatsapp(KABIR, f"one {MARK}", external_user_id=KABIR_ID)
    desk.meta(said(KABIR, f"two {MARK}", external_user_id=KABIR_ID))
    desk.work()
    (conversation,) = desk.conversations()
    desk.give(conversation, amina)
    with acting(user=amina):
        services.reply(conversation, text=f"by meta {MARK}", by=amina)
    desk.whatsapp(KABIR, f"three {MARK}", external_user_id=KABIR_ID)
    desk.work()
    with acting(user=amina):
        services.reply(conversation, text=f"by twilio {MARK}", by=amina)
    desk.work()
    ours = {m["body"]: m["carrier"] for m in desk.world.messages_to(KABIR)}
    assert ours[f"by meta {MARK}"] == "meta"
    assert ours[f"by twilio {MARK}"] == "twilio"


def test_a_status_moves_ours_up_and_never_back_by_our_key_or_by_metas(desk: Desk) -> None:
    desk.meta(said(ASHA))
    desk.work()
    (sent,) = desk.world.messages_to(ASHA)
    key = sent["our_key"]
    seen = []
    for word, more in (
        ("sent", {"biz_opaque_callback_data": key}),
        ("delivered", {}),
        ("sent", {}),
        ("invented", {}),
        ("read", {"biz_opaque_callback_data": "not a key of ours"}),
        ("failed", {"errors": [{"code": 131026}]}),
    ):
        body = statuses({"id": sent["id"], "status": word, **more})
        assert desk.post_meta(body).status_code == 200
        desk.work()
        seen.append(desk.outbound()[0].state)
    assert seen == ["accepted", "delivered", "delivered", "delivered", "read", "read"]


def test_a_status_of_something_not_ours_changes_nothing(desk: Desk) -> None:
    rows: list[dict[str, Any]] = [{"id": "wamid.x", "status": "read"}]
    rows.append({"id": "wamid.y", "status": "failed", "errors": 5})
    rows.append({"id": "wamid.z", "status": "read", "biz_opaque_callback_data": uuid4().hex})
    assert desk.post_meta(statuses(*rows)).status_code == 200
    desk.work()
    assert InboundEvent.objects.filter(state="done", kind="status").count() == 3


def test_another_number_of_the_same_app_is_not_taken_in(desk: Desk, settings: Settings) -> None:
    settings.META_PHONE_NUMBER_ID = "999"
    assert desk.meta(said(ASHA)).status_code == 200
    assert not InboundEvent.objects.exists()


@pytest.mark.parametrize("setting", ["META_APP_SECRET", "META_PHONE_NUMBER_ID"])
def test_without_its_settings_the_door_is_closed(
    desk: Desk, settings: Settings, setting: str
) -> None:
    setattr(settings, setting, "")
    assert desk.meta(said(ASHA)).status_code == 403
    assert not InboundEvent.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"5",
        b'{"entry": 5}',
        b'{"entry": [{"changes": [{"value": [1]}]}]}',
        b"[" * 5000,
        b"\xff\xfe",
        b'{"entry": [{"changes": [{"value": {"metadata": 7, "messages": "x"}}]}]}',
    ],
)
def test_a_body_of_another_shape_is_refused_or_means_nothing(desk: Desk, body: bytes) -> None:
    assert desk.post_meta(body).status_code in (200, 400)
    assert not InboundEvent.objects.exists()


@pytest.mark.parametrize(
    ("code", "state", "problem"),
    [
        (131047, "failed", "needs_template"),
        (131026, "failed", "wrong_address"),
        (131049, "failed", "blocked"),
        (131050, "failed", "opted_out"),
        (100, "failed", "our_fault"),
        (130429, "approved", "slow_down"),
        (131056, "approved", "busy"),
        (190, "approved", "credentials"),
        (131031, "approved", "sender_restricted"),
        (131000, "unknown", "provider_error"),
    ],
)
def test_metas_refusals_are_ours(desk: Desk, code: int, state: str, problem: str) -> None:
    desk.meta(said(ASHA))
    desk.world.misbehave("graph", "error", code=code, times=1)
    desk.work()
    (row,) = desk.outbound()
    assert (row.state, row.problem) == (state, problem)
    assert not desk.world.messages_to(ASHA)


def test_what_may_have_been_sent_is_never_sent_again_and_a_status_settles_it(desk: Desk) -> None:
    desk.meta(said(ASHA))
    desk.world.misbehave("graph", "accept-then-drop", times=1)
    desk.work()
    desk.work()
    (row,) = desk.outbound()
    assert row.state == "unknown"
    assert CLOUD.reconcile(row) is None
    (sent,) = desk.world.messages_to(ASHA)
    told = {"id": sent["id"], "status": "delivered", "biz_opaque_callback_data": sent["our_key"]}
    desk.post_meta(statuses(told))
    desk.work()
    assert desk.outbound()[0].state == "delivered"
    assert len(desk.world.messages_to(ASHA)) == 1


def test_a_picture_by_meta_is_noted_never_fetched_and_deleted_there(desk: Desk) -> None:
    desk.meta(said(ASHA, "", pictures=1), said(ASHA, f"look {MARK}", pictures=1))
    desk.work()
    notes = [(notice, words) for way, notice, words in desk.said() if way == "in"]
    assert notes == [("image", ""), ("", f"look {MARK}"), ("image", "")]
    media = desk.world.ledger()["Media"]
    assert [(one["fetched"], one["deleted"]) for one in media] == [(0, True), (0, True)]
