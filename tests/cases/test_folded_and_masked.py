"""What is explicit, a link, a number or a name is not on the screen until somebody asks for it."""

import pytest
from django.test import Client

from accounts.models import Team, User
from cases import services
from cases.models import Case, CaseConversation
from cases.thread import fold_of
from intake.models import Identity
from privacy.access import acting
from privacy.clock import database_now
from privacy.fields import unseal
from privacy.models import Reveal
from tests import people


@pytest.mark.parametrize(
    "text",
    [
        "look https://pictures.example/one",
        "it is on www.pictures.example/one now",
        "pictures.com",
        "instagram.com/somebody posted it",
        "hxxps://pictures.example",
        "यहाँ है https://pictures.example/a",
        "t.me/somebody",
    ],
)
def test_j1_a_link_is_folded(text: str) -> None:
    assert fold_of(text) == "link"


@pytest.mark.parametrize(
    "text", ["he wants money by eight.please help", "ok. in my room", "it was 10.30", "e.g. today"]
)
def test_what_is_no_link_is_not_folded(text: str) -> None:
    assert fold_of(text) == ""


def test_j1_a_folded_link_and_explicit_words_are_not_in_the_line_that_is_shown(
    amina: User, team: Team
) -> None:
    case = people.case_of(amina, team=team, text="he put it on https://pictures.example/zoya ok")
    page = _page(amina, case)
    shown, _sign, hidden = page.partition('<span class="show"')
    assert "https://pictures.example/zoya" not in shown
    assert "he put it on [link] ok" in shown
    assert "https://pictures.example/zoya" in hidden, "behind the deliberate press"


def test_j1_contact_and_identity_are_shapes_until_revealed_and_one_field_at_a_time(
    amina: User, team: Team
) -> None:
    case = people.case_of(amina, team=team)
    with acting(user=amina):
        facts = {"name": "Zoya Quillfeather", "school": "Lantern School"}
        services.update_case(case, changes=facts, by=amina)
        link = CaseConversation.objects.get(case=case)
        row = Identity.objects.get(conversation=link.conversation_id)
        address = unseal(row, "value") or "?"
    page = _page(amina, case)
    for hidden in ("Quillfeather", "Lantern", "+9199"):
        assert hidden not in page
    assert "Z•••" in page
    browser = _sit(amina)
    browser.get("/")
    browser.post(
        f"/cases/{case.pk}/reveal/name/{case.pk}/", {"purpose": "report", "words": "a form"}
    )
    page = browser.get(f"/cases/{case.pk}/").content.decode()
    assert "Zoya Quillfeather" in page
    assert 'class="revealed" data-shape="Z••• Q•••"' in page
    assert "data-ends=" in page
    assert "Lantern" not in page, "one field, and no other"
    assert address not in page
    with acting(user=amina):
        Reveal.objects.update(until=database_now())
    assert "Quillfeather" not in browser.get(f"/cases/{case.pk}/").content.decode()


def _sit(person: User) -> Client:
    browser = Client()
    browser.force_login(person)
    return browser


def _page(person: User, case: Case) -> str:
    return _sit(person).get(f"/cases/{case.pk}/").content.decode()
