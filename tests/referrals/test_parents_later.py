"""What a partner reads of parents is what holds today, not what held when it was sent."""

import pytest
from django.test import Client

from accounts.models import User
from cases.models import Case
from cases.writing import update_case
from privacy.access import acting
from referrals import handover, services
from referrals.models import Service, SupportReferral
from tests.referrals.conftest import agree, deliver, enter, path_of

SAFE = "safe to speak with"
TOLD = "He wants money. My mother helps me."
PICKED = ["relation", "adult_knows", "summary"]
Given = tuple[SupportReferral, str, Client]


def answer(case: Case, amina: User, word: str) -> None:
    with acting(user=amina):
        update_case(case, changes={"guardian_safe": word}, by=amina)


def partner_of(case: Case, shelter: Service, amina: User) -> Given:
    """A sent referral, the address of its packet, and the browser that opened it."""
    with acting(user=amina):
        referral = services.draft_referral(
            Case.objects.get(pk=case.pk), service=shelter, fields=PICKED, words=TOLD, by=amina
        )
        agree(referral, amina)
        code = services.send_referral(referral, by=amina)
    door, browser = path_of(deliver(referral)), Client()
    assert browser.post(door, {"code": code}).status_code == 302
    return referral, door + "packet/", browser


@pytest.fixture
def given(case: Case, shelter: Service, amina: User) -> Given:
    """Sent while a parent was safe."""
    answer(case, amina, "yes")
    return partner_of(case, shelter, amina)


def page(given: Given) -> str:
    return str(given[2].get(given[1]).content.decode())


def test_while_nothing_changes_the_partner_reads_what_was_sent(given: Given, amina: User) -> None:
    text = page(given)
    assert SAFE in text
    assert "My mother helps me." in text
    assert "has changed" not in text
    detail = enter(amina).get(f"/referrals/{given[0].pk}/").content.decode()
    assert "has changed since this was sent" not in detail


@pytest.mark.parametrize("word", ["unknown", "no"])
def test_when_a_parent_is_no_longer_safe_the_partner_reads_it_at_once(
    given: Given, case: Case, amina: User, word: str
) -> None:
    before = page(given)
    answer(case, amina, word)
    text = page(given)
    assert SAFE in before
    assert SAFE not in text
    assert "This has changed since it was sent to you." in text
    assert "He wants money." in text
    for gone in ("mother", "Who wrote to us", "Whether an adult knows"):
        assert gone in before
        assert gone not in text


def test_an_accepted_referral_and_a_new_link_read_it_too(
    given: Given, case: Case, amina: User
) -> None:
    referral, where, browser = given
    assert browser.post(where.replace("packet/", "accept/")).status_code == 302
    answer(case, amina, "no")
    assert SAFE not in page(given)
    with acting(user=amina):
        code = services.renew_link(referral, by=amina)
    door = path_of(deliver(referral))
    assert browser.post(door, {"code": code}).status_code == 302
    assert SAFE not in browser.get(door + "packet/").content.decode()


def test_what_became_milder_was_not_agreed_to(case: Case, shelter: Service, amina: User) -> None:
    answer(case, amina, "no")
    given = partner_of(case, shelter, amina)
    answer(case, amina, "yes")
    text = page(given)
    assert SAFE not in text
    assert "Tell no parent or carer." in text


def test_amina_and_whoever_arranges_see_that_it_changed(
    rana: User, given: Given, case: Case, amina: User
) -> None:
    where = f"/cases/{case.pk}/"
    assert "changed since sent" not in enter(amina).get(where).content.decode()
    answer(case, amina, "no")
    assert "changed since sent" in enter(amina).get(where).content.decode()
    for person in (amina, rana):
        text = enter(person).get(f"/referrals/{given[0].pk}/").content.decode()
        assert "has changed since this was sent" in text
        assert "changed since sent" in enter(person).get("/referrals/").content.decode()


def test_a_forgotten_packet_still_carries_the_line_of_today() -> None:
    assert handover.as_of_now({}, "no") == {"guardian_safe": "no"}
    assert handover.as_of_now({"guardian_safe": "no"}, "unknown") == {"guardian_safe": "no"}
