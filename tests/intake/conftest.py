"""The doors as the outside world sees them, with the leak alarm on."""

from typing import Any, Final
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from intake import registry, tasks
from intake.models import Conversation, Message, OutboundMessage
from privacy.access import acting, grant
from privacy.fields import unseal
from tests.alarm import MARK, Alarm, leak_alarm  # noqa: F401 (a fixture)
from tests.counterparts import World

FORM: Final = "application/x-www-form-urlencoded"


class Desk:
    """The helpline's side of a test: its doors, its worker's rounds, and what it holds."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.client = Client()

    def whatsapp(self, sender: str, text: str, **more: Any) -> HttpResponse:
        """A person sends a WhatsApp message: the signed form at our door."""
        form = self.world.whatsapp_form(sender, text, **more)
        return self.post("/hooks/whatsapp/", form)

    def sms(self, sender: str, text: str, **more: Any) -> HttpResponse:
        """A person sends an SMS: the signed form at our door."""
        form = self.world.whatsapp_form(sender, text, **more)
        return self.post("/hooks/sms/", form)

    def meta(self, *said: dict[str, Any], **headers: str) -> HttpResponse:
        """People write by WhatsApp that Meta carries: one signed body with all of it."""
        return self.post_meta(self.world.meta_body(*said), **headers)

    def post_meta(self, body: bytes, **headers: str) -> HttpResponse:
        """A body at Meta's door, signed as Meta signs."""
        answer: Any = self.client.post(
            "/hooks/meta/",
            body,
            content_type="application/json",
            **(self.world.sign_meta(body) | headers),  # type: ignore[arg-type]
        )
        found: HttpResponse = answer
        return found

    def post(self, path: str, form: dict[str, str], **headers: str) -> HttpResponse:
        """A form at one of our doors, signed as Twilio signs."""
        return self.post_raw(path, form, **self.world.sign(path, form) | headers)

    def post_raw(self, path: str, form: dict[str, str], **headers: str) -> HttpResponse:
        """A form at one of our doors, with the headers given."""
        answer: Any = self.client.post(
            path,
            urlencode(form),
            content_type=FORM,
            **headers,  # type: ignore[arg-type]
        )
        found: HttpResponse = answer
        return found

    def work(self) -> None:
        """One round of the worker: everything that waits is processed and sent."""
        tasks.process_waiting()
        tasks.deliver_waiting()

    def conversations(self) -> list[Conversation]:
        with acting(part="intake"):
            return list(Conversation.objects.order_by("started_at"))

    def said(self, conversation: Conversation | None = None) -> list[tuple[str, str, str]]:
        """(direction, notice, words) of every message, in order."""
        with acting(part="intake"):
            rows = Message.objects.order_by("conversation__started_at", "order")
            if conversation:
                rows = rows.filter(conversation=conversation)
            return [(row.direction, row.notice, unseal(row, "body") or "") for row in rows]

    def outbound(self) -> list[OutboundMessage]:
        """What is sent, oldest first."""
        with acting(part="delivery"):
            rows = OutboundMessage.objects.exclude(carrier__endswith="_redact")
            return list(rows.order_by("created_at"))

    def tidying(self) -> list[OutboundMessage]:
        """The deletions of providers' copies, oldest first."""
        with acting(part="delivery"):
            rows = OutboundMessage.objects.filter(carrier__endswith="_redact")
            return list(rows.order_by("created_at"))

    def give(self, conversation: Conversation, person: User) -> None:
        """Let a counsellor hold a conversation."""
        with acting(part="assignment"):
            grant(conversation.folder, "own", to=person, by=None)


@pytest.fixture(autouse=True)
def _listen(leak_alarm: Alarm) -> Alarm:  # noqa: F811
    """No test of intake may let a young person's words out."""
    return leak_alarm


@pytest.fixture
def desk(wired_world: World, settings: Settings, db: None, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Our doors, with the world's Twilio and mail server behind them, and no later stage."""
    monkeypatch.setattr(registry, "on_message", [])
    monkeypatch.setattr(registry, "before_reply", [])
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.HELPLINE_COUNTRY = "IN"
    return Desk(wired_world)


__all__ = ["MARK", "Desk"]
