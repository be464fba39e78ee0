"""One report's whole life, by the services alone: from the first message to being forgotten."""

import re
from datetime import timedelta
from typing import Final
from uuid import UUID

import pytest
from django.core import mail

from accounts.models import User
from cases import services as cases
from cases.models import Assignment, Case
from cases.tasks import triage_waiting
from intake import registry, tasks
from intake.inbound import Address, Inbound, key_of_id
from intake.models import Conversation, Identity, Message, OutboundMessage
from intake.registry import Carrier
from intake.services import receive
from privacy import chain
from privacy.access import acting
from privacy.classes import IDENTITY, NARRATIVE
from privacy.clock import database_now
from privacy.crypto import CannotOpen
from privacy.fields import unseal
from privacy.models import AuditEvent, Due, Folder, Grant
from privacy.services import record_consent
from privacy.tasks import chain_audit, forget
from reference.models import Clock, DailyFact
from referrals import partner
from referrals import services as referrals
from referrals.models import Organization, Service, SupportReferral
from takedowns import services as takedowns
from takedowns.models import Platform, Route, TakedownRequest

pytestmark = pytest.mark.django_db

SENDER: Final = "+447700900299"
FIRST: Final = "someone is asking for money and will post my picture"


class Post(Carrier):
    """Takes what leaves and gives a receipt, as a provider would."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, outbound: OutboundMessage) -> str:
        with acting(part="delivery"):
            found = OutboundMessage.objects.select_related("message").get(pk=outbound.pk)
            assert found.message is not None
            self.sent.append(unseal(found.message, "body") or "")
        return f"SM{len(self.sent)}"


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Post:
    made = Post()
    monkeypatch.setitem(registry.carriers, "whatsapp", made)
    return made


def write(text: str) -> bool:
    """The young person writes, on WhatsApp."""
    return receive(
        Inbound(
            provider="twilio",
            kind="message",
            key=key_of_id(text),
            channel="whatsapp",
            sender=Address("number", SENDER),
            text=text,
        )
    )


def work() -> None:
    """One round of the workers."""
    tasks.process_waiting()
    triage_waiting()
    tasks.deliver_waiting()


@pytest.mark.usefixtures("rana", "sofia")
def test_a_report_from_its_first_message_to_being_forgotten(
    amina: User, ben: User, tariq: User, post: Post
) -> None:
    assert write(FIRST)
    assert not write(FIRST), "the provider's second try is no second message"
    work()
    case, conversation = the_case(), the_conversation()
    assert (case.risk, len(post.sent)) == ("urgent", 1)
    why = the_assignment(case)
    holder = why.user
    assert holder in (amina, ben)
    assert why.reasons["capacity"]
    assert sum(why.others.values()) == 1

    with acting(user=holder):
        cases.reply(case, conversation=conversation, text="You did right to write.", by=holder)
        facts = {"name": "A Name", "age_band": "16_17", "summary": "asked for money"}
        cases.update_case(case, changes=facts, by=holder)
        cases.set_harms(case, codes=["sexual_extortion_money"], by=holder)
    write("thank you")
    work()
    assert post.sent[-1] == "You did right to write."

    take_down(case, holder, tariq)
    refer(case, holder)
    close_and_forget(case, conversation, holder)
    chain_audit()
    assert chain.verify().whole
    assert not any(FIRST in str(vars(event)) for event in AuditEvent.objects.all())


def take_down(case: Case, holder: User, tariq: User) -> None:
    """A place is noted; the officer asks for it to be taken down, against the clock."""
    with acting(user=holder):
        record_consent(
            Folder.objects.get(pk=case.folder_id),
            purpose="takedown",
            given_by="child",
            language="en",
            how="message",
            told=True,
            by=holder,
        )
        place = takedowns.report_content(
            case,
            kind="url",
            locator="https://pictures.example/mine",
            platform=Platform.objects.get(code="instagram"),
            age_in_content="16_17",
            by=holder,
        )
    with acting(user=tariq):
        route = Route.objects.get(code="instagram-grievance-ncii")
        request = takedowns.prepare_request(place, route=route, by=tariq)
        request = takedowns.mark_sent(request, reference="R-1", by=tariq)
        assert Clock.objects.running().visible_to(tariq).count() == 1
        takedowns.record_outcome(request, outcome="removed", evidence="platform_answer", by=tariq)
        assert not Clock.objects.running().visible_to(tariq).exists()
        closed = TakedownRequest.objects.visible_to(tariq).get()
        assert (closed.state, closed.outcome) == ("closed", "removed")


def refer(case: Case, holder: User) -> None:
    """Help outside: agreed line by line, sent, taken on by a partner without an account."""
    service = Service.objects.create(
        organization=Organization.objects.create(name="Open Door"),
        name="Legal aid",
        kind="legal_aid",
        email="intake@opendoor.example",
        asks_for=["name", "age_band", "summary"],
    )
    with acting(user=holder):
        referral = referrals.draft_referral(
            case, service=service, fields=["age_band", "summary"], words="wants advice", by=holder
        )
        referrals.record_agreement(
            referral, given_by="child", how="message", language="en", by=holder
        )
        code = referrals.send_referral(referral, by=holder)
    tasks.deliver_waiting()
    letter = mail.outbox[-1]
    assert letter.to == ["intake@opendoor.example"]
    token = re.search(r"/p/([\w-]+)/", str(letter.body))
    assert token
    link = partner.find_link(token[1])
    assert link is not None
    with acting(link=link.pk):
        opened, _secret = partner.open_door(link, code=code)
        assert opened is partner.Opening.OPEN
        shown = partner.show(link)
        assert (shown["age_band"], shown["summary"]) == ("16_17", "wants advice")
        assert "name" not in shown
        partner.accept(link)
        partner.report_outcome(link, state="completed")
    with acting(user=holder):
        assert SupportReferral.objects.visible_to(holder).get().state == "completed"


def close_and_forget(case: Case, conversation: Conversation, holder: User) -> None:
    """Nobody has it any more; in time the name goes, then the story; the figures stay."""
    with acting(user=holder):
        cases.close(case, reason="helped", child_view="it was good", by=holder)
        assert not Case.objects.visible_to(holder).exists()
    with acting(part="assignment"):
        assert not Grant.objects.filter(content_object=case.folder_id).exists()
    a_time_passes(timedelta(days=31))
    assert (readable(case, "name"), readable(case, "summary")) == (False, True)
    assert forgotten(case.folder_id) == {IDENTITY}
    a_time_passes(timedelta(days=400))
    assert not readable(case, "summary")
    assert NARRATIVE in forgotten(case.folder_id)
    with acting(part="forgetting"):
        assert not Message.objects.filter(body__isnull=False).exists()
        assert not Identity.objects.filter(conversation=conversation, value__isnull=False).exists()
    for measure in ("cases_opened", "cases_closed", "takedowns_answered", "referrals_sent"):
        assert DailyFact.objects.filter(measure=measure).exists(), measure


def a_time_passes(span: timedelta) -> None:
    """What is due within a span from closing is due today; then comes the night."""
    with acting(part="forgetting"):
        today = database_now().date()
        Due.objects.filter(on__lte=today + span, forgotten_at__isnull=True).update(on=today)
    forget()


def forgotten(folder: UUID) -> set[str]:
    with acting(part="forgetting"):
        gone = Due.objects.filter(folder=folder, forgotten_at__isnull=False)
        return set(gone.values_list("data_class", flat=True))


def readable(case: Case, field: str) -> bool:
    """Whether a field still opens for whoever may read everything."""
    with acting(part="forgetting"):
        try:
            return unseal(Case.objects.get(pk=case.pk), field) is not None
        except CannotOpen:
            return False


def the_case() -> Case:
    with acting(part="assignment"):
        found: Case = Case.objects.get()
    return found


def the_conversation() -> Conversation:
    with acting(part="intake"):
        found: Conversation = Conversation.objects.get()
    return found


def the_assignment(case: Case) -> Assignment:
    with acting(part="assignment"):
        found: Assignment = Assignment.objects.select_related("user").get(case=case)
    return found
