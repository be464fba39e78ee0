"""What arrives, as it arrived: the queue that PostgreSQL keeps."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.classes import OPERATIONAL, SECRET
from privacy.clock import database_now


class Channel(models.TextChoices):
    WHATSAPP = "whatsapp", _("WhatsApp")
    SMS = "sms", _("SMS")
    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")


class Risk(models.TextChoices):
    """The level that orders the queue; the flags behind it are part of the story."""

    DANGER = "danger", _("danger")
    URGENT = "urgent", _("urgent")
    NORMAL = "normal", _("normal")


class InboundEvent(models.Model):
    """A provider's message as it arrived, sealed to the intake key; the queue is this table."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        DEAD = "dead"
        ASIDE = "aside"  # dead, and a person has decided that nothing is to be made of it

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.CharField(max_length=12, db_comment=OPERATIONAL)
    kind = models.CharField(max_length=12, db_comment=OPERATIONAL)
    key = models.CharField(
        max_length=64, db_comment=OPERATIONAL, help_text="SHA-256 of the provider's own id"
    )
    lane = models.CharField(
        max_length=64,
        blank=True,
        db_comment=SECRET,
        help_text="keyed hash of the sender: theirs are processed in order; cleared when done",
    )
    sealed = models.BinaryField(null=True, db_comment=SECRET)
    state = models.CharField(
        max_length=8, choices=State.choices, default=State.WAITING, db_comment=OPERATIONAL
    )
    attempts = models.PositiveSmallIntegerField(default=0, db_comment=OPERATIONAL)
    leased_until = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    problem = models.CharField(max_length=40, blank=True, db_comment=OPERATIONAL)
    aside_because = models.CharField(
        max_length=12, blank=True, db_default="", default="", db_comment=OPERATIONAL
    )
    received_at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    late = models.BooleanField(
        default=False, db_comment=OPERATIONAL, help_text="found at the provider afterwards"
    )
    done_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "kind", "key"], name="one_event_each"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["received_at"], name="inbound_waiting", condition=models.Q(state="waiting")
            ),
            models.Index(
                fields=["lane", "received_at"],
                name="inbound_lane",
                condition=models.Q(state="waiting"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.kind} {self.state}"
