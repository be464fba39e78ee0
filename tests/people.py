"""The people the tests speak about, and how a young person's words reach them."""

import uuid
from datetime import timedelta

from django.utils import timezone

from accounts import services as accounts
from accounts.models import Role, Team, User
from cases.models import Case, CaseConversation
from intake.models import Channel, Conversation, Identity, Message
from privacy.access import acting, grant
from privacy.models import Folder
from privacy.purposes import keyed_hash

ROLES = {
    "amina": Role.COUNSELLOR,
    "ben": Role.COUNSELLOR,
    "sofia": Role.SUPERVISOR,
    "tariq": Role.TAKEDOWN_OFFICER,
    "rana": Role.REFERRAL_COORDINATOR,
    "anil": Role.ANALYST,
    "adil": Role.ADMINISTRATOR,
    "aude": Role.AUDITOR,
    "lea": Role.SAFEGUARDING_LEAD,
}

SKILLS = ("core", "danger", "sexual_extortion_money", "images_shared_without_consent")


def make_team(name: str = "North") -> Team:
    """A team whose folders its supervisor sees."""
    return Team.objects.create(name=name)


def make_person(
    name: str, team: Team, *, role: str | None = None, password: str | None = None
) -> User:
    """One of the cast, on shift now, trained, speaking English and Hindi when a counsellor.

    Without a password, because hashing one is slow on purpose and few tests sign in by it.
    """
    role = role or ROLES[name]
    person = accounts.create_person(
        f"{name}@helpline.example", name=name.title(), password=password, by=None
    )
    accounts.give_duty(person, team=team, role=role, by=None)
    if role == Role.COUNSELLOR:
        make_ready(person, team)
    return person


def make_ready(person: User, team: Team) -> None:
    """On shift for hours, with every skill and two languages."""
    now = timezone.now()
    accounts.set_languages(person, languages=["en", "hi"], by=None)
    accounts.plan_shift(
        person,
        team=team,
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(hours=7),
        by=None,
    )
    for skill in SKILLS:
        accounts.record_training(
            person,
            skill=skill,
            valid_from=now.date() - timedelta(days=30),
            valid_to=now.date() + timedelta(days=300),
            by=None,
        )


def arrive(
    text: str,
    *,
    team: Team,
    channel: str = Channel.WHATSAPP,
    sender: str = "+919900000001",
    language: str = "en",
) -> Conversation:
    """A conversation with one message in it, as intake leaves it (without its automatic steps)."""
    with acting(part="intake"):
        folder = Folder(kind=Folder.Kind.CONVERSATION, team=team)
        folder.save(force_insert=True)
        now = timezone.now()
        conversation = Conversation(
            folder=folder,
            channel=channel,
            language=language,
            waiting_since=now,
            last_inbound_at=now,
        )
        conversation.save(force_insert=True)
        scheme = "address" if channel == Channel.EMAIL else "number"
        Identity(
            folder=folder,
            conversation=conversation,
            channel=channel,
            scheme=scheme,
            value=sender,
            value_hash=keyed_hash("identity", f"{channel}:{scheme}:{sender}"),
        ).save(force_insert=True)
        say(conversation, text)
    return conversation


def say(conversation: Conversation, text: str) -> Message:
    """One more thing the reporter says; run inside `acting(part="intake")`."""
    last = Message.objects.filter(conversation=conversation).order_by("-order").first()
    message = Message(
        folder_id=conversation.filed_to_id or conversation.folder_id,
        conversation=conversation,
        direction=Message.Direction.IN,
        kind=Message.Kind.TEXT,
        body=text,
        order=(last.order if last else 0) + 1,
    )
    message.save(force_insert=True)
    return message


def case_of(holder: User, *, team: Team, text: str = "hello", **facts: str) -> Case:
    """An open case with one conversation, held by somebody; facts are fields of the case."""
    conversation = arrive(text, team=team, sender=f"+9199{uuid.uuid4().int % 10**8:08}")
    return case_for(conversation, holder, team=team, **facts)


def case_for(conversation: Conversation, holder: User, *, team: Team, **facts: str) -> Case:
    """An open case that a conversation is filed to, held by somebody."""
    with acting(part="assignment"):
        folder = Folder(kind=Folder.Kind.CASE, team=team)
        folder.save(force_insert=True)
        grant(folder, "own", to=holder, by=None)
        grant(Folder.objects.get(pk=conversation.folder_id), "own", to=holder, by=None)
    with acting(part="intake"):
        case = Case(
            folder=folder, code=f"KA-{uuid.uuid4().hex[:4].upper()}", holder=holder, **facts
        )
        case.save(force_insert=True)
        CaseConversation(folder=folder, case=case, conversation=conversation).save(
            force_insert=True
        )
        for message in Message.objects.filter(conversation=conversation):
            message.rewrap(folder.pk)
            message.save(update_fields=["folder", "wrapped_key"])
        conversation.filed_to = folder
        conversation.state = Conversation.State.WITH_COUNSELLOR
        conversation.waiting_since = None
        conversation.save(update_fields=["filed_to", "state", "waiting_since"])
    return case
