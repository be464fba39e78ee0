"""The API: the same services, the same rights, and no field that the person may not read."""

from accounts.models import User
from cases.models import Case
from privacy.access import acting
from referrals.models import Service
from tests.referrals.conftest import CANARIES, WORDS, draft, enter, send


def test_amina_agrees_and_sends_and_gets_the_code_once(
    case: Case, clinic: Service, amina: User
) -> None:
    with acting(user=amina):
        referral = draft(case, clinic, amina)
    browser = enter(amina)
    where = f"/api/referrals/{referral.pk}/"
    assert browser.post(where + "send/").status_code == 409
    told: dict[str, object] = {"given_by": "child", "how": "call", "language": "en"}
    assert browser.post(where + "agree/", told, "application/json").status_code == 400
    untold = told | {"read_out": False}
    assert browser.post(where + "agree/", untold, "application/json").status_code == 400
    assert browser.post(where + "send/").status_code == 409
    told |= {"read_out": True}
    assert browser.post(where + "agree/", told, "application/json").status_code == 200
    answer = browser.post(where + "send/")
    assert answer.status_code == 200
    assert len(answer.json()["code"].replace(" ", "")) == 8
    shown = browser.get(where).json()
    assert shown["state"] == "sent"
    assert "code" not in shown
    assert browser.post(where + "send/").status_code == 409


def test_a_list_holds_what_the_person_may_know_of(
    case: Case, clinic: Service, amina: User, ben: User
) -> None:
    with acting(user=amina):
        referral, _code = send(case, clinic, amina)
    assert enter(amina).get("/api/referrals/").json()["count"] == 1
    assert enter(ben).get("/api/referrals/").json()["count"] == 0
    assert enter(ben).get(f"/api/referrals/{referral.pk}/").status_code == 404
    assert enter(ben).post(f"/api/referrals/{referral.pk}/withdraw/").status_code == 404


def test_no_word_of_the_story_is_in_it(
    case: Case, clinic: Service, amina: User, rana: User, sofia: User
) -> None:
    with acting(user=amina):
        referral, _code = send(case, clinic, amina)
    for person in (amina, rana, sofia):
        text = enter(person).get(f"/api/referrals/{referral.pk}/").content.decode()
        assert not any(word in text for word in (*CANARIES.values(), WORDS))


def test_an_outcome_needs_its_reason(case: Case, clinic: Service, amina: User) -> None:
    with acting(user=amina):
        referral, _code = send(case, clinic, amina)
    browser, where = enter(amina), f"/api/referrals/{referral.pk}/outcome/"
    assert browser.post(where, {"state": "declined"}, "application/json").status_code == 400
    told = {"state": "declined", "decline_reason": "no_room"}
    assert browser.post(where, told, "application/json").json()["decline_reason"] == "no_room"
    assert browser.post(where, {"state": "completed"}, "application/json").status_code == 409


def test_the_directory_is_for_those_who_refer(clinic: Service, amina: User, anil: User) -> None:
    assert enter(amina).get("/api/services/").json()["results"][0]["name"] == "Sunrise clinic"
    assert enter(anil).get("/api/services/").status_code == 404
    assert enter(anil).get("/api/referrals/").status_code == 404
