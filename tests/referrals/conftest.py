"""A case with a canary in every field, two partners, and the steps to a sent referral."""

from collections.abc import Iterator
from datetime import time

import pytest
from django.core import mail
from django.test import Client

from accounts.models import Team, User
from cases.models import Case, CaseHarm
from intake.models import OutboundMessage
from privacy.access import acting
from referrals import services
from referrals.connectors.partner_mail import PartnerMail
from referrals.models import LinkLetter, Organization, Service, SupportReferral
from tests import people

# A word that stands in one field of the case and nowhere else.
CANARIES = {
    "name": "canary-name-4711",
    "school": "canary-school-4712",
    "call_me": "canary-call-4713",
    "summary": "canary-summary-4714",
    "safety_plan": "canary-plan-4715",
    "child_view": "canary-view-4716",
    "safe_words": "canary-words-4717",
}
WORDS = "canary-told-4718: someone wants money from me."


@pytest.fixture
def clinic(db: None) -> Service:
    """A partner that asks for little."""
    house = Organization.objects.create(name="Sunrise House")
    return Service.objects.create(
        organization=house,
        name="Sunrise clinic",
        kind="psychosocial",
        email="intake@sunrise.example",
        region="IN-KA",
        languages=["hi", "en"],
        asks_for=["call_me", "age_band", "harms", "summary", "safe_contact", "guardian_safe"],
    )


@pytest.fixture
def shelter(db: None) -> Service:
    """A partner that asks for much."""
    house = Organization.objects.create(name="Open Door")
    return Service.objects.create(
        organization=house,
        name="Open Door shelter",
        kind="shelter",
        email="night@opendoor.example",
        region="IN",
        languages=["en"],
        asks_for=["call_me", "name", "phone", "age_band", "relation", "adult_knows", "summary"],
    )


@pytest.fixture
def case(amina: User, team: Team) -> Case:
    """Amina's case, with something in every field."""
    made = people.case_of(
        amina,
        team=team,
        text="canary-message-4719",
        age_band="13_15",
        gender="girl_woman",
        relation="parent_or_carer",
        adult_knows="no",
        region="IN-KA",
        safe_channel="whatsapp",
        **CANARIES,
    )
    with acting(part="intake"):
        made.safe_from, made.safe_until = time(16), time(18)
        made.save(update_fields=["safe_from", "safe_until"])
        CaseHarm(
            folder_id=made.folder_id, case=made, code="sexual_extortion_money", primary=True
        ).save(force_insert=True)
    return made


@pytest.fixture
def as_amina(amina: User) -> Iterator[None]:
    """Everything in the test happens as amina, unless it says otherwise."""
    with acting(user=amina):
        yield


def draft(case: Case, service: Service, amina: User, *fields: str) -> SupportReferral:
    """A draft with the named fields (the usual ones when none are named)."""
    return services.draft_referral(
        case,
        service=service,
        fields=list(fields or ("call_me", "age_band", "harms", "summary")),
        words=WORDS,
        by=amina,
    )


def agree(referral: SupportReferral, amina: User) -> None:
    """The young person says yes, in a message."""
    services.record_agreement(referral, given_by="child", how="message", language="en", by=amina)


def send(case: Case, service: Service, amina: User, *fields: str) -> tuple[SupportReferral, str]:
    """A referral that was sent, and the code to say to the partner."""
    referral = draft(case, service, amina, *fields)
    agree(referral, amina)
    return referral, services.send_referral(referral, by=amina)


def deliver(referral: SupportReferral) -> str:
    """Let the worker carry the letters; the address in the last one."""
    with acting(part="referrals"):
        letters = list(LinkLetter.objects.filter(referral=referral))
        posts = list(
            OutboundMessage.objects.filter(
                subject_id__in=[letter.pk for letter in letters], state="approved"
            ).order_by("created_at")
        )
    for post in posts:
        PartnerMail().send(post)
        with acting(part="delivery"):
            post.state = OutboundMessage.State.ACCEPTED
            post.save(update_fields=["state"])
            PartnerMail().settled(post)
    body = str(mail.outbox[-1].body)
    return next((line for line in body.splitlines() if "/p/" in line), "")


def path_of(address: str) -> str:
    """The path of an address in a letter."""
    return "/p/" + address.split("/p/")[1]


@pytest.fixture
def sent(case: Case, clinic: Service, amina: User) -> tuple[SupportReferral, str, str]:
    """A sent referral: itself, the code, and the path of the partner's door."""
    with acting(user=amina):
        referral, code = send(case, clinic, amina)
    return referral, code, path_of(deliver(referral))


@pytest.fixture
def inside(client: Client, sent: tuple[SupportReferral, str, str]) -> Client:
    """The partner's browser, once the code was typed."""
    _referral, code, door = sent
    answer = client.post(door, {"code": code})
    assert answer.status_code == 302
    return client


def enter(user: User) -> Client:
    """A browser in which a colleague is signed in."""
    browser = Client()
    browser.force_login(user)
    return browser
