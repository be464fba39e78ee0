"""F5: they hear who has seen it, and get a copy, on their own channel and after their yes."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Team, User
from cases import services as cases
from cases.models import Case
from intake import languages, looks, own_data, services
from intake.models import Conversation, Message, SubjectRequest
from privacy.access import NotAllowed, acting
from privacy.minimise import minimised
from privacy.services import NotPossible, reveal
from tests.intake.conftest import MARK
from tests.intake.hearing import (
    ASHA,
    MEERA,
    case_for,
    change,
    change_case,
    codes,
    fresh,
    hear,
    notices,
    said_back,
)

pytestmark = pytest.mark.django_db

TOLD = f"he has my picture {MARK}"


@pytest.fixture
def told(amina: User) -> Conversation:
    conversation = hear(TOLD)
    case_for(conversation)
    change(conversation, relation="self", step="stopped")
    return fresh(conversation)


def read_it(user: User, conversation: Conversation) -> None:
    with acting(user=user):
        for row in Message.objects.visible_to(user).filter(conversation=conversation):
            assert minimised(row, user).body is not None or row.kind == "notice"


def answer_of(conversation: Conversation) -> str:
    return said_back(conversation)[-1][1]


def requests() -> list[tuple[str, str]]:
    with acting(part="intake"):
        return list(SubjectRequest.objects.order_by("asked_at").values_list("kind", "state"))


def test_who_has_seen_it_is_told_after_their_yes_with_role_times_and_purpose(
    told: Conversation, amina: User
) -> None:
    read_it(amina, told)
    hear("who has seen my report?")
    assert codes(told)[-1] == "seen_offer"
    hear("yes")
    assert codes(told)[-1] == "seen_answer"
    words = answer_of(told)
    assert "The person who helps you, to help you: 1 time." in words
    assert f"{timezone.localtime():%B}" in words
    assert amina.name not in words
    assert requests() == [("seen", "answered")]


def test_nobody_who_has_read_it_is_nobody(told: Conversation) -> None:
    hear("who has seen my report?")
    hear("yes")
    assert "Nobody has read what you wrote yet" in answer_of(told)


@pytest.mark.parametrize("said", ["no", "he wrote again"])
def test_without_their_yes_nothing_is_told(told: Conversation, amina: User, said: str) -> None:
    read_it(amina, told)
    hear("who has seen my report?")
    hear(said)
    assert "seen_answer" not in codes(told)
    assert requests() == [("seen", "lapsed")]


@pytest.mark.parametrize("sign", ["shared phone", "unsafe guardian", "another profile name"])
def test_a_sign_that_it_may_be_somebody_else_stops_it_until_the_agreed_check(
    told: Conversation, amina: User, sign: str
) -> None:
    with acting(user=amina):
        case = Case.objects.get(folder=told.filed_to_id)
        if sign == "shared phone":
            cases.set_risk(case, risk="normal", flags=["shared_device"], why="said so", by=amina)
        if sign == "unsafe guardian":
            cases.update_case(case, changes={"guardian_safe": "no"}, by=amina)
    if sign == "another profile name":
        hear(f"and more {MARK}", profile_name="Asha")
        hear("who has seen my report?", profile_name="Somebody")
    else:
        hear("who has seen my report?")
    assert codes(told)[-1] == "own_by_person"
    assert "seen_asked" in notices(told)
    assert requests() == [("seen", "asked")]
    with acting(user=amina), pytest.raises(NotPossible, match="agreed question"):
        own_data.offer(fresh(told), kind="seen", by=amina)


def test_after_the_check_a_colleague_has_it_told(told: Conversation, amina: User) -> None:
    read_it(amina, told)
    hear(f"and more {MARK}", profile_name="Asha")
    hear("who has seen my report?", profile_name="Somebody")
    with acting(user=amina):
        services.settle_check(fresh(told), right=True, by=amina)
        own_data.offer(fresh(told), kind="seen", by=amina)
    hear("yes", profile_name="Somebody")
    assert codes(told)[-1] == "seen_answer"


def test_only_their_own_conversation_is_told_of(
    told: Conversation, amina: User, ben: User, team: Team
) -> None:
    """Meera writes about the same child: what was read of the case is not hers to know."""
    other = hear(f"my friend is in trouble {MARK}", sender=MEERA)
    with acting(user=amina):
        case = Case.objects.get(folder=told.filed_to_id)
    with acting(part="filing"):
        services.file_to(fresh(other), case.folder_id)
    change(other, relation="friend")
    read_it(amina, told)
    with acting(part="intake"):
        assert looks.seen_of(fresh(other)) == []


def test_a_reveal_is_told_with_what_it_was_for(told: Conversation, amina: User) -> None:
    with acting(user=amina):
        identity = told.identities.get()
        reveal(identity, field="value", purpose="call_back", words="to call", by=amina)
    with acting(part="intake"):
        assert ("call_back", 1) in [(one.why, one.times) for one in looks.seen_of(fresh(told))]


@pytest.mark.parametrize("code", languages.OWN)
def test_it_is_told_in_their_language(told: Conversation, amina: User, code: str) -> None:
    change(told, language=code, language_from="chosen")
    with acting(user=amina):
        own_data.offer(fresh(told), kind="seen", by=amina)
    hear({"en": "yes", "hi": "हाँ", "hi-Latn": "haan", "ar": "نعم", "fr": "oui"}[code])
    assert codes(told)[-1] == "seen_answer"


def link_of(conversation: Conversation) -> str:
    found = re.search(r"/mine/[\w-]+/", answer_of(conversation))
    assert found
    return found[0]


def page_of(path: str) -> str:
    return Client().post(path).content.decode()


def ask_for_copy(told: Conversation, amina: User, *parts: str) -> str:
    with acting(user=amina):
        own_data.offer(fresh(told), kind="copy", parts=parts, by=amina)
    hear("yes")
    return link_of(told)


def test_f5_the_copy_holds_their_own_data_and_no_third_persons(
    told: Conversation, amina: User
) -> None:
    with acting(user=amina):
        case = Case.objects.get(folder=told.filed_to_id)
        facts = {"name": "Own Name", "school": "Own School", "age_band": "13_15"}
        cases.update_case(case, changes=facts, by=amina)
        cases.add_note(case, body="the uncle Third Person was named", by=amina)
        cases.update_case(case, changes={"summary": "Summary with Third Person"}, by=amina)
    other = hear(f"I am the aunt {MARK} Other Words", sender=MEERA)
    with acting(part="filing"):
        services.file_to(fresh(other), case.folder_id)
    shown = page_of(ask_for_copy(told, amina))
    for mine in (TOLD, "Own Name", "Own School", ASHA):
        assert mine in shown
    for theirs in ("Third Person", "Other Words", MEERA.rpartition(":")[2], amina.name):
        assert theirs not in shown


def test_f5_a_colleague_puts_in_a_summary_that_names_nobody_else(
    told: Conversation, amina: User
) -> None:
    change_case(case_of(told, amina), amina, summary="A picture was shared.")
    assert "A picture was shared." in page_of(ask_for_copy(told, amina, "summary"))


def case_of(told: Conversation, user: User) -> Case:
    with acting(user=user):
        found: Case = Case.objects.get(folder=told.filed_to_id)
        return found


def test_f5_whoever_writes_for_another_gets_nothing_that_was_noted_about_that_one(
    told: Conversation, amina: User
) -> None:
    change_case(case_of(told, amina), amina, name="The Child")
    change(told, relation="friend")
    shown = page_of(ask_for_copy(told, amina))
    assert TOLD in shown
    assert "The Child" not in shown


def test_f5_the_copy_opens_once_and_only_after_a_button(told: Conversation, amina: User) -> None:
    link = ask_for_copy(told, amina)
    first = Client().get(link)
    assert first.status_code == 200
    assert TOLD not in first.content.decode()
    assert TOLD in page_of(link)
    again = Client().post(link)
    assert again.status_code == 404
    assert TOLD not in again.content.decode()
    assert Client().get(link).status_code == 404


def test_f5_the_link_is_kept_as_a_fingerprint_and_ends_after_a_day(
    told: Conversation, amina: User
) -> None:
    link = ask_for_copy(told, amina)
    with acting(part="intake"):
        row = SubjectRequest.objects.get()
        assert row.token not in link
        SubjectRequest.objects.update(until=timezone.now() - timedelta(minutes=1))
    assert Client().post(link).status_code == 404


@pytest.mark.parametrize("when", ["before the offer", "before the yes", "before it is opened"])
def test_f5_a_sign_of_somebody_else_stops_the_copy_at_every_step(
    told: Conversation, amina: User, when: str
) -> None:
    def sign() -> None:
        change_case(case_of(told, amina), amina, guardian_safe="no")

    if when == "before the offer":
        sign()
        with acting(user=amina), pytest.raises(NotPossible):
            own_data.offer(fresh(told), kind="copy", by=amina)
        return
    with acting(user=amina):
        own_data.offer(fresh(told), kind="copy", by=amina)
    if when == "before the yes":
        sign()
        hear("yes")
        assert codes(told)[-1] == "own_by_person"
        return
    hear("yes")
    link = link_of(told)
    sign()
    assert Client().post(link).status_code == 404


def test_f5_nobody_but_whoever_works_the_case_can_have_it_sent(
    told: Conversation, ben: User, sofia: User
) -> None:
    for person in (ben, sofia):
        with pytest.raises(NotAllowed), acting(user=person):
            own_data.offer(fresh(told), kind="copy", by=person)


def test_f5_what_the_page_shows_a_colleague_is_exactly_what_leaves(
    told: Conversation, amina: User
) -> None:
    client = Client()
    client.force_login(amina)
    case = case_of(told, amina)
    shown = client.get(f"/cases/{case.pk}/copy/{told.pk}/").content.decode()
    link = ask_for_copy(told, amina)
    left = page_of(link)
    lines = re.findall(r'<li dir="auto">(.*?)</li>', shown, re.DOTALL)
    assert lines
    assert [line for line in lines if line not in left] == []


def test_a_copy_asked_for_by_keyword_goes_to_a_person_first(told: Conversation) -> None:
    hear("my copy")
    assert codes(told)[-1] == "own_by_person"
    assert requests() == [("copy", "asked")]


def test_they_told_a_colleague_to_delete_and_say_it_themselves(
    told: Conversation, amina: User
) -> None:
    with acting(user=amina):
        own_data.confirm_delete(fresh(told), by=amina)
    assert codes(told)[-1] == "delete_confirm"
    hear("DELETE")
    assert fresh(told).hidden_at is not None
