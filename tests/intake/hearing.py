"""What a young person sends, put where the doors put it, and what went back: no provider needed."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import F

from accounts.models import Shift, Team, User
from cases import services as cases
from cases.models import Case
from cases.tasks import triage_waiting
from intake import arrival, outbox, registry, services
from intake.channels.base import read_outgoing
from intake.inbound import Address, Inbound, key_of_id
from intake.models import Conversation, InboundEvent, Message, OutboundMessage
from privacy.access import acting
from privacy.clock import database_now
from privacy.fields import unseal

ASHA = "+919900000001"
MEERA = "+919900000002"


class Wire(registry.Carrier):
    """A line that takes everything: (address, words) in the order in which it went out."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def send(self, outbound: OutboundMessage) -> str:
        self.sent.append(read_outgoing(outbound))
        return f"ref-{len(self.sent)}"

    def deliver(self) -> list[tuple[str, str]]:
        """A round of the worker that sends; what has gone out so far."""
        outbox.deliver()
        return self.sent


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    """One line for all channels, instead of the providers."""
    line = Wire()
    for name in ("whatsapp", "sms", "email", "cloud", "phone"):
        monkeypatch.setitem(registry.carriers, name, line)
    return line


def hear(
    text: str,
    *,
    sender: str = ASHA,
    channel: str = "whatsapp",
    at: datetime | None = None,
    **more: Any,
) -> Conversation:
    """Somebody writes, and a worker takes it in (as if it came at `at`); its conversation."""
    scheme = "address" if channel == "email" else "number"
    facts: dict[str, Any] = {
        "provider": "smtp" if channel == "email" else "meta",
        "kind": "message",
        "key": key_of_id(uuid.uuid4().hex),
        "channel": channel,
        "sender": Address(scheme, sender),
        "text": text,
    }
    inbound = Inbound(**facts | more)
    services.receive(inbound)
    event = InboundEvent.objects.get(key=inbound.key)
    if at is not None:
        InboundEvent.objects.filter(pk=event.pk).update(received_at=at)
    assert arrival.process(event.pk) == 1
    with acting(part="intake"):
        message = Message.objects.select_related("conversation__folder__team").get(event=event)
        found: Conversation = message.conversation
        return found


def fresh(conversation: Conversation) -> Conversation:
    """The conversation as it is now."""
    with acting(part="intake"):
        found: Conversation = Conversation.objects.select_related("folder__team").get(
            pk=conversation.pk
        )
        return found


def said_back(conversation: Conversation) -> list[tuple[str, str]]:
    """(code, words) of what we said by ourselves, in order."""
    with acting(part="intake"):
        rows = Message.objects.filter(conversation=conversation, kind="automatic")
        return [(row.notice, unseal(row, "body") or "") for row in rows.order_by("order")]


def codes(conversation: Conversation) -> list[str]:
    """The codes of what we said by ourselves, in order."""
    return [code for code, _words in said_back(conversation)]


def notices(conversation: Conversation) -> list[str]:
    """The codes of the lines that colleagues see between the words."""
    with acting(part="intake"):
        rows = Message.objects.filter(conversation=conversation, kind="notice")
        return list(rows.order_by("order").values_list("notice", flat=True))


def change(conversation: Conversation, **facts: Any) -> None:
    """Set something of a conversation that time or a door would have set."""
    with acting(part="intake"):
        Conversation.objects.filter(pk=conversation.pk).update(**facts)


def long_ago(conversation: Conversation, **span: float) -> None:
    """As if their last words had come so much earlier."""
    change(conversation, last_inbound_at=F("last_inbound_at") - timedelta(**span))


def outbound(conversation: Conversation) -> list[OutboundMessage]:
    """What was written to them, in order."""
    with acting(part="delivery"):
        rows = OutboundMessage.objects.filter(conversation=conversation)
        return list(rows.order_by("created_at"))


def case_for(conversation: Conversation) -> Case:
    """The case that triage opens for it and gives to whoever is there."""
    triage_waiting()
    with acting(part="assignment"):
        case: Case = Case.objects.select_related("folder__team", "holder").get(
            folder=fresh(conversation).filed_to_id
        )
    return case


def change_case(case: Case, by: User, **changes: Any) -> Case:
    """Somebody writes facts of a case."""
    with acting(user=by):
        return cases.update_case(case, changes=changes, by=by)


def close_desk(team: Team, *, opens_in: timedelta | None = timedelta(hours=9)) -> None:
    """Nobody who answers is on shift now; somebody is later, unless None."""
    now = database_now()
    shifts = Shift.objects.filter(team=team, on_call=False)
    if opens_in is None:
        shifts.delete()
    else:
        shifts.update(starts_at=now + opens_in, ends_at=now + opens_in + timedelta(hours=8))
