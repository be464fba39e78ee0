"""What waits to leave us, in which approved words, and what stands in its way."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from intake.models.conversations import Conversation, Identity, Message
from privacy.classes import OPERATIONAL, SECRET
from privacy.clock import database_now
from privacy.models import CaseData


class OutboundMessage(CaseData):
    """Something that is to leave us once: written in the caller's transaction, sent by a lease."""

    class State(models.TextChoices):
        APPROVED = "approved", _("waiting to be sent")
        LEASED = "leased", _("being sent")
        CALLING = "calling", _("being sent")
        ACCEPTED = "accepted", _("sent")
        DELIVERED = "delivered", _("delivered")
        READ = "read", _("read")
        FAILED = "failed", _("not sent")
        UNKNOWN = "unknown", _("not known whether it was sent")

    carrier = models.CharField(
        max_length=20, db_comment=OPERATIONAL, help_text="a channel, or a later stage's carrier"
    )
    conversation = models.ForeignKey(
        Conversation, models.PROTECT, null=True, related_name="outbound", db_comment=OPERATIONAL
    )
    message = models.OneToOneField(
        Message, models.PROTECT, null=True, related_name="outbound", db_comment=OPERATIONAL
    )
    identity = models.ForeignKey(
        Identity,
        models.PROTECT,
        null=True,
        related_name="+",
        db_comment=OPERATIONAL,
        help_text="the address bound at the time of writing",
    )
    subject_id = models.UUIDField(
        null=True, db_comment=OPERATIONAL, help_text="what a later stage's carrier sends"
    )
    client_key = models.CharField(max_length=64, unique=True, db_comment=OPERATIONAL)
    template = models.CharField(
        max_length=40,
        blank=True,
        db_comment=OPERATIONAL,
        help_text="code of the approved text it goes out as when free words may not",
    )
    priority = models.PositiveSmallIntegerField(
        default=5, db_comment=OPERATIONAL, help_text="lower goes first: danger 0, tidying 9"
    )
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.APPROVED, db_comment=OPERATIONAL
    )
    attempts = models.PositiveSmallIntegerField(default=0, db_comment=OPERATIONAL)
    not_before = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    leased_until = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    provider_ref = models.CharField(max_length=64, blank=True, db_comment=SECRET)
    problem = models.CharField(max_length=40, blank=True, db_comment=OPERATIONAL)
    created_at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    settled_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    asked_at = models.DateTimeField(
        null=True, db_comment=OPERATIONAL, help_text="when the provider was last asked about it"
    )
    proof = models.CharField(
        max_length=8,
        blank=True,
        db_comment=OPERATIONAL,
        help_text="of a deletion: 204 or 404, by which the provider shows that it is gone",
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["not_before"],
                name="outbound_waiting",
                condition=models.Q(state__in=["approved", "leased", "calling"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.carrier} {self.state}"


class MediaHold(CaseData):
    """A provider's copy of a picture that stays there, unseen, until a day a named person chose."""

    outbound = models.ForeignKey(
        OutboundMessage,
        models.PROTECT,
        related_name="+",
        db_comment=OPERATIONAL,
        help_text="the deletion that waits",
    )
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=OPERATIONAL
    )
    until = models.DateTimeField(db_comment=OPERATIONAL)
    held_at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    ended_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)

    def __str__(self) -> str:
        return f"held until {self.until}"


class ApprovedText(models.Model):
    """A text the provider approved, for when free words may not be sent (WhatsApp's window)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=40, db_comment=OPERATIONAL)
    carrier = models.CharField(max_length=20, db_comment=OPERATIONAL)
    language = models.CharField(max_length=12, db_comment=OPERATIONAL)
    provider_ref = models.CharField(
        max_length=64, db_comment=OPERATIONAL, help_text="Twilio's ContentSid, or Meta's name of it"
    )
    text = models.TextField(db_comment=OPERATIONAL, help_text="exactly as it was approved")
    approved_on = models.DateField(db_comment=OPERATIONAL)
    retired_on = models.DateField(null=True, db_comment=OPERATIONAL)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["code", "carrier", "language"],
                condition=models.Q(retired_on__isnull=True),
                name="one_approved_text_each",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.language}"


class SendingLine(models.Model):
    """How far a line of ours is ahead of the pace its provider allows, and its rest after that."""

    carrier = models.CharField(max_length=20, primary_key=True, db_comment=OPERATIONAL)
    free_at = models.DateTimeField(
        default=database_now,
        db_comment=OPERATIONAL,
        help_text="when all that was sent would be paid for at that pace",
    )
    rests_until = models.DateTimeField(
        null=True, db_comment=OPERATIONAL, help_text="it was too fast: nothing is sent before"
    )
    rests = models.PositiveSmallIntegerField(
        default=0, db_comment=OPERATIONAL, help_text="in a row, since something was taken"
    )

    def __str__(self) -> str:
        return self.carrier


class Trouble(models.Model):
    """Something a person must put right with a provider: shown until it is cleared."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    carrier = models.CharField(max_length=20, db_comment=OPERATIONAL)
    problem = models.CharField(max_length=40, db_comment=OPERATIONAL)
    since = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    last_at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    times = models.PositiveIntegerField(default=1, db_comment=OPERATIONAL)
    cleared_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["carrier", "problem"],
                condition=models.Q(cleared_at__isnull=True),
                name="one_open_trouble_each",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.carrier} {self.problem}"
