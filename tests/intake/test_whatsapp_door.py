"""A WhatsApp message is taken once, from Twilio alone, and becomes one entry."""

import pytest
from pytest_django import Settings

from intake import arrival
from intake.models import Conversation, Identity, InboundEvent, Message
from privacy.access import acting
from privacy.fields import unseal
from tests.counterparts import ASHA, IMRAN, PUBLIC
from tests.intake.conftest import FORM, MARK, Desk

KABIR = "whatsapp:+447700900113"
KABIR_ID = "IN.1349202600000113"


def test_a_signed_message_is_stored_sealed_and_answered_with_empty_twiml(desk: Desk) -> None:
    answer = desk.whatsapp(ASHA, f"he has my picture {MARK}")
    assert answer.status_code == 200
    assert answer.content.endswith(b"<Response />")
    event = InboundEvent.objects.get()
    assert event.state == "waiting"
    assert MARK.encode() not in bytes(event.sealed or b"")
    assert "447700900101" not in f"{event.key}{event.lane}"


def test_a_message_becomes_one_entry_of_one_conversation(desk: Desk) -> None:
    desk.whatsapp(ASHA, f"hello {MARK}", profile_name="Asha")
    desk.work()
    (conversation,) = desk.conversations()
    assert conversation.channel == "whatsapp"
    assert conversation.waiting_since is not None
    assert desk.said()[0] == ("in", "", f"hello {MARK}")
    event = InboundEvent.objects.get(kind="message")
    assert (event.state, event.sealed, event.lane) == ("done", None, "")
    with acting(part="intake"):
        identity = Identity.objects.get()
        assert (identity.scheme, unseal(identity, "value")) == ("number", "+447700900101")
        assert unseal(identity, "profile_name") == "Asha"


@pytest.mark.parametrize("signature", ["", "AAAA", "é"])
def test_a_wrong_signature_is_refused_and_nothing_is_stored(desk: Desk, signature: str) -> None:
    form = desk.world.whatsapp_form(ASHA, f"hello {MARK}")
    answer = desk.post_raw("/hooks/whatsapp/", form, HTTP_X_TWILIO_SIGNATURE=signature)
    assert answer.status_code == 403
    assert not InboundEvent.objects.exists()


def test_a_changed_word_breaks_the_signature(desk: Desk) -> None:
    form = desk.world.whatsapp_form(ASHA, f"hello {MARK}")
    signed = desk.world.sign("/hooks/whatsapp/", form)
    answer = desk.post_raw("/hooks/whatsapp/", form | {"Body": "goodbye"}, **signed)
    assert answer.status_code == 403


@pytest.mark.parametrize("count", ["9" * 5000, "0" * 5000, "٩" * 5000, "-1", "1e9", "²"])
def test_a_number_no_provider_sends_keeps_no_message_out(desk: Desk, count: str) -> None:
    form = desk.world.whatsapp_form(ASHA, f"hello {MARK}") | {"NumMedia": count}
    assert desk.post("/hooks/whatsapp/", form).status_code == 200
    desk.work()
    assert desk.said()[0] == ("in", "", f"hello {MARK}")
    path = f"/hooks/whatsapp/status/{desk.outbound()[0].pk}/"
    told = {"MessageSid": "SM1", "MessageStatus": "failed", "ErrorCode": count}
    assert desk.post(path, told).status_code == 200
    desk.work()
    assert not InboundEvent.objects.exclude(state="done").exists()


def test_the_signature_of_another_door_does_not_open_this_one(desk: Desk) -> None:
    form = desk.world.whatsapp_form(ASHA, f"hello {MARK}")
    signed = desk.world.sign("/hooks/phone/", form)
    assert desk.post_raw("/hooks/whatsapp/", form, **signed).status_code == 403


def test_the_host_header_has_no_say_in_what_was_signed(desk: Desk, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["inside.proxy"]
    form = desk.world.whatsapp_form(ASHA, f"hello {MARK}")
    assert desk.post("/hooks/whatsapp/", form, HTTP_HOST="inside.proxy").status_code == 200


def test_an_address_with_a_query_is_signed_with_it(desk: Desk) -> None:
    form = desk.world.whatsapp_form(ASHA, f"hello {MARK}")
    assert desk.post("/hooks/whatsapp/?region=in", form).status_code == 200


def test_unknown_and_empty_parameters_are_ignored(desk: Desk) -> None:
    form = desk.world.whatsapp_form(ASHA, f"नमस्ते 👋 {MARK}")
    form |= {"SomethingNew": "यह", "Empty": "", "ReferralBody": "x"}
    assert desk.post("/hooks/whatsapp/", form).status_code == 200
    desk.work()
    assert next(notice for _, notice, _ in desk.said()) == "referral"
    assert desk.said()[1][2] == f"नमस्ते 👋 {MARK}"


def test_a_body_of_a_megabyte_is_too_large(desk: Desk) -> None:
    form = desk.world.whatsapp_form(ASHA, MARK) | {"Body": "x" * 400_000}
    assert desk.post("/hooks/whatsapp/", form).status_code == 413
    raw = b"Body=" + b"x" * 1_000_000
    assert desk.client.post("/hooks/whatsapp/", raw, content_type=FORM).status_code in (400, 413)
    assert not InboundEvent.objects.exists()


@pytest.mark.parametrize("body", [b"Body=\xff\xfe", b"Body=%FF%FE&From=x", b"\x00\x01\x02=%"])
def test_broken_utf_8_is_refused_in_plain_terms(desk: Desk, body: bytes) -> None:
    answer = desk.client.post("/hooks/whatsapp/", body, content_type=FORM)
    assert answer.status_code in (400, 403)
    assert not InboundEvent.objects.exists()


def test_without_an_id_of_its_own_it_cannot_be_a_message(desk: Desk) -> None:
    form = desk.world.whatsapp_form(ASHA, f"hello {MARK}")
    del form["MessageSid"]
    assert desk.post("/hooks/whatsapp/", form).status_code == 400
    assert not InboundEvent.objects.exists()


def test_without_a_sender_it_is_kept_as_a_dead_letter(desk: Desk) -> None:
    form = desk.world.whatsapp_form(ASHA, f"hello {MARK}")
    del form["From"]
    assert desk.post("/hooks/whatsapp/", form).status_code == 200
    desk.work()
    event = InboundEvent.objects.get()
    assert (event.state, event.problem) == ("dead", "no_sender")
    assert event.sealed is not None


def test_somebody_without_a_number_is_taken_in_and_answered_all_the_same(desk: Desk) -> None:
    desk.whatsapp(IMRAN, f"hello {MARK}")
    desk.work()
    with acting(part="intake"):
        assert Identity.objects.get().scheme == "bsuid"
    (hello,) = desk.world.messages_to(IMRAN)
    assert "not alone" in hello["body"]


def test_an_account_is_known_by_its_own_id_when_its_number_changes(desk: Desk) -> None:
    desk.whatsapp(KABIR, f"one {MARK}", external_user_id=KABIR_ID)
    desk.whatsapp("whatsapp:+447700900199", f"two {MARK}", external_user_id=KABIR_ID)
    desk.whatsapp(f"whatsapp:{KABIR_ID}", f"three {MARK}")
    desk.work()
    (conversation,) = desk.conversations()
    said = desk.said(conversation)
    assert [words for way, notice, words in said if way == "in" and not notice] == [
        f"{word} {MARK}" for word in ("one", "two", "three")
    ]
    assert [notice for _, notice, words in said if not words] == ["sign_number"]
    with acting(part="intake"):
        assert Identity.objects.count() == 3
        assert unseal(Identity.objects.get(current=True), "value") == KABIR_ID


def test_another_number_is_another_person(desk: Desk) -> None:
    desk.whatsapp(ASHA, f"hello {MARK}")
    desk.whatsapp(KABIR, f"hello {MARK}")
    desk.work()
    assert len(desk.conversations()) == 2


def test_a_picture_is_noted_never_fetched_answered_gently_and_deleted_at_the_provider(
    desk: Desk,
) -> None:
    desk.whatsapp(ASHA, "", pictures=2)
    desk.work()
    said = desk.said()
    assert [(way, notice) for way, notice, _ in said if way == "in"] == [("in", "image")] * 2
    assert any(notice == "media_image" for _, notice, _ in said)
    assert desk.world.ledger()["Media"]
    assert all(m["fetched"] == 0 and m["deleted"] for m in desk.world.ledger()["Media"])
    assert not [m for m in desk.world.messages(sender=ASHA) if m["held"]]


def test_the_gentle_answer_to_pictures_is_not_repeated(desk: Desk) -> None:
    for _ in range(3):
        desk.whatsapp(ASHA, "", pictures=1)
    desk.work()
    assert [notice for _, notice, _ in desk.said()].count("media_image") == 1


def test_deleting_at_the_provider_is_tried_until_it_is_done(desk: Desk) -> None:
    desk.whatsapp(ASHA, "", pictures=1)
    desk.world.misbehave("messages", "status", code=503, times=3)
    desk.work()
    (redact,) = desk.tidying()
    assert redact.state == "approved"
    assert redact.not_before > redact.created_at


def test_messages_of_one_sender_keep_their_order(desk: Desk) -> None:
    for count in range(5):
        desk.whatsapp(ASHA, f"{count} {MARK}")
    last = InboundEvent.objects.latest("received_at")
    arrival.process(last.pk)
    assert [words for way, _, words in desk.said() if way == "in"] == [
        f"{count} {MARK}" for count in range(5)
    ]


def test_a_poisoned_message_becomes_a_dead_letter_and_holds_nobody_up(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(_message: Message) -> None:
        raise ValueError(MARK)

    desk.whatsapp(ASHA, f"hello {MARK}")
    monkeypatch.setattr("intake.registry.on_message", [stumble])
    for _ in range(arrival.MOST_ATTEMPTS):
        InboundEvent.objects.update(leased_until=None)
        desk.work()
    event = InboundEvent.objects.get()
    assert (event.state, event.problem) == ("dead", "ValueError")
    with acting(part="intake"):
        assert not Conversation.objects.exists()
    monkeypatch.setattr("intake.registry.on_message", [])
    desk.whatsapp(ASHA, f"still here {MARK}")
    desk.work()
    assert desk.said()[0][2] == f"still here {MARK}"


def test_while_the_master_key_is_away_messages_are_stored_and_wait(
    desk: Desk, settings: Settings
) -> None:
    key_file = settings.AMAAN_MASTER_KEY_FILE
    settings.AMAAN_MASTER_KEY_FILE = "/nowhere"
    assert desk.whatsapp(ASHA, f"hello {MARK}").status_code == 200
    settings.AMAAN_MASTER_KEY_FILE = key_file
    desk.work()
    assert desk.said()[0][2] == f"hello {MARK}"


def test_nobody_knocks_with_get(desk: Desk) -> None:
    assert desk.client.get("/hooks/whatsapp/").status_code == 405


def test_the_public_address_is_the_one_of_the_settings(desk: Desk) -> None:
    form = desk.world.whatsapp_form(ASHA, f"hello {MARK}")
    signed = desk.world.sign("/hooks/whatsapp/", form, public="http://testserver")
    assert PUBLIC != "http://testserver"
    assert desk.post_raw("/hooks/whatsapp/", form, **signed).status_code == 403
