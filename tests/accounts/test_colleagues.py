"""Colleagues: made by an administrator, given duties, trained, on shift, and switched off."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.access import PAGES, ROUTES
from accounts.eligibility import candidates
from accounts.models import Duty, Role, Team, User
from privacy.access import acting, teams_of
from privacy.services import NotPossible
from tests import people
from tests.accounts.conftest import give_password

pytestmark = pytest.mark.django_db

NEW = "a quite new long password"


def against(person: User, team: Team, *, language: str = "en", skill: str = "core") -> set[str]:
    """What stands against giving somebody a contact now."""
    found = candidates(team, at=timezone.now(), language=language, skills=frozenset({skill}))
    return set(next(one.against for one in found if one.user == person))


def test_an_administrator_makes_an_account_and_its_owner_sets_the_password(
    client: Client, adil: User, team: Team
) -> None:
    client.force_login(adil)
    made = client.post(
        reverse("accounts:person_create"),
        {"name": "Noor", "email": "Noor@helpline.example", "team": team.pk, "role": "counsellor"},
    )
    assert made.status_code == 302
    own = Client()
    own.post(reverse("account_reset_password"), {"email": "noor@helpline.example"})
    link = re.search(r"(/accounts/password/reset/key/\S+)", str(mail.outbox[-1].body))
    assert link
    form = own.get(link[1], follow=True)
    own.post(form.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
    noor = User.objects.get(email="noor@helpline.example")
    give_password(own, noor, NEW)
    assert own.get("/me/").status_code == 200


def test_one_address_is_one_account(client: Client, adil: User, amina: User, team: Team) -> None:
    client.force_login(adil)
    again = client.post(
        reverse("accounts:person_create"),
        {"name": "A", "email": "AMINA@helpline.example", "team": team.pk, "role": "counsellor"},
    )
    assert again.status_code == 422
    assert User.objects.filter(email__iexact=amina.email).count() == 1


def test_who_configures_works_on_no_case(adil: User, amina: User, team: Team) -> None:
    for person, role in ((adil, Role.COUNSELLOR), (amina, Role.ADMINISTRATOR)):
        with pytest.raises(NotPossible):
            services.give_duty(person, team=team, role=role, by=None)


def test_a_duty_that_ends_takes_its_sight_along(sofia: User, adil: User, team: Team) -> None:
    with acting(part="assignment"):
        assert teams_of(sofia, "supervise") == [team.pk]
    services.end_duty(Duty.objects.get(user=sofia), by=adil)
    with acting(part="assignment"):
        assert teams_of(sofia, "supervise") == []


def test_nobody_switches_off_their_own_account(client: Client, adil: User, amina: User) -> None:
    client.force_login(adil)
    for person in (adil, amina):
        client.post(reverse("accounts:person_switch", args=[person.pk]), {})
        person.refresh_from_db()
    assert adil.is_active
    assert not amina.is_active


def test_everybody_arrives_at_a_page_of_theirs(
    client: Client, anil: User, adil: User, aude: User
) -> None:
    for person, page in ((anil, "figures"), (adil, "setup"), (aude, "audit")):
        client.force_login(person)
        assert client.get("/").headers["Location"] == reverse(ROUTES[page])
    assert PAGES.keys() == ROUTES.keys()


def test_a_break_is_set_on_ones_own_page(client: Client, amina: User, team: Team) -> None:
    client.force_login(amina)
    client.post("/me/", {"name": "Amina", "timezone": "Asia/Kolkata", "on_break": "on"})
    assert against(amina, team) == {"on_break"}


def test_what_stands_against_a_counsellor_is_named(ben: User, team: Team) -> None:
    assert against(ben, team) == set()
    assert against(ben, team, language="ta") == {"language"}
    assert against(ben, team, skill="grooming") == {"training"}
    services.replan_shifts(ben, team=team, hours=[], by=None)
    assert against(ben, team) == {"off_shift"}


def test_training_past_its_last_day_counts_for_nothing(team: Team) -> None:
    person = people.make_person("amina", team)
    today = timezone.now().date()
    person.trainings.filter(skill="core").update(valid_to=today)
    assert against(person, team) == set()
    person.trainings.filter(skill="core").update(valid_to=today - timedelta(days=1))
    assert against(person, team) == {"training"}


def test_who_is_switched_off_is_no_candidate(ben: User, sofia: User, team: Team) -> None:
    services.switch_person(ben, active=False, by=sofia)
    found = candidates(team, at=timezone.now(), language="en", skills=frozenset())
    assert ben not in [one.user for one in found]
