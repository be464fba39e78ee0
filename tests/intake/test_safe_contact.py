"""I3 and I5: what is safe for them holds for whatever writes to them, and again when it leaves."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Team, User
from cases import services as cases
from cases.contact import refuse_unsafe, verdict
from cases.models import Case
from intake import services, survey
from intake.first_steps import say
from intake.inbound import Address
from intake.models import Conversation, OutboundMessage
from intake.registry import NotNow
from intake.services import reply, send_link
from privacy import chain
from privacy.access import acting
from privacy.clock import database_now
from privacy.models import AuditEvent
from privacy.services import NotPossible
from tests.intake.conftest import MARK
from tests.intake.hearing import (
    Wire,
    case_for,
    change_case,
    fresh,
    hear,
    long_ago,
    notices,
    outbound,
    wire,  # noqa: F401 (a fixture)
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(amina: User) -> Conversation:
    """Asha wrote, and amina has her case."""
    conversation = hear(f"hello {MARK}")
    case_for(conversation)
    return fresh(conversation)


def only_in_an_hour(case: Case, by: User) -> None:
    """It is safe to write for an hour, which begins in an hour."""
    zone = ZoneInfo(case.folder.team.timezone if case.folder.team else "UTC")
    begins = (database_now() + timedelta(hours=1)).astimezone(zone)
    ends = begins + timedelta(hours=1)
    change_case(case, by, safe_from=begins.time().replace(microsecond=0), safe_until=ends.time())


def other_channel(case: Case, by: User) -> None:
    change_case(case, by, safe_channel="email")


def do_not_contact(case: Case, by: User) -> None:
    change_case(case, by, do_not_contact=True)


def shared_phone(case: Case, by: User) -> None:
    with acting(user=by):
        cases.set_risk(case, risk="normal", flags=["shared_device"], why="a sister too", by=by)


RULES = (only_in_an_hour, other_channel, do_not_contact, shared_phone)


def a_reply(conversation: Conversation, case: Case, amina: User) -> None:
    with acting(user=amina):
        reply(conversation, text="are you there?", by=amina)


def a_link(conversation: Conversation, case: Case, amina: User) -> None:
    with acting(user=amina):
        send_link(conversation, code="own_link", values={"link": "https://x.example"}, by=amina)


def a_call_back(conversation: Conversation, case: Case, amina: User) -> None:
    with acting(user=amina):
        services.refuse_unsafe(conversation)


PATHS = (a_reply, a_link, a_call_back)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("path", PATHS)
def test_i3_no_way_out_breaks_what_is_safe(
    told: Conversation,
    amina: User,
    rule: Callable[[Case, User], None],
    path: Callable[[Conversation, Case, User], None],
) -> None:
    case = case_for(told)
    rule(case, amina)
    long_ago(told, hours=2)
    before = len(outbound(told))
    with pytest.raises(NotPossible):
        path(fresh(told), case, amina)
    assert len(outbound(told)) == before


@pytest.mark.parametrize("rule", RULES)
def test_i3_nothing_automatic_breaks_what_is_safe(
    told: Conversation, amina: User, rule: Callable[[Case, User], None]
) -> None:
    rule(case_for(told), amina)
    long_ago(told, hours=2)
    before = len(outbound(told))
    with acting(part="intake"):
        assert not say(fresh(told), "status", lambda: "Something.")
    assert not survey.offer(fresh(told))
    assert len(outbound(told)) == before


def test_i3_a_shared_phone_is_theirs_while_they_write(told: Conversation, amina: User) -> None:
    shared_phone(case_for(told), amina)
    a_reply(fresh(told), case_for(told), amina)
    assert outbound(told)[-1].state == "approved"


@pytest.mark.parametrize("rule", RULES)
def test_i3_a_reason_sets_it_aside_and_is_on_record(
    told: Conversation, amina: User, rule: Callable[[Case, User], None]
) -> None:
    case = case_for(told)
    rule(case, amina)
    long_ago(told, hours=2)
    with acting(user=amina):
        with pytest.raises(NotPossible):
            cases.set_safe_contact_aside(case, purpose="danger", words=" ", by=amina)
        cases.set_safe_contact_aside(case, purpose="danger", words="she asked me to, now", by=amina)
    a_reply(fresh(told), case, amina)
    assert AuditEvent.objects.filter(verb="safe_contact_aside", actor=str(amina.pk)).count() == 1
    assert chain.verify().whole


def test_i3_an_answer_that_waited_past_the_safe_hours_waits_for_the_next(
    told: Conversation,
    amina: User,
    wire: Wire,  # noqa: F811
) -> None:
    case = case_for(told)
    wire.deliver()
    a_reply(told, case, amina)
    only_in_an_hour(case, amina)  # as if the hours had ended since
    sent = len(wire.sent)
    assert len(wire.deliver()) == sent
    held = outbound(told)[-1]
    assert (held.state, held.problem) == ("approved", "safe_hours")
    assert timedelta(minutes=50) < held.not_before - database_now() < timedelta(minutes=61)
    with acting(user=amina):
        cases.set_safe_contact_aside(case, purpose="danger", words="she is in danger", by=amina)
    a_reply(fresh(told), case, amina)
    assert len(wire.deliver()) == sent + 1  # what waits holds up nothing


@pytest.mark.parametrize("rule", [other_channel, do_not_contact])
def test_i3_what_is_never_safe_again_by_itself_is_not_sent_and_the_writer_sees_it(
    told: Conversation,
    amina: User,
    rule: Callable[[Case, User], None],
    wire: Wire,  # noqa: F811
) -> None:
    case = case_for(told)
    a_reply(told, case, amina)
    rule(case, amina)
    wire.deliver()
    assert outbound(told)[-1].state == "failed"
    assert "are you there?" not in [words for _address, words in wire.sent]


@pytest.mark.parametrize("rule", [only_in_an_hour, other_channel, do_not_contact])
def test_i3_who_comes_back_goes_by_the_rules_they_gave_before(
    told: Conversation, amina: User, rule: Callable[[Case, User], None]
) -> None:
    case = case_for(told)
    rule(case, amina)
    with acting(user=amina):
        cases.close(case, reason="helped", by=amina)
    long_ago(told, hours=2)
    hear(f"it is me again {MARK}")
    back = fresh(told)
    assert (back.filed_to_id, back.state) == (None, Conversation.State.WAITING)
    with acting(part="intake"), pytest.raises(NotNow):
        refuse_unsafe(back)


def test_i3_so_long_afterwards_that_it_may_be_somebody_else_no_old_rule_stands(
    told: Conversation, amina: User
) -> None:
    case = case_for(told)
    do_not_contact(case, amina)
    with acting(user=amina):
        cases.close(case, reason="helped", by=amina)
    with acting(part="filing"):
        Case.objects.update(closed_at=database_now() - timedelta(days=61))
        Conversation.objects.update(state=Conversation.State.WAITING)
    with acting(part="intake"):
        refuse_unsafe(fresh(told))


def test_i3_another_childs_rule_on_a_shared_conversation_holds_and_is_not_told(
    told: Conversation, amina: User, ben: User
) -> None:
    mine = case_for(told)
    with acting(user=amina):
        other = cases.open_case(told, by=amina)
    only_in_an_hour(other, amina)
    with acting(user=amina):
        cases.hand_over(other, to=ben, summary="short", by=amina)
        seen = verdict(mine, fresh(told), at=database_now())
    assert "Another rule" in seen.refusal
    assert not seen.may_set_aside, "hers is not to set aside"
    with pytest.raises(NotPossible, match="Another rule"):
        a_reply(fresh(told), mine, amina)


def test_i3_the_page_says_what_waits_and_why(
    told: Conversation,
    amina: User,
    wire: Wire,  # noqa: F811
) -> None:
    from django.test import Client  # noqa: PLC0415

    case = case_for(told)
    a_reply(told, case, amina)
    only_in_an_hour(case, amina)
    wire.deliver()
    browser = Client()
    browser.force_login(amina)
    assert "waits for the hours that are safe" in browser.get(f"/cases/{case.pk}/").content.decode()


ACCOUNT = (Address("bsuid", "IN.1"),)


def test_i5_an_answer_goes_to_the_address_it_was_written_for(
    amina: User,
    team: Team,
    wire: Wire,  # noqa: F811
) -> None:
    conversation = hear(f"hi {MARK}", sender="+919900000011", also=ACCOUNT)
    case = case_for(conversation)
    a_reply(fresh(conversation), case, amina)
    hear(f"new sim {MARK}", sender="+919900000012", also=ACCOUNT)
    wire.deliver()
    assert ("+919900000011", "are you there?") not in wire.sent
    assert ("+919900000012", "are you there?") not in wire.sent
    assert outbound(conversation)[1].problem == "address_changed"


def test_i5_after_another_number_answers_are_refused_until_confirmed(amina: User) -> None:
    conversation = hear(f"hi {MARK}", sender="+919900000011", also=ACCOUNT)
    case = case_for(conversation)
    hear(f"new sim {MARK}", sender="+919900000012", also=ACCOUNT)
    assert "sign_number" in notices(conversation)
    with pytest.raises(NotPossible, match="another number"):
        a_reply(fresh(conversation), case, amina)
    with acting(user=amina):
        services.settle_check(fresh(conversation), right=True, by=amina)
    a_reply(fresh(conversation), case, amina)
    with acting(part="delivery"):
        last = (
            OutboundMessage.objects.select_related("identity")
            .filter(conversation=conversation)
            .latest("created_at")
        )
        assert last.identity is not None
        assert last.identity.current


def test_i5_another_account_on_the_same_number_is_told_and_sent_nothing(
    amina: User,
    team: Team,
    wire: Wire,  # noqa: F811
) -> None:
    conversation = hear(f"hi {MARK}", sender="+919900000011", also=ACCOUNT)
    case = case_for(conversation)
    a_reply(fresh(conversation), case, amina)
    hear("DELETE", sender="+919900000011", also=(Address("bsuid", "IN.2"),))
    assert "sign_number" in notices(conversation)
    assert fresh(conversation).hidden_at is None
    wire.deliver()
    assert ("+919900000011", "are you there?") not in wire.sent
    with pytest.raises(NotPossible, match="another number"):
        a_reply(fresh(conversation), case, amina)


def test_an_account_that_is_told_for_the_first_time_is_no_sign(team: Team) -> None:
    conversation = hear(f"hi {MARK}", sender="+919900000011")
    hear(f"hi {MARK}", sender="+919900000011", also=ACCOUNT)
    hear(f"hi {MARK}", sender="+919900000011")
    assert notices(conversation) == []


def test_c10_after_a_hand_over_the_former_holders_queued_answer_is_not_sent(
    told: Conversation,
    amina: User,
    ben: User,
    wire: Wire,  # noqa: F811
) -> None:
    case = case_for(told)
    a_reply(told, case, amina)
    with acting(user=amina):
        cases.hand_over(case, to=ben, summary="she is calm", by=amina)
    wire.deliver()
    assert outbound(told)[-1].problem == "handed_over"


def test_the_last_answer_before_a_closing_still_goes_out(
    told: Conversation,
    amina: User,
    wire: Wire,  # noqa: F811
) -> None:
    case = case_for(told)
    a_reply(told, case, amina)
    with acting(user=amina):
        cases.close(case, reason="not_for_us", by=amina)
    assert "are you there?" in [words for _address, words in wire.deliver()]
