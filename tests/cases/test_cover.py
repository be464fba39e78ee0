"""Danger at night: who is called opens the case at once, for an hour, and for danger only."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import Role, Shift, Team, User
from cases import services
from cases.models import Case
from intake import paging
from intake.models import Conversation, OnCallPage, Risk
from privacy.access import NotAllowed, acting, capacities
from privacy.clock import database_now
from privacy.models import AuditEvent, Glass, Grant
from privacy.services import NotPossible
from tests import people
from tests.cases.conftest import grow_stale


@pytest.fixture
def omar(team: Team) -> User:
    """On call tonight."""
    omar = people.make_person("omar", team, role=Role.ON_CALL)
    now = database_now()
    Shift.objects.create(
        user=omar,
        team=team,
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(hours=8),
        on_call=True,
    )
    return omar


@pytest.fixture
def danger(case: Case, amina: User) -> Case:
    """Amina's case; she is off shift, they write again, and it is danger."""
    Shift.objects.filter(user=amina).delete()
    with acting(part="intake"):
        Conversation.objects.update(risk=Risk.DANGER, waiting_since=database_now())
        Case.objects.update(risk=Risk.DANGER)
        case.refresh_from_db()
    return case


def test_who_is_on_call_reads_and_answers_after_one_tap_and_is_on_the_record(
    danger: Case, omar: User, at_desk: Callable[[User], Client]
) -> None:
    browser = at_desk(omar)
    page = browser.get(f"/cases/{danger.pk}/").content.decode()
    assert "he wants money" not in page
    assert "I was called for it" in page
    browser.post(f"/cases/{danger.pk}/cover/", {"reason": "called"})
    page = browser.get(f"/cases/{danger.pk}/").content.decode()
    assert "he wants money" in page
    assert 'name="text"' in page, "they can answer"
    seen = AuditEvent.objects.get(verb="danger_cover")
    assert (seen.actor, seen.folder, seen.reason) == (str(omar.pk), danger.folder_id, "called")


def test_a_cover_ends_by_itself_after_an_hour(danger: Case, omar: User) -> None:
    with acting(user=omar):
        services.cover_danger(danger, reason="called", by=omar)
    with acting(part="assignment"):
        grants = Grant.objects.filter(user=omar, permission__codename="danger_cover")
        lengths = [grant.until - grant.granted_at for grant in grants if grant.until]
        assert len(lengths) == 2, "the case and its conversation"
        for length in lengths:
            assert abs(length - timedelta(minutes=60)) < timedelta(seconds=10)
        grants.update(until=database_now() - timedelta(seconds=1))
    with acting(user=omar):
        assert "danger_cover" not in capacities(omar, [danger.folder_id])[danger.folder_id]


def test_covering_answers_the_page(danger: Case, omar: User) -> None:
    assert paging.page_waiting() == 1
    with acting(user=omar):
        services.cover_danger(danger, reason="called", by=omar)
    with acting(part="delivery"):
        assert OnCallPage.objects.get().answered_at is not None


def test_there_is_no_cover_without_danger_or_without_a_reason(danger: Case, omar: User) -> None:
    with acting(user=omar), pytest.raises(NotPossible):
        services.cover_danger(danger, reason="curious", by=omar)
    with acting(part="intake"):
        Conversation.objects.update(risk=Risk.NORMAL)
        Case.objects.update(risk=Risk.NORMAL)
        danger.refresh_from_db()
    with acting(user=omar), pytest.raises(NotPossible):
        services.cover_danger(danger, reason="called", by=omar)


@pytest.mark.parametrize("who", ["ben", "tariq", "aude", "lea"])
def test_nobody_else_covers(danger: Case, request: pytest.FixtureRequest, who: str) -> None:
    person = request.getfixturevalue(who)
    with pytest.raises(NotAllowed), acting(user=person):
        services.cover_danger(danger, reason="called", by=person)


def test_the_desk_of_who_is_on_call_says_that_somebody_was_called_until_it_is_answered(
    danger: Case, omar: User, sofia: User, ben: User, at_desk: Callable[[User], Client]
) -> None:
    Shift.objects.filter(user=ben).delete()
    paging.page_waiting()
    desk = at_desk(omar).get("/").content.decode()
    assert "Omar was called" in desk
    assert "was called" not in at_desk(ben).get("/").content.decode()
    with acting(part="delivery"):
        page = OnCallPage.objects.get()
    answer = at_desk(sofia).post(f"/called/{page.pk}/answer/")
    assert answer["Location"] == f"/cases/{danger.pk}/"
    assert "was called" not in at_desk(omar).get("/").content.decode()


def test_a_cover_stands_on_the_list_until_somebody_else_has_looked_at_it(
    danger: Case, omar: User, sofia: User, at_desk: Callable[[User], Client]
) -> None:
    browser = at_desk(omar)
    browser.post(f"/cases/{danger.pk}/cover/", {"reason": "holder_away"})
    with acting(part="glass"):
        opened = Glass.objects.get()
    reviewer = at_desk(sofia)
    assert "acted beyond their own cases" in reviewer.get("/").content.decode()
    assert "whoever holds it cannot be reached" in reviewer.get("/team/reviews/").content.decode()
    address = f"/team/reviews/glass/{opened.pk}/"
    lines = {"needed": "amina was away, he was called", "follows": "nothing follows"}
    assert browser.post(address, {"verdict": "fine", **lines}).status_code == 404, "not himself"
    assert reviewer.post(address, {"verdict": "fine", "needed": "yes"}).status_code == 422
    assert reviewer.post(address, {"verdict": "fine", **lines}).status_code == 302
    assert AuditEvent.objects.filter(verb="danger_cover_reviewed").count() == 1
    assert "acted beyond" not in reviewer.get("/").content.decode()
    assert "nothing follows" in reviewer.get("/team/reviews/?show=done").content.decode()


def test_c8_danger_cover_needs_no_factor_inside_a_live_session(
    danger: Case, omar: User, at_desk: Callable[[User], Client]
) -> None:
    browser = at_desk(omar)
    browser.get("/")
    grow_stale(browser)
    answer = browser.post(f"/cases/{danger.pk}/cover/", {"reason": "called"})
    assert answer["Location"] == f"/cases/{danger.pk}/"
    page = browser.get(f"/cases/{danger.pk}/").content.decode()
    assert 'name="text"' in page, "they can answer"
    assert "You cover this danger" in page


def test_a_cover_is_renewed_while_the_danger_lasts_and_is_one_deed(
    danger: Case, omar: User, at_desk: Callable[[User], Client]
) -> None:
    browser = at_desk(omar)
    browser.post(f"/cases/{danger.pk}/cover/", {"reason": "called"})
    with acting(part="glass"):
        first = Glass.objects.get()
        Glass.objects.update(until=first.until - timedelta(minutes=40))
    assert "Another hour" in browser.get(f"/cases/{danger.pk}/").content.decode()
    browser.post(f"/cases/{danger.pk}/cover/", {"reason": "called"})
    with acting(part="glass"):
        again = Glass.objects.get()
        assert again.renewed == 1
        assert again.until > first.until
        assert all(
            one.until == again.until
            for one in Grant.objects.filter(user=omar, permission__codename="danger_cover")
        )


def test_who_covered_is_asked_for_words_on_their_own_desk(
    danger: Case, omar: User, at_desk: Callable[[User], Client]
) -> None:
    browser = at_desk(omar)
    browser.post(f"/cases/{danger.pk}/cover/", {"reason": "called"})
    assert f"You acted in {danger.code}. Say why" in browser.get("/").content.decode()
    with acting(part="glass"):
        opened = Glass.objects.get()
    address = f"/glass/{opened.pk}/"
    short = browser.post(address, {"words": "he asked"})
    assert short.status_code == 422
    assert "he asked" in short.content.decode(), "what was typed is still there"
    assert (
        browser.post(address, {"words": "the phone called me and she was alone"}).status_code == 302
    )
    assert "Say why" not in browser.get("/").content.decode()
