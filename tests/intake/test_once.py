"""The same arrival a hundred times, from many threads at once, is one message."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from intake import services, tasks
from intake.channels.base import Webhook
from intake.channels.whatsapp import WHATSAPP
from intake.inbound import Address, Inbound, MediaNotice, key_of_content, key_of_id
from intake.models import InboundEvent
from tests.counterparts import ASHA
from tests.intake.conftest import MARK, Desk


@pytest.mark.django_db(transaction=True)
def test_a_webhook_repeated_by_eight_at_once_is_one_message(desk: Desk) -> None:
    form = desk.world.whatsapp_form(ASHA, f"hello {MARK}")

    def knock(_turn: int) -> int:
        try:
            return desk.post("/hooks/whatsapp/", form).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(knock, range(100)))
    assert set(answers) == {200}
    assert InboundEvent.objects.count() == 1

    def work(_turn: int) -> int:
        try:
            return tasks.process_waiting()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(work, range(4))) == 1
    assert [words for way, _, words in desk.said() if way == "in"] == [f"hello {MARK}"]


def test_repeated_after_it_was_processed_it_is_still_one_message(desk: Desk) -> None:
    form = desk.world.whatsapp_form(ASHA, f"hello {MARK}")
    desk.post("/hooks/whatsapp/", form)
    desk.work()
    assert desk.post("/hooks/whatsapp/", form).status_code == 200
    desk.work()
    assert [words for way, _, words in desk.said() if way == "in"] == [f"hello {MARK}"]


def test_what_is_stored_comes_back_as_it_was() -> None:
    inbound = Inbound(
        provider="twilio",
        kind="message",
        key=key_of_id("SM1"),
        channel="whatsapp",
        sender=Address("number", "+447700900101"),
        also=(Address("bsuid", "IN.1"),),
        text="नमस्ते\n👋",
        media=(MediaNotice("image", 12), MediaNotice("audio")),
        references=("a", "b"),
        extra={"size": "1"},
    )
    assert Inbound.from_bytes(inbound.to_bytes()) == inbound


def test_a_stored_arrival_of_a_later_schema_is_not_guessed_at() -> None:
    with pytest.raises(ValueError, match="schema"):
        Inbound.from_bytes(b'{"schema": 99}')


def test_keys_and_lanes_tell_nobody_who_wrote() -> None:
    inbound = Inbound(
        provider="smtp",
        kind="message",
        key=key_of_content("x@y.example", "short"),
        channel="email",
        sender=Address("address", "x@y.example"),
    )
    assert len(inbound.lane) == len(inbound.key) == 64
    assert inbound.lane != key_of_content("email:address:x@y.example")


@pytest.mark.usefixtures("db")
def test_receive_says_whether_it_was_new() -> None:
    hook = Webhook("/", {}, b"MessageSid=SM1&From=whatsapp%3A%2B447700900101&Body=hi")
    (inbound,) = WHATSAPP.parse(hook)
    with transaction.atomic():
        assert services.receive(inbound) is True
        assert services.receive(inbound) is False
