"""The demo: whole after one run, the same after a second, and never in a real helpline."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker, Settings

from accounts.eligibility import on_shift
from accounts.models import Role, Shift, Team, User
from cases.models import Case, Note
from helpline.demo import people, stories
from intake.hours import is_open, next_opening, on_call
from intake.models import Channel, Conversation, InboundEvent, OutboundMessage
from privacy.access import acting
from reference.reading import emergency_numbers
from referrals.models import Service, SupportReferral
from takedowns.models import TakedownRequest

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """One demo for all these tests, taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic(), transaction.atomic(using="keys"):
        call_command("demo")
        yield
        transaction.set_rollback(True)
        transaction.set_rollback(True, using="keys")


def test_every_role_is_somebody_on_shift(demo: None) -> None:
    now = timezone.now()
    for role in Role.values:
        assert any(
            shift.starts_at <= now < shift.ends_at
            for user in User.objects.filter(duties__role=role)
            for shift in user.shifts.all()
        ), role


def test_somebody_counsels_at_every_hour_of_two_weeks(demo: None) -> None:
    counsellors = list(User.objects.filter(duties__role=Role.COUNSELLOR).prefetch_related("shifts"))
    for hours in range(0, 13 * 24, 3):
        at = timezone.now() + timedelta(hours=hours)
        assert any(on_shift(user, at) for user in counsellors), hours


def test_a_second_start_changes_only_the_shifts(demo: None) -> None:
    def world() -> list[int]:
        with acting(part="forgetting"):
            models = (Case, Note, Conversation, TakedownRequest, SupportReferral)
            return [model.objects.count() for model in models] + [
                User.objects.count(),
                Service.objects.count(),
                InboundEvent.objects.count(),
            ]

    before, shift = world(), Shift.objects.order_by("starts_at").first()
    call_command("demo")
    assert world() == before
    assert shift is not None
    assert not Shift.objects.filter(pk=shift.pk).exists()


def test_the_stories_show_every_channel_risk_and_state(demo: None) -> None:
    with acting(part="forgetting"):
        told = Conversation.objects.count()
        assert told >= 12
        assert set(Conversation.objects.values_list("channel", flat=True)) == set(Channel.values)
        assert set(Case.objects.values_list("risk", flat=True)) == {"danger", "urgent", "normal"}
        assert set(Case.objects.values_list("status", flat=True)) == {"open", "closed"}
        assert len(set(Case.objects.values_list("language", flat=True))) >= 5
        assert Case.objects.unheld().count() == 1
        states = set(TakedownRequest.objects.values_list("state", flat=True))
        assert {"prepared", "sent", "closed"} <= states
        referred = set(SupportReferral.objects.values_list("state", flat=True))
        assert referred == {"draft", "sent", "accepted"}
        states = set(InboundEvent.objects.values_list("state", flat=True))
        assert states == {"done", "dead"}, "one is there for a supervisor to open"


def test_no_answer_of_the_demo_is_sent_by_a_worker(demo: None) -> None:
    with acting(part="delivery"):
        waiting = OutboundMessage.objects.filter(state=OutboundMessage.State.APPROVED)
        assert set(waiting.values_list("carrier", flat=True)) <= {"partner_mail"}


def test_numbers_of_the_country_are_checked(demo: None) -> None:
    assert all(number.verified_on for number in emergency_numbers("IN"))


def test_the_printed_password_opens_the_door(demo: None) -> None:
    out = StringIO()
    call_command("demo", "--sign-ins", stdout=out)
    assert people.password() in out.getvalue()
    client = Client()
    client.post(
        "/accounts/login/",
        {"login": people.COLLEAGUES[0].email, "password": people.password()},
    )
    assert client.get("/me/").status_code == 200


def test_there_is_no_demo_in_production(settings: Settings) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError):
        call_command("demo")
    with pytest.raises(CommandError):
        call_command("demo", "--sign-ins")


def test_the_practice_desk_plays_open_on_call_and_nobody(demo: None) -> None:
    team = Team.objects.get(name=people.TEAM)

    def desk() -> tuple[bool, list[str]]:
        now = timezone.now()
        return is_open(team, now), [user.get_short_name() for user in on_call(team, now)]

    call_command("demo", "--hours", "oncall", stdout=StringIO())
    assert desk() == (False, ["Omar", "Sofia"])
    call_command("demo", "--hours", "closed", stdout=StringIO())
    assert desk() == (False, [])
    assert next_opening(team, timezone.now()) is not None, "it says when it is back"
    call_command("demo", "--hours", "open", stdout=StringIO())
    assert desk() == (True, ["Omar"])


def test_the_practice_page_changes_the_hours(demo: None) -> None:
    team = Team.objects.get(name=people.TEAM)
    client = Client()
    assert client.post("/practice/hours/", {"how": "never"}).status_code == 404
    assert client.post("/practice/hours/", {"how": "closed"}).status_code == 302
    assert not is_open(team, timezone.now())
    client.post("/practice/hours/", {"how": "open"})
    assert is_open(team, timezone.now())


def test_no_other_desk_has_such_a_switch(demo: None, settings: Settings) -> None:
    settings.PRACTICE = False
    assert Client().post("/practice/hours/", {"how": "closed"}).status_code == 404


def test_nobody_in_the_stories_can_be_reached() -> None:
    text = stories.STORIES.read_text()
    assert "@" in text
    for address in (word for word in text.split('"') if "@" in word or "://" in word):
        host = address.split("@")[-1].split("://")[-1].split("/")[0]
        assert host.endswith(".example"), host
    for number in (word for word in text.split('"') if word.startswith("+")):
        assert number.startswith("+447700900"), "kept for drama by Ofcom"
