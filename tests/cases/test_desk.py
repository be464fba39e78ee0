"""The desk: what to do next by code, language and wait; never a name, never a quote."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Team, User
from cases.models import Case
from cases.tasks import triage_waiting
from privacy.access import acting
from privacy.models import AuditEvent
from tests import people

Sit = Callable[[User], Client]


def test_the_list_shows_codes_and_never_words(browser: Client, case: Case) -> None:
    page = browser.get("/").content.decode()
    assert case.code in page
    assert "money" not in page


def test_opening_the_desk_reads_no_story(browser: Client, case: Case) -> None:
    browser.get("/")
    assert not AuditEvent.objects.filter(verb="read").exists()


def test_danger_stands_first(browser: Client, amina: User, team: Team, case: Case) -> None:
    danger = people.case_of(amina, team=team, risk="danger")
    page = browser.get("/").content.decode()
    assert page.index(danger.code) < page.index(case.code)


def test_ben_does_not_see_aminas_cases_in_his_list(at_desk: Sit, ben: User, case: Case) -> None:
    assert case.code not in at_desk(ben).get("/").content.decode()


def test_the_queue_is_counts_only(browser: Client, team: Team) -> None:
    people.arrive("please somebody", team=team, language="ar")
    triage_waiting()
    page = browser.get("/").content.decode()
    assert "Waiting for somebody" in page
    assert "please" not in page
    with acting(part="assignment"):
        assert Case.objects.get().code not in page


def test_sofia_sees_why_nobody_could_be_chosen(
    at_desk: Sit, sofia: User, amina: User, team: Team
) -> None:
    people.arrive("please somebody", team=team, language="ar")
    triage_waiting()
    page = at_desk(sofia).get("/").content.decode()
    assert "1 do not speak the language" in page
    assert "Assign to…" in page


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["tariq", "rana", "lea"])
def test_others_see_no_queue(
    request: pytest.FixtureRequest, name: str, at_desk: Sit, team: Team
) -> None:
    people.arrive("please somebody", team=team, language="ar")
    triage_waiting()
    page = at_desk(request.getfixturevalue(name)).get("/").content.decode()
    assert "Waiting for somebody" not in page
    assert "Take next" not in page


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["anil", "adil", "aude"])
def test_who_works_on_no_cases_has_no_desk(
    request: pytest.FixtureRequest, name: str, at_desk: Sit
) -> None:
    client = at_desk(request.getfixturevalue(name))
    sent = client.get("/")
    assert sent.status_code == 302
    assert sent.headers["Location"] != "/"
    assert client.get("/live/").status_code == 404
    assert client.post("/take/").status_code == 404
    assert client.post("/search/").status_code == 404


def test_amina_takes_the_next_one(browser: Client, amina: User, team: Team) -> None:
    people.arrive("please somebody", team=team)
    User.objects.filter(pk=amina.pk).update(on_break=True)
    triage_waiting()
    User.objects.filter(pk=amina.pk).update(on_break=False)
    response = browser.post("/take/")
    assert response.status_code == 302
    with acting(user=amina):
        assert Case.objects.visible_to(amina).get().holder == amina


def test_with_nothing_to_take_the_desk_says_so(browser: Client) -> None:
    page = browser.post("/take/", follow=True).content.decode()
    assert "Nothing is waiting that you could take now." in page


def test_the_list_refreshes_only_when_something_changed(
    browser: Client, amina: User, team: Team
) -> None:
    page = browser.get("/").content.decode()
    live = page.split('hx-get="')[1].split('"')[0]
    assert browser.get(live).status_code == 204
    new = people.case_of(amina, team=team)
    assert new.code in browser.get(live).content.decode()
