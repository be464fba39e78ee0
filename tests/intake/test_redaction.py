"""Providers keep no copy of what came or went: deleting it is tried until it is confirmed."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from intake import copies, services, troubles
from intake.models import Conversation, MediaHold, Message, OutboundMessage
from privacy.access import NotAllowed, acting
from privacy.models import AuditEvent
from privacy.services import NotPossible
from tests.counterparts import ASHA, ASHA_PHONE
from tests.intake.conftest import MARK, Desk

State = OutboundMessage.State


def held(desk: Desk, person: str = ASHA) -> list[str]:
    """What Twilio still holds of this person's messages, either way."""
    return [m["direction"] for m in desk.world.messages(**{"with": person}) if m["held"]]


def later(**by: timedelta) -> None:
    with acting(part="delivery"):
        OutboundMessage.objects.update(**{name: F(name) - one for name, one in by.items()})


def banners(person: User) -> str:
    """What stands on top of the desk for somebody."""
    client = Client()
    client.force_login(person)
    return client.get("/team/").content.decode()


@pytest.mark.parametrize("person", [ASHA, ASHA_PHONE])
def test_f4_every_message_that_came_is_deleted_at_twilio_once_it_is_ours(
    desk: Desk, person: str
) -> None:
    form = desk.world.whatsapp_form(person, f"hello {MARK}")
    desk.post("/hooks/whatsapp/" if person == ASHA else "/hooks/sms/", form)
    assert held(desk, person) == ["inbound"]
    desk.work()
    assert "inbound" not in held(desk, person)
    (arrival, *_) = desk.tidying()
    assert (arrival.state, arrival.priority) == (State.ACCEPTED, 9)


def test_what_we_sent_is_deleted_when_it_was_read_at_once_when_delivered_soon(desk: Desk) -> None:
    desk.whatsapp(ASHA, f"hello {MARK}")
    desk.work()
    row = desk.outbound()[0]
    path = f"/hooks/whatsapp/status/{row.pk}/"
    desk.world.settle(row.provider_ref, "delivered")
    desk.post(path, {"MessageSid": row.provider_ref, "MessageStatus": "delivered"})
    desk.work()
    assert held(desk) == ["outbound-api"]  # "read" may still be told
    desk.world.settle(row.provider_ref, "read")
    desk.post(path, {"MessageSid": row.provider_ref, "MessageStatus": "read"})
    desk.work()
    assert held(desk) == []
    assert desk.outbound()[0].state == State.READ


def test_what_we_sent_and_never_heard_of_is_deleted_after_a_day(desk: Desk) -> None:
    desk.whatsapp(ASHA, f"hello {MARK}")
    desk.work()
    desk.world.settle(desk.outbound()[0].provider_ref, "delivered")
    later(not_before=timedelta(hours=23))
    desk.work()
    assert held(desk) == ["outbound-api"]
    later(not_before=timedelta(hours=2))
    desk.work()
    assert held(desk) == []


def test_f4_deleting_is_tried_again_until_confirmed_and_a_day_late_is_a_trouble(
    desk: Desk, sofia: User
) -> None:
    desk.whatsapp(ASHA, f"hello {MARK}")
    desk.world.misbehave("messages", "status", code=503)
    for _ in range(12):
        desk.work()
        later(not_before=timedelta(hours=1))
    row = desk.tidying()[0]
    assert row.state == State.APPROVED
    assert row.attempts >= 10
    assert copies.watch() == 0
    later(created_at=timedelta(hours=25))
    assert copies.watch() >= 1
    assert ("twilio_redact", "overdue") in {(t.carrier, t.problem) for t in troubles.standing()}
    assert "Deleting copies at Twilio" in banners(sofia)
    desk.world.behave()
    later(not_before=timedelta(hours=1))
    desk.work()
    assert "inbound" not in held(desk)
    assert desk.tidying()[0].state == State.ACCEPTED


def test_f4_gone_already_is_gone_and_both_answers_are_kept_as_proof(desk: Desk) -> None:
    desk.post("/hooks/whatsapp/", desk.world.whatsapp_form(ASHA, f"hello {MARK}"))
    desk.world.reset()
    desk.work()
    first = desk.tidying()[0]
    assert (first.state, first.proof) == (State.ACCEPTED, "404")
    desk.post("/hooks/whatsapp/", desk.world.whatsapp_form(ASHA, f"and more {MARK}"))
    desk.work()
    done = [row.proof for row in desk.tidying() if row.state == State.ACCEPTED]
    assert done == ["404", "204"]


def test_a_wish_to_be_deleted_hastens_every_copy(desk: Desk) -> None:
    desk.whatsapp(ASHA, f"hello {MARK}")
    desk.work()
    desk.world.settle(desk.outbound()[0].provider_ref, "delivered")
    assert held(desk) == ["outbound-api"]
    (conversation,) = desk.conversations()
    assert copies.hasten(conversation) == 1
    desk.work()
    assert held(desk) == []


@pytest.fixture
def picture(desk: Desk, amina: User, settings: Settings) -> Message:
    """A picture came while the policy allows it to be held; amina has the conversation."""
    settings.HOLD_MEDIA_FOR_POLICE = True
    desk.whatsapp(ASHA, "", pictures=1)
    desk.work()
    (conversation,) = desk.conversations()
    desk.give(conversation, amina)
    with acting(part="intake"):
        found: Message = Message.objects.select_related("event").get(kind=Message.Kind.MEDIA)
        return found


def there(desk: Desk) -> bool:
    (media,) = desk.world.ledger()["Media"]
    assert media["fetched"] == 0
    return not media["deleted"]


def test_h5_deleting_is_the_rule_and_holding_a_named_persons_logged_choice(
    desk: Desk, picture: Message, amina: User, ben: User
) -> None:
    assert there(desk)  # some hours are left for the choice
    with acting(user=ben), pytest.raises(NotAllowed):
        copies.hold(picture, days=7, by=ben)
    with acting(user=amina), pytest.raises(NotPossible):
        copies.hold(picture, days=15, by=amina)
    with acting(user=amina):
        copies.hold(picture, days=7, by=amina)
    with acting(part="delivery"):
        kept = MediaHold.objects.get()
    assert kept.held_by == amina
    assert AuditEvent.objects.get(verb="media_held").actor == str(amina.pk)
    later(not_before=timedelta(days=6))
    desk.work()
    assert there(desk)
    later(not_before=timedelta(days=2))
    desk.work()
    assert not there(desk)
    with acting(part="delivery"):
        assert MediaHold.objects.get().ended_at is not None


def test_h5_without_a_choice_the_copy_goes_by_itself(desk: Desk, picture: Message) -> None:
    later(not_before=timedelta(hours=13))
    desk.work()
    assert not there(desk)


def test_h5_a_choice_can_be_taken_back(desk: Desk, picture: Message, amina: User) -> None:
    with acting(user=amina):
        kept = copies.hold(picture, days=7, by=amina)
        copies.release(kept, by=amina)
    desk.work()
    assert not there(desk)


def test_h5_with_the_policy_off_nothing_is_held(
    desk: Desk, amina: User, settings: Settings
) -> None:
    assert not settings.HOLD_MEDIA_FOR_POLICE
    desk.whatsapp(ASHA, "", pictures=1)
    desk.work()
    assert not there(desk)
    (conversation,) = desk.conversations()
    desk.give(conversation, amina)
    with acting(part="intake"):
        found = Message.objects.get(kind=Message.Kind.MEDIA)
    with acting(user=amina), pytest.raises(NotPossible):
        copies.hold(found, days=1, by=amina)


def test_a_wish_to_be_deleted_leaves_what_a_person_holds(
    desk: Desk, picture: Message, amina: User
) -> None:
    with acting(user=amina):
        copies.hold(picture, days=7, by=amina)
    with acting(part="intake"):
        copies.hasten(Conversation.objects.get())
    desk.work()
    assert there(desk)


def test_deleting_waits_behind_what_somebody_waits_for(desk: Desk, amina: User) -> None:
    desk.whatsapp(ASHA, f"hello {MARK}")
    desk.work()
    (conversation,) = desk.conversations()
    desk.give(conversation, amina)
    with acting(user=amina):
        services.reply(conversation, text=f"I am here {MARK}", by=amina)
    later(not_before=timedelta(hours=25))
    with acting(part="delivery"):
        rows = OutboundMessage.objects.filter(state=State.APPROVED).order_by("priority")
        assert [row.carrier for row in rows] == ["whatsapp", "twilio_redact"]
