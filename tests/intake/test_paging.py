"""Danger at night: who is on call is told, then a second person; nobody is told about whom."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from pytest_django import Settings

from accounts import telephones
from accounts.models import Role, Shift, Team, User
from intake import paging, registry, tasks
from intake.channels.page import Page
from intake.models import Conversation, OnCallPage, OutboundMessage, Risk
from intake.services import reply
from privacy.access import NotAllowed, acting, grant
from privacy.clock import database_now
from privacy.models import AuditEvent
from tests import people
from tests.counterparts import ASHA, SECRETS
from tests.intake.conftest import MARK, Desk

MEMORY = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def omar(team: Team) -> User:
    """On call tonight, first on the rota."""
    return at_night(people.make_person("omar", team, role=Role.ON_CALL), team, turn=1)


@pytest.fixture
def sofia(sofia: User, team: Team) -> User:
    """Supervises, and is second on the rota tonight."""
    return at_night(sofia, team, turn=2)


@pytest.fixture(autouse=True)
def _letters(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mail stays in memory; nobody texts unless the test says so."""
    settings.EMAIL_BACKEND = MEMORY
    settings.TWILIO_SMS_FROM = ""
    monkeypatch.setitem(registry.carriers, "page", Page())
    monkeypatch.setattr(registry, "before_reply", [])


def at_night(person: User, team: Team, *, turn: int) -> User:
    now = database_now()
    Shift.objects.create(
        user=person,
        team=team,
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(hours=8),
        on_call=True,
        turn=turn,
    )
    return person


def in_danger(team: Team, sender: str = "+919900000001") -> Conversation:
    """Somebody in danger who waits."""
    conversation = people.arrive("help", team=team, sender=sender)
    with acting(part="intake"):
        conversation.risk = Risk.DANGER
        conversation.save(update_fields=["risk"])
    return conversation


def work() -> None:
    """One round of the sweep."""
    tasks.page_on_call()
    tasks.deliver_waiting()


def pages() -> list[tuple[int, str]]:
    with acting(part="delivery"):
        rows = OnCallPage.objects.select_related("user").order_by("at")
        return [(row.turn, row.user.name) for row in rows]


def later(minutes: float) -> None:
    """So many minutes pass."""
    with acting(part="delivery"):
        for page in OnCallPage.objects.all():
            page.at -= timedelta(minutes=minutes)
            if page.answered_at:
                page.answered_at -= timedelta(minutes=minutes)
            page.save(update_fields=["at", "answered_at"])


def minutes_after_the_last_call(minutes: float) -> None:
    """So long ago what was sent last was sent."""
    with acting(part="delivery"):
        for sent in OutboundMessage.objects.filter(carrier="page", settled_at__isnull=False):
            sent.settled_at -= timedelta(minutes=minutes)
            sent.save(update_fields=["settled_at"])


def test_ten_in_danger_at_once_are_one_call_and_all_are_on_the_desk(team: Team, omar: User) -> None:
    for number in range(10):
        in_danger(team, sender=f"+91990000001{number}")
    work()
    assert len(mail.outbox) == 1
    with acting(user=omar):
        waiting = paging.unanswered(omar)
        assert len(waiting) == 10
        for page in waiting:
            paging.answer(page.conversation, by=omar)
    in_danger(team, sender="+919900000020")
    work()
    assert len(mail.outbox) == 2, "who has come is called again for what is new"


def test_danger_out_of_hours_calls_the_first_on_the_rota_once(
    team: Team, omar: User, sofia: User
) -> None:
    in_danger(team)
    for _ in range(3):
        work()
    assert pages() == [(1, "Omar")]
    assert [letter.to for letter in mail.outbox] == [[omar.email]]


def test_after_five_minutes_without_an_answer_a_second_person_is_called_and_no_third(
    team: Team, omar: User, sofia: User
) -> None:
    in_danger(team)
    work()
    later(4.9)
    work()
    assert pages() == [(1, "Omar")]
    later(0.2)
    work()
    later(60)
    work()
    assert pages() == [(1, "Omar"), (2, "Sofia")]
    assert [letter.to for letter in mail.outbox] == [[omar.email], [sofia.email]]


def test_who_is_alone_on_the_rota_is_called_twice(team: Team, omar: User) -> None:
    in_danger(team)
    work()
    later(6)
    work()
    assert pages() == [(1, "Omar"), (2, "Omar")]


def test_nobody_is_called_when_somebody_has_answered(team: Team, omar: User, sofia: User) -> None:
    conversation = in_danger(team)
    work()
    with acting(user=omar):
        assert [page.conversation_id for page in paging.unanswered(omar)] == [conversation.pk]
        assert paging.answer(conversation, by=omar) == 1
        assert paging.unanswered(omar) == []
    later(30)
    work()
    assert pages() == [(1, "Omar")]
    assert AuditEvent.objects.filter(verb="page_answered", actor=str(omar.pk)).count() == 1


def test_a_reply_to_the_reporter_is_an_answer_too(team: Team, omar: User, sofia: User) -> None:
    conversation = in_danger(team)
    work()
    with acting(part="assignment"):
        grant(conversation.folder, "danger_cover", to=omar, by=None)
    with acting(user=omar):
        reply(conversation, text="I am here", by=omar)
    later(6)
    work()
    assert pages() == [(1, "Omar")]


def test_a_counsellor_elsewhere_cannot_answer_a_page(team: Team, omar: User, ben: User) -> None:
    Shift.objects.filter(user=ben).delete()
    conversation = in_danger(team)
    work()
    with pytest.raises(NotAllowed), acting(user=ben):
        paging.answer(conversation, by=ben)
    with acting(user=ben):
        assert paging.unanswered(ben) == []


def test_new_danger_after_an_answer_is_paged_anew_when_the_cover_is_over(
    team: Team, omar: User
) -> None:
    conversation = in_danger(team)
    work()
    with acting(user=omar):
        paging.answer(conversation, by=omar)
    with acting(part="intake"):
        conversation.refresh_from_db()
        conversation.waiting_since = database_now()
        conversation.save(update_fields=["waiting_since"])
    work()
    assert pages() == [(1, "Omar")], "omar is at it"
    later(61)
    work()
    assert pages() == [(1, "Omar"), (1, "Omar")]


@pytest.mark.parametrize("why", ["open", "not danger", "answered", "hidden", "nobody on call"])
def test_nobody_is_woken_without_need(team: Team, omar: User, amina: User, why: str) -> None:
    conversation = in_danger(team)
    if why != "open":
        Shift.objects.filter(user=amina).delete()
    if why == "nobody on call":
        Shift.objects.filter(user=omar).delete()
    changed: dict[str, dict[str, Any]] = {
        "not danger": {"risk": Risk.URGENT},
        "answered": {"waiting_since": None},
        "hidden": {"hidden_at": database_now()},
    }
    with acting(part="intake"):
        Conversation.objects.filter(pk=conversation.pk).update(**changed.get(why, {}))
    work()
    assert (pages(), mail.outbox) == ([], [])


def test_who_comes_on_call_later_is_called_for_who_still_waits(team: Team, sofia: User) -> None:
    Shift.objects.all().delete()
    in_danger(team)
    work()
    assert pages() == []
    at_night(sofia, team, turn=1)
    work()
    assert pages() == [(1, "Sofia")]


def test_i2_a_page_is_the_same_text_for_everybody_and_opens_the_login_page(
    team: Team, omar: User, settings: Settings
) -> None:
    """No id, no channel, no count, no name, no word of theirs: subject and body are constants."""
    settings.PUBLIC_BASE_URL = "https://desk.example"
    first = in_danger(team, sender="+919900000001")
    work()
    minutes_after_the_last_call(3)
    second = in_danger(team, sender="+919900000002")
    work()
    one, other = mail.outbox
    assert (one.subject, one.body) == (other.subject, other.body)
    assert one.subject == "Please look at your desk"
    assert one.body == (
        "You are on call. Please sign in now:\nhttps://desk.example/accounts/login/\n"
    )
    told = f"{one.message()}{other.message()}"
    with acting(part="delivery"):
        ids = [row.pk for row in (*OnCallPage.objects.all(), *OutboundMessage.objects.all())]
    for key in (first.pk, second.pk, first.folder_id, second.folder_id, *ids):
        assert str(key) not in told
        assert key.hex not in told
    for word in ("whatsapp", "9900000001", "help ", "danger"):
        assert word not in told.lower()


def test_i2_a_page_by_sms_says_the_same_and_goes_to_their_own_telephone(
    desk: Desk, team: Team, omar: User, settings: Settings
) -> None:
    settings.TWILIO_SMS_FROM, settings.EMAIL_BACKEND = SECRETS["TWILIO_SMS_FROM"], MEMORY
    settings.PUBLIC_BASE_URL = "https://desk.example"
    telephones.set_number(omar, number="+15550100777", takes_calls=True, by=omar)
    in_danger(team)
    work()
    (sent,) = desk.world.messages_to("+15550100777")
    assert sent["body"] == (
        "You are on call. Please sign in now:\nhttps://desk.example/accounts/login/"
    )
    assert mail.outbox == []


def test_a_page_that_no_sms_carries_goes_by_mail(
    desk: Desk, team: Team, omar: User, settings: Settings
) -> None:
    settings.TWILIO_SMS_FROM, settings.EMAIL_BACKEND = SECRETS["TWILIO_SMS_FROM"], MEMORY
    telephones.set_number(omar, number="+15550100777", takes_calls=True, by=omar)
    settings.TWILIO_API_BASE = "http://127.0.0.1:9"  # nobody is there
    in_danger(team)
    work()
    assert [letter.to for letter in mail.outbox] == [[omar.email]]


def test_a_page_that_was_answered_before_it_left_is_not_sent(team: Team, omar: User) -> None:
    conversation = in_danger(team)
    tasks.page_on_call()
    with acting(user=omar):
        paging.answer(conversation, by=omar)
    tasks.deliver_waiting()
    assert mail.outbox == []


def test_danger_that_comes_by_whatsapp_at_night_calls_at_once_and_says_so_to_nobody_else(
    desk: Desk, team: Team, omar: User, settings: Settings
) -> None:
    """In the transaction that stores the message: no sweep has to come by first."""
    settings.EMAIL_BACKEND = MEMORY
    desk.whatsapp(ASHA, f"I want to kill myself tonight {MARK}")
    tasks.process_waiting()
    (conversation,) = desk.conversations()
    assert conversation.risk == Risk.DANGER
    assert pages() == [(1, "Omar")]
    tasks.deliver_waiting()
    (letter,) = mail.outbox
    assert MARK not in str(letter.message())
