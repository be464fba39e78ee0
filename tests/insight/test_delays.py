"""Work that stands still is seen on the board and by monitoring, and not by strangers."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from intake.inbound import Inbound, key_of_id
from intake.models import InboundEvent
from intake.services import queue, receive
from privacy.access import acting
from privacy.clock import database_now
from privacy.models import Folder, ScheduleRun
from tests import people

TOKEN = "monitoring's own"


@pytest.fixture
def monitored(settings: Settings) -> Client:
    settings.HEALTH_TOKEN = TOKEN
    return Client(headers={"Authorization": f"Bearer {TOKEN}"})


def arrived(minutes_ago: float) -> None:
    """A message that nobody has put into its conversation."""
    receive(Inbound(provider="twilio", kind="message", key=key_of_id("SM1"), channel="whatsapp"))
    InboundEvent.objects.update(received_at=database_now() - timedelta(minutes=minutes_ago))


def board(sofia: User) -> str:
    client = Client()
    client.force_login(sofia)
    return client.get("/team/").content.decode()


def test_r7_an_arrival_that_waits_for_two_minutes_is_on_the_board(sofia: User) -> None:
    arrived(minutes_ago=1)
    assert "are not in their conversations yet" not in board(sofia)
    arrived(minutes_ago=3)
    assert "are not in their conversations yet, the oldest for 0:03" in board(sofia)


def test_r7_an_answer_that_does_not_leave_is_on_the_board(sofia: User) -> None:
    conversation = people.arrive("hello", team=sofia.duties.get().team)
    with acting(part="delivery"):
        sent = queue(
            "whatsapp", folder=Folder.objects.get(pk=conversation.folder_id), client_key="1"
        )
        sent.created_at, sent.attempts = database_now() - timedelta(minutes=5), 3
        sent.not_before = database_now() + timedelta(
            minutes=1
        )  # it backs off, and is late all the same
        sent.save()
    assert "Answers have not left us, the oldest for 0:05" in board(sofia)


def test_r7_a_sweep_that_stands_still_is_on_the_board(sofia: User) -> None:
    ScheduleRun.objects.create(
        name="test", period="1", ended_at=database_now() - timedelta(minutes=10)
    )
    assert "The background work has stood still for 0:10" in board(sofia)


@pytest.mark.django_db
def test_monitoring_is_told_how_long_work_waits(monitored: Client) -> None:
    assert monitored.get("/health/").json() == {
        "waiting_seconds": {"arrivals": 0, "sending": 0, "sweep": 0},
        "late": [],
    }
    arrived(minutes_ago=3)
    told = monitored.get("/health/").json()
    assert told["late"] == ["arrivals"]
    assert 180 <= told["waiting_seconds"]["arrivals"] < 190


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["", "Bearer ", "Bearer guessed"])
def test_a_stranger_is_told_ok_and_nothing_more(monitored: Client, token: str) -> None:
    arrived(minutes_ago=3)
    assert Client().get("/health/", headers={"Authorization": token}).content == b"ok\n"


@pytest.mark.django_db
def test_without_a_token_of_ours_nobody_is_monitoring(settings: Settings) -> None:
    settings.HEALTH_TOKEN = ""
    answer = Client().get("/health/", headers={"Authorization": "Bearer "})
    assert answer.content == b"ok\n"
