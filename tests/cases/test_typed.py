"""What is typed into the forms of a case outlives a lock: sealed, its writer's, used up at last."""

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import Team, User
from cases import services
from cases.models import Case
from privacy.access import NotAllowed, acting
from privacy.services import NotPossible
from tests import people

pytestmark = pytest.mark.django_db

WORDS = "half a sentence about somebody"


@pytest.fixture
def case(amina: User, team: Team) -> Case:
    return people.case_of(amina, team=team)


def kept_for(user: User, case: Case) -> dict[str, str]:
    with acting(user=user):
        return services.typed_of(case, by=user)


def test_b4_what_is_typed_into_a_form_is_kept_sealed_and_comes_back(
    client: Client, amina: User, case: Case
) -> None:
    client.force_login(amina)
    url = reverse("cases:typed", args=[case.pk])
    for text in ("half", WORDS):
        assert client.post(url, {"place": "note.body", "text": text}).status_code == 200
    assert client.get(url).json() == {"typed": {"note.body": WORDS}}
    with acting(user=amina), connection.cursor() as cursor:
        cursor.execute("SELECT body FROM cases_typed")
        rows = cursor.fetchall()
    assert len(rows) == 1
    assert WORDS.encode() not in bytes(rows[0][0])


def test_b4_a_saved_form_uses_it_up(client: Client, amina: User, case: Case) -> None:
    client.force_login(amina)
    client.post(reverse("cases:typed", args=[case.pk]), {"place": "note.body", "text": WORDS})
    client.post(reverse("cases:typed", args=[case.pk]), {"place": "plan.safety_plan", "text": "x"})
    client.post(reverse("cases:change", args=[case.pk, "note"]), {"body": WORDS})
    assert kept_for(amina, case) == {"plan.safety_plan": "x"}


def test_b4_it_is_its_writers_alone(amina: User, ben: User, sofia: User, case: Case) -> None:
    with acting(user=amina):
        services.save_typed(case, place="note.body", text=WORDS, by=amina)
    for other in (ben, sofia):
        assert kept_for(other, case) == {}
        with acting(user=other), pytest.raises(NotAllowed):
            services.save_typed(case, place="note.body", text="x", by=other)


@pytest.mark.parametrize("place", ["", "note", "note.body.x", "../x.y", "n" * 40 + ".body"])
def test_only_a_form_and_its_field_are_a_place(amina: User, case: Case, place: str) -> None:
    with acting(user=amina), pytest.raises(NotPossible):
        services.save_typed(case, place=place, text=WORDS, by=amina)
