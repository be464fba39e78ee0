"""One world for the walks: amina's case with everything a case can have, and everybody else."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import Holiday, Team, User
from accounts.services import ask_duty
from cases import legal
from cases import services as cases
from cases.models import Case, CaseConversation, Handover
from insight.models import Alert
from intake.inbound import Inbound
from intake.models import (
    ApprovedText,
    CallBack,
    Conversation,
    Identity,
    InboundEvent,
    OnCallPage,
    OutboundMessage,
)
from intake.services import receive, reply
from privacy import custody
from privacy.access import acting
from privacy.fields import unseal
from privacy.models import AuditEvent, Consultation, CoSign, Folder, Glass, Needed
from privacy.services import record_consent, reveal
from reference.models import EmergencyNumber
from reference.services import count_fact
from referrals import services as referrals
from referrals.models import LinkLetter, Organization, Service, SupportReferral
from takedowns import services as takedowns
from takedowns.models import ChildLink, Platform, ReportedContent, Route
from tests import people

NAMES: Final = ("amina", "ben", "sofia", "tariq", "rana", "anil", "adil", "aude", "lea")
ANONYMOUS: Final = "-"


@dataclass
class World:
    """Everybody, and the keys of what stands in amina's case."""

    cast: dict[str, User]
    case: Case
    conversation: Conversation
    keys: dict[str, Any]

    def browser(self, name: str) -> Client:
        """A person's browser, signed in; `-` is nobody's."""
        client = Client(raise_request_exception=False)
        if name != ANONYMOUS:
            client.force_login(self.cast[name], backend="accounts.backends.PasswordBackend")
        return client


def make() -> World:
    """The world, by the services; run it inside a test that has the database."""
    cache.clear()
    team = people.make_team()
    cast = {name: people.make_person(name, team) for name in NAMES}
    hashed = make_password("correct horse battery")  # once: hashing is slow on purpose
    for person in cast.values():
        person.password = hashed
        person.save(update_fields=["password"])
    amina, tariq = cast["amina"], cast["tariq"]
    case = people.case_of(amina, team=team, text="hello")
    with acting(part="intake"):
        link = CaseConversation.objects.select_related("conversation").get(case=case)
        conversation = link.conversation
        identity = Identity.objects.get(conversation=conversation)
    keys: dict[str, Any] = {
        "team": team.pk,
        "case": case.pk,
        "conversation": conversation.pk,
        "identity": identity.pk,
        "ben": cast["ben"].pk,
    }
    count_fact(timezone.now().date() - timedelta(days=40), "cases_opened", 20, language="en")
    with acting(user=amina):
        keys |= _write(case, conversation, identity, amina)
        content, letter = _places(case, conversation, amina)
        referral, sent, token, code = _referrals(case, amina)
    with acting(user=tariq):
        request = takedowns.prepare_request(
            content, route=Route.objects.get(code="site-contact"), by=tariq
        )
    keys |= {
        "content": content.pk,
        "request": request.pk,
        "link": letter.pk,
        "referral": referral.pk,
        "sent": sent.pk,
        "service": sent.service_id,
        "token": token,
        "code": code,
    }
    keys |= _of_the_desk(conversation, cast["ben"])
    keys |= _kept(case, cast["sofia"])
    asked = ask_duty(cast["ben"], team=team, role="takedown_officer", by=cast["aude"])
    keys["asked"] = asked.pk
    now = timezone.now()
    keys["alert"] = Alert.objects.create(kind="off_shift", person=cast["ben"], period=now).pk
    with acting(part="intake"):
        back = CallBack(folder_id=conversation.folder_id, conversation=conversation)
        back.wishes = '{"safe": "yes", "when": "any"}'
        back.save()
    _was_handed_over(case, giver=cast["ben"], to=amina)
    keys |= _was_looked_into(case, amina, by=cast["ben"])
    return World(cast, case, conversation, keys)


def _of_the_desk(conversation: Conversation, ben: User) -> dict[str, Any]:
    """What a supervisor and an administrator see to: hours, numbers, texts, what was unreadable."""
    receive(Inbound("smtp", "message", "dead", "email", text="a word", problem="no_sender"))
    now = timezone.now()
    with acting(part="delivery"):
        team = Team.objects.get()
        page = OnCallPage(
            folder_id=conversation.folder_id,
            conversation=conversation,
            user=ben,
            turn=1,
            since=now,
        )
        page.save(force_insert=True)
    text = ApprovedText.objects.create(
        code="hello",
        carrier="whatsapp",
        language="en",
        provider_ref="HX0",
        text="Hello.",
        approved_on=now.date(),
    )
    return {
        "letter": InboundEvent.objects.get(key="dead").pk,
        "number": EmergencyNumber.objects.filter(country="IN").latest("position").pk,
        "text": text.pk,
        "shift": ben.shifts.latest("starts_at").pk,
        "duty": ben.duties.get().pk,
        "holiday": Holiday.objects.create(team=team, on=date(2099, 6, 1), name="a feast").pk,
        "page": page.pk,
    }


def _kept(case: Case, sofia: User) -> dict[str, Any]:
    """A hold that a second person has not agreed to yet, and somebody who keeps halves of keys."""
    with acting(user=sofia):
        matter = legal.ask_hold(case, classes=["narrative"], reason="police", by=sofia)
    custodian = custody.add_custodian(name="A", public_key=bytes(32), by=None)
    return {"matter": matter, "custodian": custodian.pk}


def _write(
    case: Case, conversation: Conversation, identity: Identity, amina: User
) -> dict[str, Any]:
    facts = {"name": "A Name", "school": "A School", "safe_words": "A Word", "age_band": "13_15"}
    cases.update_case(case, changes=facts, by=amina)
    cases.add_note(case, body="a note", by=amina)
    task = cases.add_task(case, what="a task", due_at=timezone.now(), by=amina)
    message = reply(conversation, text="an answer", by=amina)
    cases.save_draft(conversation, text="a draft", by=amina)
    cases.save_typed(case, place="note.body", text="a typed note", by=amina)
    folder = Folder.objects.get(pk=case.folder_id)
    consent = record_consent(
        folder,
        purpose="takedown",
        given_by="child",
        language="en",
        how="message",
        told=True,
        by=amina,
    )
    reveal(identity, field="value", purpose="call_back", words="a call", by=amina)
    outbound = OutboundMessage.objects.get(message=message)
    event = AuditEvent.objects.get(verb="reveal")
    return {
        "task": task.pk,
        "consent": consent.pk,
        "outbound": outbound.pk,
        "reveal": event.pk,
    }


def _places(
    case: Case, conversation: Conversation, amina: User
) -> tuple[ReportedContent, ChildLink]:
    content = takedowns.report_content(
        case,
        kind="url",
        locator="https://pictures.example/one",
        platform=Platform.objects.get(code="instagram"),
        by=amina,
    )
    link = takedowns.make_child_link(
        case, conversation=conversation, age_band=ChildLink.AgeBand.FROM_13, by=amina
    )
    with acting(part="takedowns"):
        takedowns.settle_link(link, address="https://link.example/one")
    return content, link


def _was_handed_over(case: Case, *, giver: User, to: User) -> None:
    with acting(part="forgetting"):
        sheet = Handover(folder_id=case.folder_id, case=case, given_by=giver, given_to=to)
        sheet.summary, sheet.promised, sheet.do_not_ask = "short", "promised", "not again"
        sheet.save(force_insert=True)


def _was_looked_into(case: Case, amina: User, *, by: User) -> dict[str, Any]:
    """An hour of ben's that is over and not explained, and what else is asked of colleagues."""
    long_ago = timezone.now() - timedelta(hours=3)
    with acting(part="forgetting"):
        opened = Glass(folder_id=case.folder_id, kind="break_glass", user=by, reason="complaint")
        opened.opened_at = opened.until = long_ago
        asked = Consultation(folder_id=case.folder_id, asked=by, asked_by=amina, until=long_ago)
        cosign = CoSign(folder_id=case.folder_id, act="police", asked_by=amina)
        number = Needed(folder_id=case.folder_id, needed_for="police", written_by=amina)
        number.document = "a number"
        for row in (opened, asked, cosign, number):
            row.save(force_insert=True)
    return {"glass": opened.pk, "advice": asked.pk, "needed": number.pk}


def _referrals(case: Case, amina: User) -> tuple[SupportReferral, SupportReferral, str, str]:
    partner = Organization.objects.create(name="A partner")
    made = []
    for kind in ("legal_aid", "psychosocial"):
        service = Service.objects.create(
            organization=partner,
            name=kind,
            kind=kind,
            email="intake@partner.example",
            asks_for=["call_me", "name", "phone", "summary"],
        )
        made.append(
            referrals.draft_referral(
                case, service=service, fields=["name", "phone", "summary"], words="told", by=amina
            )
        )
    draft, sent = made
    referrals.record_agreement(sent, given_by="child", how="message", language="en", by=amina)
    code = referrals.send_referral(sent, by=amina)
    with acting(part="referrals"):
        token = unseal(LinkLetter.objects.get(referral=sent), "token") or ""
    return draft, sent, token, code
