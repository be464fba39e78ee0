"""Puts the demo's stories in: each arrives, is assigned, answered and worked on by the services."""

import json
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.db.models import F

from accounts.models import User
from cases import services as cases
from cases.models import Assignment, Case, Note
from cases.tasks import triage_waiting
from helpline.demo import work
from intake import arrival
from intake.inbound import Address, Inbound, MediaNotice, key_of_content
from intake.models import Conversation, Identity, InboundEvent, Message, OutboundMessage
from intake.services import receive
from privacy.access import acting
from privacy.clock import database_now
from privacy.purposes import keyed_hash
from referrals.models import Service

Story = dict[str, Any]
STORIES: Final = Path(__file__).with_name("stories.json")
BETWEEN: Final = timedelta(minutes=7)  # from one message of a demo conversation to the next


def tell_all(services: dict[str, Service]) -> int:
    """Tell every story that is not there yet; returns how many were new."""
    found: list[Story] = json.loads(STORIES.read_text())
    return sum(_tell(story, services) for story in found)


@transaction.atomic
def _tell(story: Story, services: dict[str, Service]) -> bool:
    """One story, whole or not at all."""
    if not receive(_inbound(story, 0)):
        return False
    conversation = _arrive(story, 0)
    with acting(part="intake"):
        Conversation.objects.filter(pk=conversation.pk).update(language=story["language"])
    triage_waiting()
    case = _case_of(conversation)
    if case is not None and case.holder is not None:
        _talk(story, case, conversation, case.holder)
        work.do(story, case, case.holder, services)
    _was_sent(conversation)
    _long_ago(conversation, case, timedelta(hours=story["hours_ago"]))
    return True


def _talk(story: Story, case: Case, conversation: Conversation, holder: User) -> None:
    for number, (who, what) in enumerate(story["talk"]):
        if who == "we":
            with acting(user=holder):
                cases.reply(case, conversation=conversation, text=what, by=holder)
        elif number:
            receive(_inbound(story, number))
            _arrive(story, number)


def _arrive(story: Story, number: int) -> Conversation:
    """Process what was just received, as a worker would; returns its conversation."""
    event = InboundEvent.objects.get(key=_key(story, number))
    arrival.process(event.pk)
    with acting(part="intake"):
        hashed = keyed_hash("identity", _identity(story))
        found: Identity = Identity.objects.select_related("conversation").get(value_hash=hashed)
    return found.conversation


def _inbound(story: Story, number: int) -> Inbound:
    who, what = story["talk"][number]
    email, phone = story["channel"] == "email", story["channel"] == "phone"
    return Inbound(
        provider="smtp" if email else "twilio",
        kind="call" if phone else "message",
        key=_key(story, number),
        channel=story["channel"],
        sender=Address("address" if email else "number", story["sender"]),
        profile_name=story.get("profile", ""),
        text=what if who == "they" else "",
        notice=what if who == "key" else "",
        media=(MediaNotice("image"),) if who == "picture" else (),
    )


def _key(story: Story, number: int) -> str:
    return key_of_content("demo", story["key"], str(number))


def _identity(story: Story) -> str:
    scheme = "address" if story["channel"] == "email" else "number"
    return f"{story['channel']}:{scheme}:{story['sender']}"


def _case_of(conversation: Conversation) -> Case | None:
    with acting(part="assignment"):
        filed = Conversation.objects.get(pk=conversation.pk).filed_to_id
        return Case.objects.select_related("holder").filter(folder=filed).first()


def _was_sent(conversation: Conversation) -> None:
    """What a demo conversation answered has left long ago: no worker sends it now."""
    with acting(part="delivery"):
        OutboundMessage.objects.filter(
            conversation=conversation, state=OutboundMessage.State.APPROVED
        ).update(state=OutboundMessage.State.DELIVERED, settled_at=database_now())
        OutboundMessage.objects.filter(
            folder=conversation.folder_id, carrier="whatsapp_redact"
        ).update(state=OutboundMessage.State.ACCEPTED, settled_at=database_now())


def _long_ago(conversation: Conversation, case: Case | None, ago: timedelta) -> None:
    """Move everything back in time, and the messages apart from each other."""
    with acting(part="intake"):
        Conversation.objects.filter(pk=conversation.pk).update(
            started_at=F("started_at") - ago,
            waiting_since=F("waiting_since") - ago,
            last_inbound_at=F("last_inbound_at") - ago,
        )
        rows = Message.objects.filter(conversation=conversation).order_by("order")
        start = database_now() - ago
        for place, key in zip(count(), rows.values_list("pk", flat=True), strict=False):
            at = min(start + place * BETWEEN, database_now())
            Message.objects.filter(pk=key).update(at=at)
        if case is not None:
            Case.objects.filter(pk=case.pk).update(opened_at=F("opened_at") - ago)
            Assignment.objects.filter(case=case.pk).update(at=F("at") - ago)
            Note.objects.filter(case=case.pk).update(at=F("at") - ago / 2)
