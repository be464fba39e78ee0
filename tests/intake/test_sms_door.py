"""An SMS comes in by its own door and is answered by its own number; the rest is as by WhatsApp."""

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from intake import services
from intake.models import Identity, InboundEvent, OutboundMessage
from privacy.access import acting
from privacy.fields import unseal
from tests.counterparts import ASHA, ASHA_PHONE, SECRETS
from tests.intake.conftest import MARK, Desk


def test_an_sms_becomes_an_entry_and_is_answered_by_sms(desk: Desk) -> None:
    answer = desk.sms(ASHA_PHONE, f"hello {MARK}")
    assert answer.status_code == 200
    assert answer.content.endswith(b"<Response />")
    desk.work()
    (conversation,) = desk.conversations()
    assert conversation.channel == "sms"
    assert desk.said()[0] == ("in", "", f"hello {MARK}")
    hello = desk.world.messages_to(ASHA_PHONE)[0]
    assert hello["sender"] == SECRETS["TWILIO_SMS_FROM"]
    assert "not alone" in hello["body"]
    assert f"/hooks/sms/status/{desk.outbound()[0].pk}/" in hello["status_callback"]
    with acting(part="intake"):
        identity = Identity.objects.get()
        assert (identity.scheme, identity.carrier) == ("number", "sms")
        assert unseal(identity, "value") == ASHA_PHONE


def test_the_same_number_by_sms_and_by_whatsapp_is_two_conversations(desk: Desk) -> None:
    desk.sms(ASHA_PHONE, f"hello {MARK}")
    desk.whatsapp(ASHA, f"hello {MARK}")
    desk.work()
    assert sorted(one.channel for one in desk.conversations()) == ["sms", "whatsapp"]


def test_a_callback_tells_how_an_sms_fares_and_never_backwards(desk: Desk) -> None:
    desk.sms(ASHA_PHONE, f"hello {MARK}")
    desk.work()
    row = desk.outbound()[0]
    seen = []
    for word in ("delivered", "sent", "undelivered", "invented"):
        form = {"MessageSid": row.provider_ref, "MessageStatus": word}
        assert desk.post(f"/hooks/sms/status/{row.pk}/", form).status_code == 200
        desk.work()
        seen.append(desk.outbound()[0].state)
    assert seen == ["delivered"] * 4


def test_an_sms_may_be_answered_after_a_day(desk: Desk, amina: User) -> None:
    desk.sms(ASHA_PHONE, f"hello {MARK}")
    desk.work()
    (conversation,) = desk.conversations()
    desk.give(conversation, amina)
    with acting(part="intake"):
        conversation.last_inbound_at = conversation.started_at.replace(year=2020)
        conversation.save(update_fields=["last_inbound_at"])
    with acting(user=amina):
        services.reply(conversation, text=f"still here {MARK}", by=amina)
    desk.work()
    assert desk.outbound()[-1].state == OutboundMessage.State.ACCEPTED


def test_a_picture_by_sms_is_noted_and_deleted_at_the_provider(desk: Desk) -> None:
    desk.sms(ASHA_PHONE, "", pictures=1)
    desk.work()
    assert desk.said()[0][:2] == ("in", "image")
    (media,) = desk.world.ledger()["Media"]
    assert media["fetched"] == 0
    assert media["deleted"]


@pytest.mark.parametrize(
    ("door", "setting"),
    [("/hooks/sms/", "TWILIO_SMS_FROM"), ("/hooks/whatsapp/", "TWILIO_WHATSAPP_FROM")],
)
def test_a_line_that_is_not_in_use_is_a_closed_door(
    desk: Desk, settings: Settings, door: str, setting: str
) -> None:
    form = desk.world.whatsapp_form(ASHA, f"hello {MARK}")
    setattr(settings, setting, "")
    assert desk.post(door, form).status_code == 403
    assert not InboundEvent.objects.exists()


def test_the_signature_of_whatsapps_door_does_not_open_this_one(desk: Desk) -> None:
    form = desk.world.whatsapp_form(ASHA_PHONE, f"hello {MARK}")
    signed = desk.world.sign("/hooks/whatsapp/", form)
    assert desk.post_raw("/hooks/sms/", form, **signed).status_code == 403
    assert Client().get("/hooks/sms/").status_code == 405
