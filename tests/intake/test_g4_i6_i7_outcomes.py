"""G4, I6, I7: a fate never goes backwards; one click is one call; no free words out of time."""

import json
from collections import Counter
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest
from django.db.models import F

from accounts.models import User
from intake import outbox, services
from intake.models import (
    ApprovedText,
    Conversation,
    InboundEvent,
    OutboundMessage,
    SendingLine,
)
from privacy.access import acting
from privacy.services import NotPossible
from tests.counterparts import ASHA, ASHA_PHONE, IMRAN, SECRETS
from tests.intake.conftest import MARK, Desk

State = OutboundMessage.State
RANK = ["accepted", "failed", "delivered", "read"]
ORDERS = list(permutations(["sent", "failed", "delivered", "read"], 3))[::3]
BY = {"whatsapp": ASHA, "sms": ASHA_PHONE, "meta": ASHA}


def arrive(desk: Desk, by: str, sender: str) -> Conversation:
    if by == "meta":
        desk.meta({"sender": sender, "body": f"hello {MARK}"})
    elif by == "sms":
        desk.sms(sender, f"hello {MARK}")
    else:
        desk.whatsapp(sender, f"hello {MARK}")
    desk.work()
    return desk.conversations()[-1]


def tell(desk: Desk, by: str, row: OutboundMessage, word: str) -> int:
    """The provider tells how a message fares."""
    if by == "meta":
        status = {"id": "wamid.x", "status": word, "biz_opaque_callback_data": row.pk.hex}
        value = {
            "metadata": {"phone_number_id": SECRETS["META_PHONE_NUMBER_ID"]},
            "statuses": [status],
        }
        body = json.dumps({"entry": [{"changes": [{"value": value}]}]}).encode()
        return int(desk.post_meta(body).status_code)
    form = {"MessageSid": row.provider_ref, "MessageStatus": word}
    return int(desk.post(f"/hooks/{by}/status/{row.pk}/", form).status_code)


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("order", ORDERS)
def test_g4_in_any_order_repeated_or_missing_a_fate_never_goes_backwards(
    desk: Desk, by: str, order: tuple[str, ...]
) -> None:
    arrive(desk, by, BY[by])
    (row,) = desk.outbound()
    assert row.state == State.ACCEPTED
    best = 0
    for word in (*order, order[0], "invented-yesterday", order[1]):
        assert tell(desk, by, row, word) == 200
        desk.work()
        state = {"sent": "accepted"}.get(word, word)
        best = max(best, RANK.index(state) if state in RANK else 0)
        assert desk.outbound()[0].state == RANK[best]
    unknown = InboundEvent.objects.filter(kind="status", state="done").count()
    assert unknown == len({*order, "invented-yesterday"})


def answer(conversation: Conversation, amina: User, **what: Any) -> None:
    with acting(user=amina):
        services.reply(conversation, by=amina, **what)


def later(**by: timedelta) -> None:
    with acting(part="delivery"):
        OutboundMessage.objects.update(**{name: F(name) - one for name, one in by.items()})
    SendingLine.objects.update(rests_until=None)


def accepted(desk: Desk, sender: str) -> Counter[str]:
    """What the provider took of ours for this person, by its words."""
    return Counter(message["body"] for message in desk.world.messages_to(sender))


FAULTS: list[dict[str, Any]] = [
    {"what": "status", "code": 429, "retry_after": 1},
    {"what": "status", "code": 500},
    {"what": "status", "code": 503},
    {"what": "drop"},
    {"what": "accept-then-drop"},
]


@pytest.mark.parametrize("by", ["whatsapp", "meta"])
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault['what']}{fault.get('code')}")
def test_i6_one_click_is_one_message_whatever_the_provider_does(
    desk: Desk, amina: User, by: str, fault: dict[str, Any]
) -> None:
    conversation = arrive(desk, by, ASHA)
    desk.give(conversation, amina)
    where = "graph" if by == "meta" else "messages"
    answer(conversation, amina, text=f"I am here {MARK}", client_key="form-1")
    answer(conversation, amina, text=f"I am here {MARK}", client_key="form-1")
    facts = {name: value for name, value in fault.items() if name != "what"}
    desk.world.misbehave(where, fault["what"], times=1, **facts)
    for _ in range(4):
        desk.work()
        outbox.deliver()
    row = desk.outbound()[-1]
    if fault.get("code") == 429:
        assert row.state == State.APPROVED  # certainly not sent: again later
    else:
        assert row.state == State.UNKNOWN  # may have been sent: never again blindly
    for _ in range(6):
        later(not_before=timedelta(minutes=20), settled_at=timedelta(minutes=3))
        desk.work()
    assert accepted(desk, ASHA)[f"I am here {MARK}"] <= 1
    row = desk.outbound()[-1]
    settled = State.UNKNOWN if by == "meta" and fault.get("code") != 429 else State.ACCEPTED
    assert row.state == settled


def shut(conversation: Conversation) -> None:
    with acting(part="intake"):
        Conversation.objects.filter(pk=conversation.pk).update(
            last_inbound_at=F("last_inbound_at") - timedelta(hours=25)
        )


def approve(carrier: str, ref: str, language: str = "en", **more: Any) -> ApprovedText:
    made: ApprovedText = ApprovedText.objects.create(
        code="answer_waiting",
        carrier=carrier,
        language=language,
        provider_ref=ref,
        text=f"There is a new answer for you ({language}).",
        approved_on=date(2026, 1, 1),
        **more,
    )
    return made


CARRIER = {"whatsapp": "whatsapp", "meta": "cloud"}
REF = {"whatsapp": "HX" + "0" * 31 + "1", "meta": "answer_waiting"}


@pytest.mark.parametrize("by", CARRIER)
@pytest.mark.parametrize("person", [ASHA, IMRAN])
def test_i7_after_a_day_free_words_are_refused_and_an_approved_text_goes(
    desk: Desk, amina: User, by: str, person: str
) -> None:
    conversation = arrive(desk, by, person)
    desk.give(conversation, amina)
    approve(CARRIER[by], REF[by])
    desk.world.let_pass(person, 25)
    shut(conversation)
    calls = len(desk.outbound())
    with pytest.raises(NotPossible):
        answer(conversation, amina, text=f"free {MARK}")
    with pytest.raises(NotPossible):
        answer(conversation, amina, template="no_such_text")
    assert len(desk.outbound()) == calls
    with acting(user=amina):
        (offered,) = services.approved_texts(conversation)
    answer(conversation, amina, template=offered.code)
    desk.work()
    row = desk.outbound()[-1]
    assert (row.state, row.template) == (State.ACCEPTED, "answer_waiting")
    sent = desk.world.messages_to(person)[-1]
    assert sent["body"] == ""
    assert sent["content_sid"].startswith(REF[by])
    assert desk.said()[-1][2] == offered.text


@pytest.mark.parametrize("by", CARRIER)
def test_i7_words_that_waited_until_the_window_shut_never_reach_the_provider(
    desk: Desk, amina: User, by: str
) -> None:
    conversation = arrive(desk, by, ASHA)
    desk.give(conversation, amina)
    answer(conversation, amina, text=f"free {MARK}")
    shut(conversation)
    desk.work()
    row = desk.outbound()[-1]
    assert (row.state, row.problem) == (State.FAILED, "needs_template")
    assert accepted(desk, ASHA)[f"free {MARK}"] == 0
    assert not desk.world.ledger()["Refusal"]


def test_i7_a_text_is_offered_in_their_language_else_in_ours_and_never_when_withdrawn(
    desk: Desk, amina: User
) -> None:
    conversation = arrive(desk, "whatsapp", ASHA)
    approve("whatsapp", "HX1")
    approve("whatsapp", "HX2", language="hi")
    approve("whatsapp", "HX3", language="fr", retired_on=date(2026, 2, 1))
    approve("cloud", "answer_waiting", language="ar")
    for language, found in (("hi", "HX2"), ("fr", "HX1"), ("ar", "HX1"), ("en", "HX1")):
        with acting(part="intake"):
            conversation.language = language
            assert [one.provider_ref for one in services.approved_texts(conversation)] == [found]


def test_i7_a_text_withdrawn_before_it_left_is_not_sent(desk: Desk, amina: User) -> None:
    conversation = arrive(desk, "whatsapp", ASHA)
    desk.give(conversation, amina)
    approve("whatsapp", REF["whatsapp"])
    answer(conversation, amina, template="answer_waiting")
    ApprovedText.objects.update(retired_on=date(2026, 2, 1))
    desk.work()
    row = desk.outbound()[-1]
    assert (row.state, row.problem) == (State.FAILED, "needs_template")
