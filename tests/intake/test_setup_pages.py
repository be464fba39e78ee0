"""What an administrator sees to for intake: numbers people call, approved texts, what is broken."""

from functools import partial

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import Team, User
from intake import approved, troubles
from intake.context import told
from intake.models import ApprovedText, Trouble
from privacy.services import NotPossible
from reference.models import EmergencyNumber


@pytest.fixture
def browser(adil: User, settings: Settings) -> Client:
    """Adil's, who administers."""
    settings.HELPLINE_COUNTRY = "IN"
    client = Client()
    client.force_login(adil, backend="accounts.backends.PasswordBackend")
    return client


def test_an_administrator_says_that_a_number_answers(browser: Client, adil: User) -> None:
    number = EmergencyNumber.objects.get(country="IN", purpose="danger")
    assert "No number for danger is verified" in browser.get("/setup/numbers/").content.decode()
    browser.post(f"/setup/numbers/{number.pk}/verify/")
    number.refresh_from_db()
    assert number.verified_by == adil
    page = browser.get("/setup/numbers/").content.decode()
    assert "No number for danger is verified" not in page
    assert "Adil" in page
    browser.post(f"/setup/numbers/{number.pk}/doubt/")
    assert "No number for danger is verified" in browser.get("/setup/numbers/").content.decode()


def test_a_number_that_was_verified_long_ago_is_to_be_called_again(browser: Client) -> None:
    number = EmergencyNumber.objects.get(country="IN", purpose="danger")
    browser.post(f"/setup/numbers/{number.pk}/verify/")
    assert ">call again<" not in browser.get("/setup/numbers/").content.decode()
    EmergencyNumber.objects.filter(pk=number.pk).update(verified_on="2020-01-01")
    assert ">call again<" in browser.get("/setup/numbers/").content.decode()


def test_a_number_of_its_own_is_added_unverified_and_errors_stand_at_the_field(
    browser: Client,
) -> None:
    told = {"purpose": "crisis", "number": "call us", "label_en": "A line"}
    wrong = browser.post("/setup/numbers/add/", told)
    assert wrong.status_code == 422
    assert 'value="call us"' in wrong.content.decode()
    browser.post("/setup/numbers/add/", {**told, "number": "9152987821"})
    made = EmergencyNumber.objects.get(number="9152987821")
    assert (made.country, made.label("hi"), made.verified_on) == ("IN", "A line", None)


def test_a_text_is_added_retired_and_offered_again(browser: Client) -> None:
    told = {
        "code": "come_back",
        "carrier": "whatsapp",
        "language": "en",
        "provider_ref": "HX1",
        "text": "We are here.",
    }
    browser.post("/setup/texts/add/", told)
    text = ApprovedText.objects.get()
    twice = browser.post("/setup/texts/add/", told)
    assert twice.status_code == 422
    browser.post(f"/setup/texts/{text.pk}/retire/")
    text.refresh_from_db()
    assert text.retired_on is not None
    browser.post(f"/setup/texts/{text.pk}/restore/")
    text.refresh_from_db()
    assert text.retired_on is None


def test_a_text_with_blanks_or_a_strange_code_is_refused(adil: User) -> None:
    add = partial(approved.add_text, carrier="whatsapp", language="en", provider_ref="HX1", by=adil)
    with pytest.raises(NotPossible):
        add("hello", text="Dear {{1}}, we are here")
    with pytest.raises(NotPossible):
        add("Hello there", text="We are here")


def trouble(carrier: str, problem: str) -> None:
    troubles.note(carrier, problem)


def test_what_does_not_work_is_said_on_top_to_those_who_can_act(
    browser: Client, sofia: User, team: Team
) -> None:
    assert "trouble" not in browser.get("/setup/").content.decode()
    trouble("whatsapp", "credentials")
    other = Client()
    other.force_login(sofia, backend="accounts.backends.PasswordBackend")
    for client, path in ((browser, "/setup/"), (other, "/"), (other, "/team/")):
        page = client.get(path).content.decode()
        assert "WhatsApp (Twilio) does not work since" in page
        assert "The provider refuses our key. An administrator must" in page
    troubles.end("whatsapp", "credentials")
    assert "refuses our key" not in browser.get("/setup/").content.decode()


def test_a_counsellor_is_told_what_keeps_answers_back_and_not_what_only_others_can_mend(
    amina: User,
) -> None:
    trouble("whatsapp", "sender_restricted")
    trouble("cloud_redact", "overdue")
    desk = Client()
    desk.force_login(amina, backend="accounts.backends.PasswordBackend")
    page = desk.get("/").content.decode()
    assert "WhatsApp (Twilio) sends nothing since" in page
    assert "Deleting copies" not in page


@pytest.mark.parametrize("problem", ["credentials", "sender_restricted", "our_fault", "overdue"])
def test_every_trouble_is_told_with_its_line_and_no_code(team: Team, problem: str) -> None:
    trouble("cloud", problem)
    said = told(Trouble.objects.get())
    assert said.gist.startswith("WhatsApp (Meta)")
    assert "must" in said.words
    assert problem not in said.gist + said.words


def test_a_trouble_nobody_wrote_words_for_is_told_all_the_same(team: Team) -> None:
    trouble("cloud", "something_new")
    assert "does not work since" in told(Trouble.objects.get()).gist
