"""A second opinion: one colleague, an hour, a summary; the conversation if the holder says so."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from cases import consulting, services
from cases.models import Case, Note
from intake.models import Message
from privacy import consults
from privacy.access import NotAllowed, acting, capacities, may
from privacy.clock import database_now
from privacy.minimise import minimised
from privacy.models import Consultation, Grant
from privacy.services import NotPossible

SUMMARY = "somebody they met online asks for money"


def ask(case: Case, amina: User, ben: User, *, with_talk: bool = False) -> Consultation:
    with acting(user=amina):
        return consulting.consult(
            case,
            to=ben,
            question="would you block him now",
            summary=SUMMARY,
            with_talk=with_talk,
            by=amina,
        )


def test_who_is_asked_reads_the_summary_and_nothing_else_of_the_story(
    case: Case, amina: User, ben: User, at_desk: Callable[[User], Client]
) -> None:
    with acting(user=amina):
        services.add_note(case, body="a note of hers", by=amina)
        services.update_case(case, changes={"summary": "her own summary"}, by=amina)
    ask(case, amina, ben)
    with acting(user=ben):
        assert not Message.objects.visible_to(ben).exists()
        assert not Message.objects.exists(), "in the database neither"
        assert not Note.objects.exists()
        assert not may(ben, case.folder_id, "narrative", "r")
        assert not minimised(case, ben).may_read("summary")
    page = at_desk(ben).get(f"/cases/{case.pk}/").content.decode()
    assert SUMMARY in page
    assert "would you block him now" in page
    for hidden in ("he wants money", "a note of hers", "her own summary"):
        assert hidden not in page


def test_the_conversation_is_read_only_where_the_holder_included_it(
    case: Case, amina: User, ben: User, at_desk: Callable[[User], Client]
) -> None:
    ask(case, amina, ben, with_talk=True)
    page = at_desk(ben).get(f"/cases/{case.pk}/").content.decode()
    assert "he wants money" in page
    assert 'name="text"' not in page, "and answers nothing"
    with acting(user=ben):
        assert not may(ben, case.folder_id, "narrative", "w")
        assert not may(ben, case.folder_id, "contact", "m")


def test_it_ends_after_an_hour(case: Case, amina: User, ben: User) -> None:
    asked = ask(case, amina, ben)
    with acting(part="glass"):
        (given,) = Grant.objects.filter(user=ben)
        assert given.until == asked.until
        Grant.objects.filter(user=ben).update(until=database_now())
        Consultation.objects.update(until=database_now())
    with acting(user=ben):
        assert not Case.objects.visible_to(ben).exists()
        assert not Consultation.objects.exists()
        asked.until = database_now()
    with pytest.raises(NotAllowed), acting(user=ben):
        consults.advise(asked, advice="too late", by=ben)


def test_the_advice_stands_on_the_holders_page(
    case: Case, amina: User, ben: User, at_desk: Callable[[User], Client]
) -> None:
    asked = ask(case, amina, ben)
    assert f"asks you about {case.code}" in at_desk(ben).get("/").content.decode()
    at_desk(ben).post(
        f"/cases/{case.pk}/advise/{asked.pk}/", {"advice": "keep the chat, block later"}
    )
    assert "keep the chat, block later" in at_desk(amina).get(f"/cases/{case.pk}/").content.decode()
    assert "asks you about" not in at_desk(ben).get("/").content.decode()


def test_a_supervisor_does_not_read_what_was_written_for_somebody_else(
    case: Case, amina: User, ben: User, sofia: User, at_desk: Callable[[User], Client]
) -> None:
    ask(case, amina, ben)
    assert SUMMARY not in at_desk(sofia).get(f"/cases/{case.pk}/").content.decode()
    with acting(user=sofia):
        assert capacities(sofia, [case.folder_id])[case.folder_id] == {"supervise"}
        assert not minimised(Consultation.objects.get(), sofia).may_read("summary")


@pytest.mark.parametrize("who", ["ben", "sofia", "tariq"])
def test_only_the_holder_asks(
    case: Case, amina: User, ben: User, request: pytest.FixtureRequest, who: str
) -> None:
    person = request.getfixturevalue(who)
    with pytest.raises(NotAllowed), acting(user=person):
        consulting.consult(case, to=amina, question="and now", summary="short", by=person)


def test_takedown_officers_are_not_asked_about_a_story(
    case: Case, amina: User, tariq: User
) -> None:
    with acting(user=amina), pytest.raises(NotPossible):
        consulting.consult(case, to=tariq, question="and now", summary="short", by=amina)
