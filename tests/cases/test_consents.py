"""The ledger: what was agreed, what cannot be taken back, and what taking back stops."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from cases import consents, services
from cases.models import Case, Task
from privacy import cosigns, needed
from privacy.access import NotAllowed, acting, look_again
from privacy.fields import unseal
from privacy.models import AuditEvent, Consent, CoSign, Folder, Needed
from privacy.services import NotPossible

AGREED = {"given_by": "child", "how": "message", "language": "en"}


def agree(case: Case, amina: User, purpose: str, **facts: object) -> Consent:
    with acting(user=amina):
        told = {"purpose": purpose, **AGREED, **facts}
        return consents.record_consent(case, by=amina, **told)  # type: ignore[arg-type]


@pytest.mark.parametrize("purpose", ["police", "cyber_portal", "takedown"])
def test_what_cannot_be_taken_back_is_named_before_there_is_a_consent(
    case: Case, amina: User, purpose: str, browser: Client
) -> None:
    with pytest.raises(NotPossible, match="cannot be taken back"):
        agree(case, amina, purpose)
    page = browser.get(f"/cases/{case.pk}/").content.decode()
    assert "Say this first: it cannot be taken back." in page
    assert "nobody can take it back" in page
    address = f"/cases/{case.pk}/consents/"
    assert browser.post(address, {"purpose": purpose, **AGREED}).status_code == 422
    assert browser.post(address, {"purpose": purpose, "told": "on", **AGREED}).status_code == 302
    with acting(user=amina):
        assert Consent.objects.get(purpose=purpose).told


def test_each_consent_says_for_what_by_whom_when_how_and_in_which_language(
    case: Case, amina: User
) -> None:
    made = agree(case, amina, "follow_up", how="call", language="hi")
    assert (made.purpose, made.given_by, made.how, made.language) == (
        "follow_up",
        "child",
        "call",
        "hi",
    )
    assert made.recorded_by == amina
    assert made.given_at


def test_taking_back_ends_what_is_open_and_says_how_much(
    case: Case, amina: User, browser: Client
) -> None:
    made = agree(case, amina, "follow_up")
    with acting(user=amina):
        services.add_task(case, what="ask how it went", kind=Task.Kind.FOLLOW_UP, by=amina)
        services.add_task(case, what="something else", by=amina)
    browser.post(f"/cases/{case.pk}/consents/{made.pk}/withdraw/")
    with acting(user=amina):
        made.refresh_from_db()
        assert (made.stopped, made.already_sent) == (1, 0)
        assert made.withdrawn_by == amina
        assert Task.objects.get(done_at__isnull=True).kind == Task.Kind.TO_DO
    assert "1 thing stopped" in browser.get(f"/cases/{case.pk}/").content.decode()


def test_a_parent_agrees_only_where_parents_are_safe(case: Case, amina: User) -> None:
    with pytest.raises(NotPossible):
        agree(case, amina, "follow_up", given_by="guardian")
    with acting(user=amina):
        case = services.update_case(case, changes={"guardian_safe": "yes"}, by=amina)
    assert agree(case, amina, "follow_up", given_by="guardian").given_by == "guardian"


@pytest.mark.parametrize("who", ["ben", "tariq", "aude", "lea"])
def test_nobody_else_writes_the_ledger(
    case: Case, amina: User, request: pytest.FixtureRequest, who: str
) -> None:
    made, person = agree(case, amina, "follow_up"), request.getfixturevalue(who)
    with pytest.raises(NotAllowed), acting(user=person):
        consents.withdraw_consent(case, made, by=person)


# --- just in time ---------------------------------------------------------------------------------


def test_a_document_number_has_no_field_until_a_filing_that_needs_it_is_chosen(
    case: Case, amina: User, browser: Client
) -> None:
    page = browser.get(f"/cases/{case.pk}/").content.decode()
    assert 'name="document"' not in page
    assert "a report on the cyber crime portal" in page
    chosen = browser.get(f"/cases/{case.pk}/document/cyber_portal/").content.decode()
    assert 'name="document"' in chosen
    assert "Needed for: a report on the cyber crime portal" in chosen
    assert browser.get(f"/cases/{case.pk}/document/curiosity/").status_code == 404


def test_the_number_is_kept_only_with_their_consent_to_that_filing(case: Case, amina: User) -> None:
    agree(case, amina, "police", told=True)
    with acting(user=amina):
        folder = Folder.objects.get(pk=case.folder_id)
        with pytest.raises(NotPossible, match="agreed"):
            needed.keep_for(folder, needed_for="cyber_portal", document="XX 12", by=amina)
        made = needed.keep_for(folder, needed_for="police", document="XX 12", by=amina)
        assert unseal(made, "document") == "XX 12"


def test_the_number_is_masked_and_forgotten_when_the_filing_is_sent(
    case: Case, amina: User, browser: Client
) -> None:
    agree(case, amina, "police", told=True)
    browser.post(f"/cases/{case.pk}/document/police/", {"document": "QZ-4471-XK"})
    page = browser.get(f"/cases/{case.pk}/").content.decode()
    assert "QZ-4471-XK" not in page
    assert "Document number for a report to the police" in page
    browser.post(f"/cases/{case.pk}/document/police/sent/")
    with acting(user=amina):
        row = Needed.objects.get()
        assert row.document is None
        assert row.sent_at
    assert AuditEvent.objects.filter(verb="document_forgotten", reason="police").count() == 1


def test_the_number_goes_with_the_consent_too(case: Case, amina: User) -> None:
    agreed = agree(case, amina, "police", told=True)
    with acting(user=amina):
        folder = Folder.objects.get(pk=case.folder_id)
        needed.keep_for(folder, needed_for="police", document="XX 12", by=amina)
        consents.withdraw_consent(case, agreed, by=amina)
        assert agreed.stopped == 1
        assert Needed.objects.get().document is None


# --- legal duty without consent -------------------------------------------------------------------


def test_a_duty_without_consent_asks_another_person_first(
    case: Case, amina: User, sofia: User
) -> None:
    with acting(user=amina):
        folder = Folder.objects.get(pk=case.folder_id)
        asked = cosigns.seek_cosign(folder, act="police", words="the law asks", by=amina)
        with pytest.raises(NotPossible):
            cosigns.answer_cosign(asked, agreed=True, by=amina)
    with acting(user=sofia):
        cosigns.answer_cosign(CoSign.objects.get(), agreed=True, by=sofia)
    with acting(user=amina):
        done = cosigns.act_by_duty(folder, act="police", words="the law asks", by=amina)
        assert done.acted_with == "agreed"


@pytest.mark.parametrize("refused", [True, False])
def test_a_missing_or_refused_cosign_is_recorded_and_locks_nothing(
    case: Case, amina: User, sofia: User, refused: bool
) -> None:
    with acting(user=amina):
        folder = Folder.objects.get(pk=case.folder_id)
        asked = cosigns.seek_cosign(folder, act="police", words="the law asks", by=amina)
    if refused:
        with acting(user=sofia):
            cosigns.answer_cosign(asked, agreed=False, by=sofia)
    with acting(user=amina):
        done = cosigns.act_by_duty(folder, act="police", words="the law asks", by=amina)
    assert done.acted_with == ("refused" if refused else "missing")
    assert done.acted_at
    reason = "cosign_refused" if refused else "cosign_missing"
    assert AuditEvent.objects.get(verb="acted_by_duty").reason == reason


def test_in_a_small_desk_the_safeguarding_lead_is_asked_to_cosign(
    case: Case, amina: User, lea: User
) -> None:
    with acting(user=amina):
        folder = Folder.objects.get(pk=case.folder_id)
        cosigns.seek_cosign(folder, act="police", words="the law asks", by=amina)
    look_again()
    with acting(user=lea):
        cosigns.answer_cosign(CoSign.objects.get(), agreed=True, by=lea)


def test_who_may_write_wider_sight_is_asked_in_the_api_too(
    case: Case, amina: User, ben: User, at_desk: Callable[[User], Client]
) -> None:
    mine, other = at_desk(amina), at_desk(ben)
    address = f"/api/cases/{case.pk}/consents/"
    body = {"purpose": "police", **AGREED}
    assert other.post(address, body, "application/json").status_code == 404
    assert mine.post(address, body, "application/json").status_code == 409
    made = mine.post(address, {**body, "told": True}, "application/json")
    assert made.status_code == 201
    answer = mine.post(f"{address}{made.json()['id']}/withdraw/")
    assert answer.json()["withdrawn_at"]
    assert answer.json()["already_sent"] == 0
