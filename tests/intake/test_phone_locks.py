"""A caller's next step and the worker that stores the one before do not wait for each other."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from accounts.models import User
from intake import ahead, call_backs
from intake.identities import hashes_of
from intake.inbound import Inbound
from intake.models import Conversation, InboundEvent, LiveCall
from privacy import purposes
from privacy.access import acting
from privacy.gathering import gathered
from tests.intake.calling import Caller, give_telephone
from tests.intake.conftest import Desk

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_step_waits_for_no_batch_and_no_batch_for_a_step(desk: Desk, amina: User) -> None:
    """PostgreSQL checks a row's foreign keys again when one transaction writes it twice."""
    give_telephone(amina)
    caller = Caller(desk)
    caller.ring()
    desk.work()
    caller.press("language", "1")
    event = InboundEvent.objects.get(state="waiting")

    def next_step() -> str:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '1s'")
            return caller.press("safe", "1")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as threads, acting(part="intake"), gathered():
        inbound = Inbound.from_bytes(purposes.open_for_intake(bytes(event.sealed or b"")))
        assert ahead.look(hashes_of(inbound)) == set()  # the caller's conversation is held here
        assert threads.submit(next_step).result(20)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '1s'")
        call_backs.keep(Conversation.objects.get(), event, inbound)
    assert LiveCall.objects.get().state == LiveCall.State.RINGING
