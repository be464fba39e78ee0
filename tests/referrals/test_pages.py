"""The pages of staff: who finds what on them, and what they never show."""

import json

import pytest
from django.test import Client

from accounts.models import User
from cases.models import Case
from privacy.access import acting
from reference.models import DailyFact
from referrals.cards import card
from referrals.models import Service, SupportReferral
from tests.referrals.conftest import CANARIES, WORDS, agree, draft, enter, send


def test_amina_walks_from_the_case_to_the_code(case: Case, clinic: Service, amina: User) -> None:
    browser = enter(amina)
    assert "Sunrise clinic" in browser.get(f"/cases/{case.pk}/refer/").content.decode()
    picked = browser.post(
        f"/cases/{case.pk}/refer/{clinic.pk}/",
        {"fields_picked": ["call_me", "summary"], "words": WORDS},
    )
    assert picked.status_code == 302
    page = browser.get(picked["location"]).content.decode()
    assert WORDS in page
    assert CANARIES["call_me"] in page
    agreed = browser.post(
        picked["location"] + "agree/",
        {"given_by": "child", "how": "call", "language": "en", "read_out": "on"},
    )
    assert agreed.status_code == 302
    answer = browser.post(picked["location"] + "send/")
    assert answer.status_code == 200
    assert "Say this code" in answer.content.decode()
    assert "Say this code" not in browser.get(picked["location"]).content.decode()
    assert browser.post(picked["location"] + "send/").status_code == 302


def test_what_is_ticked_must_be_told_first(case: Case, clinic: Service, amina: User) -> None:
    browser = enter(amina)
    with acting(user=amina):
        referral = draft(case, clinic, amina)
    answer = browser.post(
        f"/referrals/{referral.pk}/agree/", {"given_by": "child", "how": "call", "language": "en"}
    )
    assert answer.status_code == 422
    assert "line by line" in answer.content.decode()


def test_for_ben_there_is_no_such_referral(
    case: Case, clinic: Service, amina: User, ben: User
) -> None:
    with acting(user=amina):
        referral, _code = send(case, clinic, amina)
    browser = enter(ben)
    assert browser.get(f"/referrals/{referral.pk}/").status_code == 404
    for verb in ("change", "agree", "send", "renew", "revoke", "withdraw", "outcome"):
        assert browser.post(f"/referrals/{referral.pk}/{verb}/").status_code == 404
    assert browser.get(f"/cases/{case.pk}/refer/").status_code == 404
    assert browser.get(f"/cases/{case.pk}/refer/{clinic.pk}/").status_code == 404
    assert case.code not in browser.get("/referrals/").content.decode()


def test_strangers_to_referrals_have_no_such_page(
    tariq: User, anil: User, adil: User, aude: User
) -> None:
    for stranger in (tariq, anil, adil, aude):
        browser = enter(stranger)
        assert browser.get("/referrals/").status_code == 404
        assert browser.get("/referrals/services/").status_code == 404
    assert Client().get("/referrals/").status_code == 302


def test_rana_sees_the_packet_and_nothing_else_of_the_case(
    case: Case, clinic: Service, amina: User, rana: User
) -> None:
    with acting(user=amina):
        referral, _code = send(case, clinic, amina)
    browser = enter(rana)
    assert case.code in browser.get("/referrals/").content.decode()
    page = browser.get(f"/referrals/{referral.pk}/").content.decode()
    assert WORDS in page
    for name in ("name", "school", "summary", "safety_plan", "child_view"):
        assert CANARIES[name] not in page
    assert browser.get(f"/cases/{case.pk}/refer/").status_code == 404


def test_rana_sees_nothing_of_a_draft_nobody_agreed_to(
    case: Case, clinic: Service, amina: User, rana: User
) -> None:
    with acting(user=amina):
        referral = draft(case, clinic, amina)
    page = enter(rana).get(f"/referrals/{referral.pk}/").content.decode()
    assert not any(word in page for word in (*CANARIES.values(), WORDS))
    with acting(user=amina):
        agree(referral, amina)
    assert WORDS in enter(rana).get(f"/referrals/{referral.pk}/").content.decode()


def test_sofia_supervises_states_and_reads_no_packet(
    case: Case, clinic: Service, amina: User, sofia: User
) -> None:
    with acting(user=amina):
        referral, _code = send(case, clinic, amina)
    browser = enter(sofia)
    assert case.code in browser.get("/referrals/").content.decode()
    page = browser.get(f"/referrals/{referral.pk}/").content.decode()
    assert not any(word in page for word in (*CANARIES.values(), WORDS))
    assert browser.post(f"/referrals/{referral.pk}/renew/").status_code == 404


def test_amina_sees_the_shape_of_a_name_that_leaves(
    case: Case, shelter: Service, amina: User
) -> None:
    with acting(user=amina):
        referral = draft(case, shelter, amina, "name", "call_me")
    page = enter(amina).get(f"/referrals/{referral.pk}/").content.decode()
    assert CANARIES["name"] not in page
    assert "c•••" in page


def test_the_finder_knows_kind_region_and_language(
    case: Case, clinic: Service, shelter: Service, amina: User
) -> None:
    browser = enter(amina)
    whole = browser.get(f"/cases/{case.pk}/refer/?kind=").content.decode()
    assert "Sunrise clinic" in whole
    assert "Open Door shelter" in whole
    assert "Open Door" not in browser.get("/referrals/services/?language=hi").content.decode()
    assert "Sunrise" not in browser.get("/referrals/services/?kind=shelter").content.decode()
    assert "Open Door" in browser.get("/referrals/services/?region=IN-KA").content.decode()


def test_the_list_filters_by_state_and_says_what_will_stand_there(
    case: Case, clinic: Service, amina: User
) -> None:
    browser = enter(amina)
    assert "No referral here" in browser.get("/referrals/").content.decode()
    with acting(user=amina):
        draft(case, clinic, amina)
    assert case.code in browser.get("/referrals/?state=draft").content.decode()
    assert case.code not in browser.get("/referrals/?state=sent").content.decode()


def test_the_card_counts_and_is_not_there_for_tariq(
    case: Case, clinic: Service, amina: User, tariq: User
) -> None:
    with acting(user=amina):
        send(case, clinic, amina)
        made = card(case, amina)
    assert made is not None
    assert made.gist == "1 referral · 0 accepted"
    with acting(user=tariq):
        assert card(case, tariq) is None


def test_staff_write_down_what_a_partner_said_by_phone(
    case: Case, clinic: Service, amina: User, rana: User
) -> None:
    with acting(user=amina):
        referral, _code = send(case, clinic, amina)
    browser = enter(rana)
    where = f"/referrals/{referral.pk}/outcome/"
    assert browser.post(where, {"state": "declined"}).status_code == 422
    assert browser.post(where, {"state": "accepted"}).status_code == 302
    assert browser.post(where, {"state": "completed"}).status_code == 302
    with acting(user=amina):
        assert SupportReferral.objects.get().state == "completed"


def test_the_figures_count_and_name_nobody(case: Case, clinic: Service, amina: User) -> None:
    with acting(user=amina):
        referral, _code = send(case, clinic, amina)
        from referrals import services  # noqa: PLC0415

        services.record_outcome(referral, state="declined", decline_reason="no_room", by=amina)
    facts = list(DailyFact.objects.filter(measure__startswith="referral"))
    assert {fact.measure for fact in facts} == {"referrals_sent", "referral_outcomes"}
    told = json.dumps([fact.dimensions for fact in facts])
    assert "no_room" in told
    assert str(case.pk) not in told


@pytest.mark.parametrize("verb", ["send", "withdraw"])
def test_a_get_never_changes_anything(case: Case, clinic: Service, amina: User, verb: str) -> None:
    with acting(user=amina):
        referral = draft(case, clinic, amina)
    assert enter(amina).get(f"/referrals/{referral.pk}/{verb}/").status_code == 405
