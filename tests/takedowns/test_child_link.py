"""A child's own link: the age confirmed, made once, sealed, and sent once in neutral words."""

import pytest
from pytest_django import Settings

from accounts.models import Team, User
from cases.models import Case, CaseConversation
from intake.models import Conversation, Message, OutboundMessage
from privacy.access import NotAllowed, acting, revoke
from privacy.fields import unseal
from privacy.models import AuditEvent
from privacy.services import NotPossible
from takedowns import services
from takedowns.cards import link_card
from takedowns.models import ChildLink
from tests import people
from tests.counterparts import World
from tests.takedowns.outbox import carry, lose_worker, waiting

State = ChildLink.State


def conversation_of(case: Case) -> Conversation:
    with acting(part="intake"):
        link = CaseConversation.objects.select_related("conversation").get(case=case)
    found: Conversation = link.conversation
    return found


def asked(case: Case, by: User, age_band: str = "13-15") -> ChildLink:
    with acting(user=by):
        return services.make_child_link(
            case, conversation=conversation_of(case), age_band=age_band, by=by
        )


def fresh(link: ChildLink) -> ChildLink:
    with acting(part="takedowns"):
        return ChildLink.objects.get(pk=link.pk)


def said_to(case: Case) -> list[str]:
    with acting(part="intake"):
        rows = Message.objects.filter(
            conversation=conversation_of(case), direction=Message.Direction.OUT
        )
        return [unseal(row, "body") or "" for row in rows]


@pytest.mark.parametrize("age_band", ["<13", "13-15", "16-17"])
def test_the_foundation_hears_the_age_and_a_random_number_and_nothing_else(
    iwf: World, case: Case, amina: User, age_band: str
) -> None:
    link = asked(case, amina, age_band)
    carry(link.pk)
    (kept,) = iwf.iwf()["links"]
    assert kept["age_range"] == age_band
    assert kept["case_number"] == link.case_number
    assert len(link.case_number) == 32
    assert case.code not in link.case_number


def test_the_link_is_sealed_and_sent_once_in_the_conversation(
    iwf: World, case: Case, amina: User
) -> None:
    link = asked(case, amina)
    assert link.state == State.MAKING
    carry(link.pk)
    made = fresh(link)
    (kept,) = iwf.iwf()["links"]
    address = f"{iwf.url}/iwf/link/?t={kept['id']}"
    assert made.state == State.SENT
    with acting(part="takedowns"):
        assert unseal(made, "link") == address
        assert kept["id"] not in str(ChildLink.objects.values().get(pk=link.pk))
    (words,) = said_to(case)
    assert address in words
    assert not {"helpline", "abuse", "police", case.code} & set(words.lower().split())


def test_pressing_send_on_a_sent_one_sends_nothing(iwf: World, case: Case, amina: User) -> None:
    link = asked(case, amina)
    carry(link.pk)
    with acting(user=amina):
        services.deliver_link(fresh(link), by=amina)
    assert len(said_to(case)) == 1


def test_the_foundations_reason_is_shown_as_a_code(
    iwf: World, case: Case, amina: User, settings: Settings
) -> None:
    settings.IWF_SECRET_KEY = "wrong"
    link = asked(case, amina)
    carry(link.pk)
    assert (fresh(link).state, fresh(link).problem) == (State.FAILED, "invalid_secret_key")
    assert said_to(case) == []


def test_made_and_cut_off_is_unknown_and_not_made_again_by_itself(
    iwf: World, case: Case, amina: User
) -> None:
    iwf.misbehave("iwf", "accept-then-drop")
    link = asked(case, amina)
    carry(link.pk)
    assert fresh(link).state == State.UNKNOWN
    with pytest.raises(OutboundMessage.DoesNotExist):
        waiting(link.pk)
    iwf.behave()
    other = asked(case, amina)  # a person decides: another one, with a number of its own
    carry(other.pk)
    assert fresh(other).state == State.SENT
    assert other.case_number != link.case_number


def test_killed_while_calling_it_is_unknown_and_not_made_again(
    iwf: World, case: Case, amina: User
) -> None:
    link = asked(case, amina)
    lose_worker(link.pk)
    assert fresh(link).state == State.UNKNOWN
    assert said_to(case) == []
    assert iwf.iwf()["links"] == []


def test_killed_after_it_was_sent_it_is_sent_once(iwf: World, case: Case, amina: User) -> None:
    link = asked(case, amina)
    lose_worker(link.pk, after_the_call=True)
    assert fresh(link).state == State.SENT
    assert len(said_to(case)) == 1
    assert len(iwf.iwf()["links"]) == 1


def test_a_link_that_cannot_be_sent_now_waits_for_the_counsellor(
    iwf: World, case: Case, amina: User
) -> None:
    iwf_conversation = conversation_of(case)
    with acting(part="intake"):
        Conversation.objects.filter(pk=iwf_conversation.pk).update(last_inbound_at=None)
    link = asked(case, amina)
    carry(link.pk)
    assert (fresh(link).state, fresh(link).problem) == (State.MADE, "cannot_write_now")
    with acting(user=amina), pytest.raises(NotPossible):
        services.deliver_link(fresh(link), by=amina)
    with acting(part="intake"):
        Conversation.objects.filter(pk=iwf_conversation.pk).update(
            last_inbound_at=iwf_conversation.started_at
        )
    with acting(user=amina):
        services.deliver_link(fresh(link), by=amina)
    assert fresh(link).state == State.SENT
    assert len(said_to(case)) == 1
    assert len(iwf.iwf()["links"]) == 1


def test_when_its_message_failed_the_link_can_be_sent_again(
    iwf: World, case: Case, amina: User
) -> None:
    link = asked(case, amina)
    carry(link.pk)
    with acting(part="delivery"):
        OutboundMessage.objects.filter(message=fresh(link).message_id).update(state="failed")
    with acting(user=amina):
        card = link_card(case, amina)
        assert card is not None
        assert card.gist == "made, and the message did not go out"
        services.deliver_link(fresh(link), by=amina)
        services.deliver_link(fresh(link), by=amina)
    assert len(said_to(case)) == 2
    assert len(iwf.iwf()["links"]) == 1


def test_while_one_is_on_its_way_there_is_no_second(iwf: World, case: Case, amina: User) -> None:
    asked(case, amina)
    with pytest.raises(NotPossible):
        asked(case, amina)


def test_an_age_that_is_none_of_the_three_is_refused(case: Case, amina: User) -> None:
    with pytest.raises(NotPossible):
        asked(case, amina, "18+")


def test_an_adult_is_told_of_another_way(amina: User, team: Team) -> None:
    with pytest.raises(NotPossible):
        asked(people.case_of(amina, team=team, age_band="18_24"), amina)


def test_another_cases_conversation_is_refused(case: Case, amina: User, team: Team) -> None:
    other = people.case_of(amina, team=team)
    with acting(user=amina), pytest.raises(NotPossible):
        services.make_child_link(
            case, conversation=conversation_of(other), age_band="13-15", by=amina
        )


def test_the_link_is_the_counsellors_and_not_the_officers(
    case: Case, amina: User, tariq: User, ben: User, sofia: User
) -> None:
    with acting(user=amina):
        services.report_content(case, kind="url", locator="https://x.com/a", by=amina)
    conversation = conversation_of(case)
    for person in (tariq, ben, sofia):
        with acting(user=person), pytest.raises(NotAllowed):
            services.make_child_link(case, conversation=conversation, age_band="13-15", by=person)


def test_who_gave_the_case_away_meanwhile_has_nothing_sent(
    iwf: World, case: Case, amina: User
) -> None:
    link = asked(case, amina)
    with acting(part="takedowns"):
        revoke(case.folder_id, user=amina, by=None)
    assert carry(link.pk).problem == "no_longer_allowed"
    assert iwf.iwf()["links"] == []


def test_what_came_of_it_is_entered_later(iwf: World, case: Case, amina: User) -> None:
    link = asked(case, amina)
    with acting(user=amina), pytest.raises(NotPossible):
        services.record_link_outcome(fresh(link), outcome="removed", by=amina)
    carry(link.pk)
    with acting(user=amina):
        services.record_link_outcome(fresh(link), outcome="removed", by=amina)
    assert fresh(link).outcome == "removed"


def test_the_link_stands_in_no_record(iwf: World, case: Case, amina: User) -> None:
    link = asked(case, amina)
    carry(link.pk)
    (kept,) = iwf.iwf()["links"]
    assert kept["id"] not in str(list(AuditEvent.objects.values()))
    with acting(part="delivery"):
        assert kept["id"] not in str(list(OutboundMessage.objects.values()))
