"""What nothing could be made of waits a month for a person; then its words are forgotten."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Team, User
from intake import arrival, services, tasks, unread
from intake.inbound import Inbound
from intake.models import InboundEvent
from privacy.access import NotAllowed, acting
from privacy.clock import database_now
from privacy.models import AuditEvent
from tests.counterparts import ASHA
from tests.intake.conftest import MARK, Desk

LONG_AGO = arrival.DEAD_KEPT + timedelta(hours=1)


def dead(key: str, *, ago: timedelta) -> InboundEvent:
    """An arrival from nobody that can be answered, some time ago."""
    problem = Inbound("smtp", "message", key, "email", text=MARK, problem="no_sender")
    services.receive(problem)
    InboundEvent.objects.filter(key=key).update(received_at=database_now() - ago)
    return InboundEvent.objects.get(key=key)


@pytest.mark.usefixtures("desk")
def test_the_words_of_an_old_dead_letter_are_forgotten_and_that_it_came_is_not() -> None:
    old, young = dead("a", ago=LONG_AGO), dead("b", ago=arrival.DEAD_KEPT - timedelta(hours=1))
    assert services.dead_letters() == 2
    assert tasks.forget_dead_letters() == 1
    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.state, old.problem, old.sealed) == ("dead", "no_sender", None)
    assert young.sealed is not None
    assert services.dead_letters() == 1
    assert AuditEvent.objects.filter(verb="forgotten", subject_id=old.pk).count() == 1


@pytest.mark.usefixtures("desk")
def test_a_night_that_runs_twice_forgets_once() -> None:
    old = dead("a", ago=LONG_AGO)
    assert [tasks.forget_dead_letters() for _ in range(2)] == [1, 0]
    assert AuditEvent.objects.filter(subject_id=old.pk).count() == 1


def test_what_still_waits_is_never_forgotten_however_old(desk: Desk) -> None:
    desk.whatsapp(ASHA, f"hello {MARK}")
    InboundEvent.objects.update(received_at=database_now() - 2 * LONG_AGO)
    assert tasks.forget_dead_letters() == 0
    desk.work()
    assert desk.said()[0] == ("in", "", f"hello {MARK}")


@pytest.fixture
def sofia_reads(sofia: User) -> Client:
    """Sofia's browser, who supervises the team."""
    client = Client()
    client.force_login(sofia, backend="accounts.backends.PasswordBackend")
    return client


def unreadable(key: str = "a", **more: Any) -> InboundEvent:
    """A mail in which nobody is named."""
    facts = {"from": "", "subject": f"about {MARK}", "size": "4096", "parts": "2"}
    services.receive(
        Inbound(
            "smtp", "message", key, "email", text=MARK, problem="no_sender", extra=facts, **more
        )
    )
    return InboundEvent.objects.get(key=key)


@pytest.mark.usefixtures("desk")
def test_g7_what_could_not_be_read_is_in_a_list_with_when_door_reason_size_and_header_names(
    sofia_reads: Client, team: Team
) -> None:
    event = unreadable()
    assert "/team/unread/" in sofia_reads.get("/team/").content.decode()
    page = sofia_reads.get("/team/unread/").content.decode()
    for told in ("E-mail", "nobody is named as the sender", "4.0\xa0KB", "subject"):
        assert told in page
    assert MARK not in page, "the list says nothing of what it says"
    assert str(event.pk) in page
    assert AuditEvent.objects.filter(verb="dead_letters_listed").count() == 1


@pytest.mark.usefixtures("desk")
def test_g7_opening_one_shows_header_and_words_and_is_on_the_record(
    sofia_reads: Client, sofia: User
) -> None:
    event = unreadable()
    page = sofia_reads.get(f"/team/unread/{event.pk}/").content.decode()
    assert f"about {MARK}" in page
    seen = AuditEvent.objects.get(verb="dead_letter_opened", subject_id=event.pk)
    assert (seen.actor, seen.classes) == (str(sofia.pk), "contact,narrative")
    assert MARK not in repr(vars(seen))


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("who", ["amina", "tariq", "adil", "aude"])
def test_nobody_but_a_supervisor_opens_a_dead_letter(
    request: pytest.FixtureRequest, who: str
) -> None:
    event, person = unreadable(), request.getfixturevalue(who)
    client = Client()
    client.force_login(person, backend="accounts.backends.PasswordBackend")
    assert client.get("/team/unread/").status_code == 404
    assert client.get(f"/team/unread/{event.pk}/").status_code == 404
    with pytest.raises(NotAllowed), acting(user=person):
        unread.open_letter(event, by=person)


def test_one_that_is_tried_again_after_a_repair_becomes_a_message(
    desk: Desk, sofia_reads: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.whatsapp(ASHA, f"hello {MARK}")
    event = InboundEvent.objects.get()
    InboundEvent.objects.update(state="dead", attempts=5, problem="KeyError", lane="")
    sofia_reads.post(f"/team/unread/{event.pk}/again/")
    desk.work()
    assert desk.said()[0] == ("in", "", f"hello {MARK}")
    assert services.dead_letters() == 0


def test_one_in_which_nobody_is_named_comes_back_when_it_is_only_tried_again(
    desk: Desk, sofia_reads: Client
) -> None:
    event = unreadable()
    sofia_reads.post(f"/team/unread/{event.pk}/again/")
    desk.work()
    assert services.dead_letters() == 1


def test_a_person_who_can_tell_the_sender_makes_a_conversation_of_it(
    desk: Desk, sofia_reads: Client
) -> None:
    event = unreadable()
    wrong = sofia_reads.post(f"/team/unread/{event.pk}/sender/", {"address": "not an address"})
    assert wrong.status_code == 422
    number = sofia_reads.post(f"/team/unread/{event.pk}/sender/", {"address": "+919900000001"})
    assert number.status_code == 422, "a mail is not answered by telephone"
    sofia_reads.post(f"/team/unread/{event.pk}/sender/", {"address": "asha@mail.example"})
    desk.work()
    (conversation,) = desk.conversations()
    assert ("in", "", MARK) in desk.said(conversation)
    assert services.dead_letters() == 0
    assert AuditEvent.objects.filter(verb="dead_letter_given_sender").count() == 1


@pytest.mark.usefixtures("desk")
def test_what_is_set_aside_waits_for_nobody_can_be_brought_back_and_is_forgotten(
    sofia_reads: Client, team: Team
) -> None:
    event = unreadable()
    assert sofia_reads.post(f"/team/unread/{event.pk}/aside/", {}).status_code == 422
    sofia_reads.post(f"/team/unread/{event.pk}/aside/", {"because": "advert"})
    assert services.dead_letters() == 0
    assert str(event.pk) in sofia_reads.get("/team/unread/?state=aside").content.decode()
    seen = AuditEvent.objects.get(verb="dead_letter_set_aside")
    assert seen.reason == "advert"
    sofia_reads.post(f"/team/unread/{event.pk}/back/")
    assert services.dead_letters() == 1
    sofia_reads.post(f"/team/unread/{event.pk}/aside/", {"because": "advert"})
    InboundEvent.objects.update(received_at=database_now() - LONG_AGO)
    assert tasks.forget_dead_letters() == 1


def test_two_people_do_not_deal_with_one_twice(desk: Desk, sofia_reads: Client) -> None:
    event = unreadable()
    sofia_reads.post(f"/team/unread/{event.pk}/sender/", {"address": "asha@mail.example"})
    desk.work()
    late = sofia_reads.post(f"/team/unread/{event.pk}/sender/", {"address": "asha@mail.example"})
    assert late.status_code == 404, "it is no dead letter any more"
    assert len(desk.conversations()) == 1
