"""Calls: while they last, those to be called back, and colleagues called out of bed."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from intake.models.conversations import Conversation
from privacy.classes import CONTACT, OPERATIONAL
from privacy.clock import database_now
from privacy.fields import SealedField
from privacy.models import CaseData


class CallBack(CaseData):
    """That somebody wants to be called: whether and when it is safe, and what to say to others."""

    row_class = CONTACT

    class State(models.TextChoices):
        ASKED = "asked", _("asked for")
        DONE = "done", _("done")
        GIVEN_UP = "given_up", _("given up")

    conversation = models.ForeignKey(
        Conversation, models.PROTECT, related_name="call_backs", db_comment=OPERATIONAL
    )
    wishes = SealedField(
        db_comment=CONTACT,
        help_text="JSON: safe (yes, no, unknown), when, if_other (what to say to others), words",
    )
    state = models.CharField(
        max_length=8, choices=State.choices, default=State.ASKED, db_comment=OPERATIONAL
    )
    tries = models.PositiveSmallIntegerField(default=0, db_comment=OPERATIONAL)
    called_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_comment=OPERATIONAL,
        help_text="whose own telephone rings first; the last one who asked for it",
    )
    asked_at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    ended_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)

    def __str__(self) -> str:
        return f"call back {self.state}"


class LiveCall(models.Model):
    """A call while it lasts: its place in the queue, and whose telephone rings. No caller in it."""

    class State(models.TextChoices):
        MENU = "menu"
        QUEUED = "queued"
        RINGING = "ringing"
        CONNECTED = "connected"
        ENDED = "ended"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(
        max_length=64,
        unique=True,
        db_comment=OPERATIONAL,
        help_text="SHA-256 of the provider's id of the call",
    )
    conversation = models.ForeignKey(
        Conversation,
        models.SET_NULL,
        null=True,
        related_name="+",
        db_comment=OPERATIONAL,
        help_text="whose call it is, once its first step was processed",
    )
    language = models.CharField(max_length=12, blank=True, db_comment=OPERATIONAL)
    danger = models.BooleanField(default=False, db_comment=OPERATIONAL)
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.MENU, db_comment=OPERATIONAL
    )
    outgoing = models.BooleanField(
        default=False, db_comment=OPERATIONAL, help_text="a colleague calls back: nobody waits"
    )
    started_at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    seen_at = models.DateTimeField(
        default=database_now,
        db_comment=OPERATIONAL,
        help_text="its last step; who waits and is not seen for a while has hung up",
    )
    rounds = models.PositiveSmallIntegerField(
        default=0, db_comment=OPERATIONAL, help_text="how often the hold message was heard"
    )
    queued_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    ended_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    ringing = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_comment=OPERATIONAL,
        help_text="whose telephone rings, or who talks",
    )
    tried = models.JSONField(
        default=list, db_comment=OPERATIONAL, help_text="keys of the colleagues who did not answer"
    )

    def __str__(self) -> str:
        return f"call {self.state}"


class OnCallPage(CaseData):
    """That somebody on call was told of danger out of hours, with a constant text."""

    conversation = models.ForeignKey(
        Conversation, models.PROTECT, related_name="pages", db_comment=OPERATIONAL
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=OPERATIONAL
    )
    turn = models.PositiveSmallIntegerField(
        db_comment=OPERATIONAL, help_text="1: the first on the rota, 2: the second"
    )
    since = models.DateTimeField(
        db_comment=OPERATIONAL, help_text="since when they had waited: each wait is paged anew"
    )
    at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    answered_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["conversation", "since", "turn"], name="one_page_a_turn"
            ),
        ]

    def __str__(self) -> str:
        return f"page {self.turn}"
