"""What the desk asks of every arrival does not take a batch of them apart."""

from collections import Counter
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from intake import arrival, services
from intake.inbound import Address, Inbound, key_of_id
from intake.models import Message
from privacy.access import acting

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 20


def arrive(number: int, turn: int) -> None:
    """A message by WhatsApp of one of many people, stored and not yet processed."""
    sid = f"SM{number:05d}{turn:05d}"
    sender = Address("number", f"+4477009{number:05d}")
    services.receive(
        Inbound(
            provider="twilio",
            kind="message",
            key=key_of_id(sid),
            channel="whatsapp",
            sender=sender,
            text=f"word {turn}",
            provider_ref=sid,
        )
    )


@pytest.mark.parametrize("known", [False, True], ids=["new senders", "known senders"])
def test_safe_contact_is_asked_without_taking_a_batch_apart(amina: User, known: bool) -> None:
    """Each arrival once in the message table's one INSERT, with every later stage listening."""
    for number in range(MANY if known else 0):
        arrive(number, 0)
    arrival.work()
    inserts: Counter[str] = Counter()

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("INSERT"):
            inserts[sql.split('"')[1]] += 1
        return execute(sql, params, many, context)

    for number in range(MANY):
        arrive(number, 1)
    with connection.execute_wrapper(count):
        arrival.work()
    assert inserts["intake_message"] == inserts["intake_outboundmessage"] == 1
    with acting(part="intake"):
        assert Message.objects.filter(direction="in").count() == MANY * (1 + known)
