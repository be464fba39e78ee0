"""Arrivals of many senders in one transaction: what harms one harms no other, and none is lost."""

import os
import signal
import threading
from collections import Counter
from typing import Any

import pytest
from django.db import connection, connections

from intake import arrival, handling, services, turns
from intake.inbound import Address, Inbound, key_of_id
from intake.models import Conversation, Identity, InboundEvent, Message, OutboundMessage
from privacy import keys
from privacy.access import acting
from privacy.fields import unseal
from privacy.models import AuditEvent, DataKey, Folder
from tests.intake.conftest import MARK, Desk

POISON = "poison"


def arrive(number: int, turn: int = 0, text: str = "") -> None:
    """A message by WhatsApp from one of many people, stored and not yet processed."""
    sid = f"SM{number:05d}{turn:05d}"
    services.receive(
        Inbound(
            provider="twilio",
            kind="message",
            key=key_of_id(sid),
            channel="whatsapp",
            sender=Address("number", f"+4477009{number:05d}"),
            text=text or f"word {turn} of {number} {MARK}",
            provider_ref=sid,
        )
    )


def said() -> dict[str, list[str]]:
    """What each person said, by their address, in the order of their conversation."""
    found: dict[str, list[str]] = {}
    with acting(part="intake"):
        who = {row.conversation_id: unseal(row, "value") for row in Identity.objects.all()}
        for row in Message.objects.filter(direction="in").order_by("order"):
            found.setdefault(who[row.conversation_id] or "", []).append(unseal(row, "body") or "")
    return found


def answered() -> Counter[object]:
    """How many automatic answers wait to leave, by conversation."""
    with acting(part="delivery"):
        rows = OutboundMessage.objects.exclude(message=None)
        return Counter(rows.values_list("conversation", flat=True))


@pytest.fixture
def poison(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A word that no arrival with it survives."""
    real = handling.handle

    def trip(event: InboundEvent, inbound: Inbound) -> str:
        problem = real(event, inbound)
        if inbound.text == POISON:
            raise ValueError("it trips at the last moment")
        return problem

    monkeypatch.setattr(arrival, "handle", trip)


@pytest.mark.usefixtures("poison")
def test_one_poisonous_among_thirty_harms_none_and_is_dead_after_five_attempts() -> None:
    for number in range(30):
        arrive(number, text=POISON if number == 17 else "")
    arrival.work()
    assert len(said()) == 29
    assert InboundEvent.objects.filter(state="done").count() == 29
    bad = InboundEvent.objects.get(state="waiting")
    assert (bad.attempts, bad.problem) == (1, "ValueError")
    for attempt in range(2, arrival.MOST_ATTEMPTS + 1):
        assert arrival.work() == 0  # it rests
        InboundEvent.objects.update(leased_until=None)
        arrival.work()
        bad.refresh_from_db()
        assert bad.attempts == attempt
    assert (bad.state, bad.problem, bad.lane) == ("dead", "ValueError", "")
    assert bad.sealed is not None
    assert set(answered().values()) == {1}


@pytest.mark.usefixtures("poison")
def test_nothing_of_an_undone_batch_stays_and_each_is_on_record_once() -> None:
    for number in range(5):
        arrive(number, text=POISON if number == 0 else "")
    arrival.work()
    with acting(part="intake"):
        assert Conversation.objects.count() == Folder.objects.count() == 4
        folders = set(Folder.objects.values_list("pk", flat=True))
    assert Counter(AuditEvent.objects.filter(verb="arrived").values_list("folder")) == {
        (folder,): 1 for folder in folders
    }


@pytest.mark.usefixtures("desk")
def test_what_one_person_writes_keeps_its_order_among_many() -> None:
    for turn in range(20):
        for number in range(3):
            arrive(number, turn)
    arrival.work()
    assert len(said()) == 3
    for number in range(3):
        mine = said()[f"+4477009{number:05d}"]
        assert mine == [f"word {turn} of {number} {MARK}" for turn in range(20)]


@pytest.mark.usefixtures("desk")
def test_who_shouts_loudest_is_not_served_first() -> None:
    for turn in range(200):
        arrive(1, turn)
    arrive(2)
    arrival.work(most=1)
    heard = said()
    assert len(heard["+447700900002"]) == 1
    assert len(heard["+447700900001"]) == turns.MOST_OF_ONE


@pytest.mark.usefixtures("desk")
def test_a_batch_is_one_insert_a_table() -> None:
    inserts: Counter[str] = Counter()

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("INSERT"):
            inserts[sql.split('"')[1]] += 1
        return execute(sql, params, many, context)

    for number in range(20):
        arrive(number)
    with connection.execute_wrapper(count):
        arrival.work()
    assert len(said()) == 20
    assert set(inserts.values()) == {1}
    assert {"intake_message", "privacy_auditevent", "privacy_folder"} <= inserts.keys()


@pytest.mark.usefixtures("desk")
def test_the_keys_of_a_batch_are_on_disk_before_its_messages_are() -> None:
    """A message whose key is lost is a lost message: the keys' own database commits first."""
    seen: list[int] = []
    real = keys._insert

    def watch(made: Any) -> int:
        stored = real(made)
        seen.append(DataKey.objects.filter(folder__in=[one[0] for one in made]).count())
        assert connection.in_atomic_block  # the messages are not committed yet
        return stored

    arrive(1)
    arrive(2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "_insert", watch)
        arrival.work()
    with acting(part="intake"):
        folders = list(Folder.objects.values_list("pk", flat=True))
    assert seen == [DataKey.objects.filter(folder__in=folders).count()]
    assert seen[0] >= 2 * len(folders)


@pytest.mark.usefixtures("desk")
def test_without_its_keys_a_batch_is_not_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    arrive(1)
    monkeypatch.setattr(keys, "_insert", lambda _made: 0)
    arrival.work()
    assert said() == {}
    assert InboundEvent.objects.get().state == "waiting"


@pytest.mark.usefixtures("desk")
def test_without_its_record_a_batch_is_not_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    """D1: what cannot be put on record does not happen."""
    arrive(1)
    with monkeypatch.context() as patch:
        patch.setattr(AuditEvent, "save", lambda *_args, **_more: 1 / 0)
        arrival.work()
    assert said() == {}
    InboundEvent.objects.update(leased_until=None)
    arrival.work()
    assert len(said()) == 1


@pytest.mark.django_db(transaction=True)
def test_several_workers_at_once_do_each_arrival_once_and_in_order(desk: Desk) -> None:
    for turn in range(4):
        for number in range(25):
            arrive(number, turn)

    def work() -> None:
        try:
            arrival.work()
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    arrival.work()
    heard = said()
    assert len(heard) == 25
    for words in heard.values():
        assert [word.split()[1] for word in words] == ["0", "1", "2", "3"]


@pytest.mark.django_db(transaction=True)
def test_who_is_being_answered_meanwhile_is_waited_for_alone(desk: Desk) -> None:
    """Somebody else holds one conversation: the others of the batch do not wait with it."""
    for number in range(3):
        arrive(number)
    arrival.work()
    with acting(part="intake"):
        held = Identity.objects.order_by("first_seen_at").first()
    assert held is not None
    for number in range(3):
        arrive(number, 1)
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with acting(part="intake"):
                Conversation.objects.select_for_update().get(pk=held.conversation_id)
                locked.set()
                done.wait(10)
        finally:
            connections.close_all()

    def work() -> None:
        try:
            arrival.work()
        finally:
            connections.close_all()

    holder, worker = threading.Thread(target=hold), threading.Thread(target=work)
    holder.start()
    locked.wait(10)
    worker.start()
    for _ in range(100):
        if sum(len(words) == 2 for words in said().values()) == 2:
            break
        done.wait(0.05)
    else:
        pytest.fail("the others waited")
    done.set()
    holder.join()
    worker.join()
    assert [len(words) for words in said().values()] == [2, 2, 2]


def die_over(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Have a worker of its own process, started now, be killed while it handles some words."""
    real = handling.handle

    def handle(event: InboundEvent, inbound: Inbound) -> str:
        problem = real(event, inbound)
        if inbound.text == text:
            os.kill(os.getpid(), signal.SIGKILL)
        return problem

    connections.close_all()  # a forked process must not share them
    child = os.fork()
    if not child:
        monkeypatch.setattr(arrival, "handle", handle)
        arrival.work()
        os._exit(0)
    os.waitpid(child, 0)


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_a_batch_loses_nothing_and_doubles_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        arrive(number, text=POISON if number == 7 else "")
    die_over(monkeypatch, POISON)
    assert said() == {}
    assert set(InboundEvent.objects.values_list("state", "attempts")) == {("waiting", 1)}
    arrival.work()
    assert [len(words) for words in said().values()] == [1] * 12
    assert set(answered().values()) == {1}
    assert InboundEvent.objects.filter(state="done").count() == 12


@pytest.mark.django_db(transaction=True)
def test_what_kills_every_worker_is_dead_after_five_and_takes_nobody_with_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        arrive(number, text=POISON if number == 2 else "")
    for _ in range(arrival.MOST_ATTEMPTS + 1):
        die_over(monkeypatch, POISON)
    dead = InboundEvent.objects.get(state="dead")
    assert (dead.problem, dead.attempts) == ("worker_lost", arrival.MOST_ATTEMPTS)
    assert len(said()) == 5
    assert InboundEvent.objects.filter(state="done", attempts__lte=2).count() == 5
