"""What the webhooks did not bring or tell is asked for: every message once, marked as late."""

from datetime import timedelta

import pytest
from django.db.models import F

from accounts.models import User
from intake import asking, reconcile, services, troubles
from intake.models import InboundEvent, Message, OutboundMessage
from privacy.access import acting
from privacy.clock import database_now
from tests.counterparts import ASHA, ASHA_PHONE, IMRAN
from tests.intake.conftest import MARK, Desk

State = OutboundMessage.State


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is on its way: the world's webhooks are not connected."""
    monkeypatch.setattr(reconcile, "ON_ITS_WAY", timedelta(seconds=-5))


def test_what_came_while_we_were_away_is_fetched_once_in_order_and_marked(desk: Desk) -> None:
    desk.whatsapp(ASHA, f"zero {MARK}")
    desk.work()
    for text in ("one", "two", "three"):
        desk.world.whatsapp_form(ASHA, f"{text} {MARK}")
    desk.world.whatsapp_form(IMRAN, f"me too {MARK}")
    assert reconcile.arrivals() == 4
    assert reconcile.arrivals() == 0
    desk.work()
    assert reconcile.arrivals() == 0
    hers, his = desk.conversations()
    came = [(notice, words) for way, notice, words in desk.said(hers) if way == "in"]
    assert [words for _, words in came if words] == [
        f"{word} {MARK}" for word in ("zero", "one", "two", "three")
    ]
    assert [notice for notice, _ in came].count("late") == 3
    assert desk.said(his)[0][:2] == ("in", "late")
    assert InboundEvent.objects.filter(kind="message", late=True, state="done").count() == 4


def test_somebody_who_comes_late_is_answered_once(desk: Desk) -> None:
    desk.whatsapp(ASHA, f"zero {MARK}")
    desk.work()
    with acting(part="intake"):
        (conversation,) = desk.conversations()
        conversation.step = conversation.Step.STOPPED
        conversation.save(update_fields=["step"])
        Message.objects.update(at=F("at") - timedelta(hours=2))
    before = len(desk.world.messages_to(ASHA))
    for text in ("one", "two", "three"):
        desk.world.whatsapp_form(ASHA, f"{text} {MARK}")
    reconcile.arrivals()
    desk.work()
    assert len(desk.world.messages_to(ASHA)) == before + 1


def test_the_webhook_that_comes_after_all_adds_nothing(desk: Desk) -> None:
    form = desk.world.whatsapp_form(ASHA, f"hello {MARK}")
    reconcile.arrivals()
    assert desk.post("/hooks/whatsapp/", form).status_code == 200
    desk.work()
    assert [words for way, _, words in desk.said() if way == "in" and words] == [f"hello {MARK}"]


def test_a_webhook_on_its_way_is_waited_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconcile, "ON_ITS_WAY", timedelta(minutes=2))
    desk.world.whatsapp_form(ASHA, f"hello {MARK}")
    assert reconcile.arrivals() == 0


def test_late_pictures_and_sms_are_fetched_too_and_no_picture_is_opened(desk: Desk) -> None:
    desk.world.whatsapp_form(ASHA, "", pictures=1)
    desk.world.whatsapp_form(ASHA_PHONE, f"look {MARK}", pictures=2, media_type="video/mp4")
    assert reconcile.arrivals() == 2
    desk.work()
    notices = [notice for way, notice, _ in desk.said() if way == "in"]
    assert sorted(notices) == ["", "image", "late", "late", "video", "video"]
    media = desk.world.ledger()["Media"]
    assert all(one["fetched"] == 0 and one["deleted"] for one in media)


def test_while_twilio_does_not_answer_the_next_round_asks_again(desk: Desk) -> None:
    desk.world.whatsapp_form(ASHA, f"hello {MARK}")
    desk.world.misbehave("messages", "status", code=503, times=1)
    assert reconcile.arrivals() == 0
    assert reconcile.arrivals() == 1


def test_refused_credentials_are_a_trouble_until_the_list_is_open_again(desk: Desk) -> None:
    desk.world.misbehave("messages", "status", code=401, times=2)
    reconcile.arrivals()
    assert {(one.carrier, one.problem) for one in troubles.standing()} == {
        ("whatsapp", "credentials"),
        ("sms", "credentials"),
    }
    reconcile.arrivals()
    assert troubles.standing() == []


def test_a_dead_letter_does_not_stay_at_the_provider(desk: Desk) -> None:
    form = desk.world.whatsapp_form(ASHA, f"hello {MARK}")
    del form["From"]
    desk.post("/hooks/whatsapp/", form)
    assert InboundEvent.objects.get().state == "dead"
    reconcile.arrivals()
    assert not [one for one in desk.world.messages(sender=ASHA) if one["held"]]


def test_how_a_sent_message_fares_is_asked_when_nobody_told(desk: Desk, amina: User) -> None:
    desk.world.misbehave("callbacks", "none")
    desk.whatsapp(ASHA, f"hello {MARK}")
    desk.work()
    (conversation,) = desk.conversations()
    desk.give(conversation, amina)
    with acting(user=amina):
        services.reply(conversation, text=f"I am here {MARK}", by=amina)
    desk.work()
    for message in desk.world.messages_to(ASHA):
        desk.world.settle(message["id"], "delivered")
    assert asking.ask_how_they_fared() == 0  # too early
    with acting(part="delivery"):
        OutboundMessage.objects.update(created_at=F("created_at") - timedelta(minutes=11))
    assert asking.ask_how_they_fared() == 2
    assert {row.state for row in desk.outbound()} == {State.DELIVERED}
    assert all(row.asked_at is not None for row in desk.outbound())
    assert asking.ask_how_they_fared() == 0


def test_nobody_is_asked_twice_in_a_row_about_the_same(desk: Desk) -> None:
    desk.world.misbehave("callbacks", "none")
    desk.whatsapp(ASHA, f"hello {MARK}")
    desk.work()
    with acting(part="delivery"):
        OutboundMessage.objects.update(created_at=F("created_at") - timedelta(minutes=11))
    asking.ask_how_they_fared()
    (row,) = desk.outbound()
    assert row.state == State.ACCEPTED
    assert row.asked_at is not None
    before = row.asked_at
    asking.ask_how_they_fared()
    assert desk.outbound()[0].asked_at == before < database_now()
