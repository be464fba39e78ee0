"""What a law keeps from being forgotten, and what is locked away for it from everybody."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.classes import OPERATIONAL, SECRET
from privacy.clock import database_now
from privacy.models.rows import CaseData


class LegalHold(CaseData):
    """Named classes of one folder that must not be forgotten: asked by one person, set by two.

    The folders of one case share a `matter`. It stands until a person ends it; every ninety days
    somebody says that it is still needed.
    """

    class Reason(models.TextChoices):
        POLICE = "police", _("the police investigate")
        COURT = "court", _("a court has ordered it")
        REGULATOR = "regulator", _("an authority has ordered it")
        COMPLAINT = "complaint", _("a complaint about us is being looked into")

    matter = models.UUIDField(db_comment=OPERATIONAL)
    classes = models.CharField(
        max_length=120, db_comment=OPERATIONAL, help_text="codes of classes, by comma"
    )
    reason = models.CharField(max_length=12, choices=Reason.choices, db_comment=OPERATIONAL)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=OPERATIONAL
    )
    asked_at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_comment=OPERATIONAL,
    )
    agreed_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    review_on = models.DateField(null=True, db_comment=OPERATIONAL)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_comment=OPERATIONAL,
    )
    ended_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_comment=OPERATIONAL,
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["matter", "folder"], name="one_hold_a_folder"),
            models.CheckConstraint(
                name="hold_by_two",
                condition=models.Q(agreed_by__isnull=True)
                | ~models.Q(agreed_by=models.F("asked_by")),
            ),
            models.CheckConstraint(
                name="hold_in_force_is_reviewed",
                condition=models.Q(agreed_at__isnull=True)
                | models.Q(agreed_by__isnull=False, review_on__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["folder"],
                name="hold_standing",
                condition=models.Q(agreed_at__isnull=False, ended_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.classes}"


class Custodian(models.Model):
    """A person who keeps one half of the keys to what is sealed: we have only the public half."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80, db_comment=OPERATIONAL)
    public_key = models.BinaryField(db_comment=SECRET)
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_comment=OPERATIONAL,
    )
    named_at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    retired_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["public_key"], name="one_custodian_a_key"),
        ]

    def __str__(self) -> str:
        return f"custodian {self.pk}"


class Seal(CaseData):
    """A folder locked away: its keys open only with the halves of two custodians together.

    Each half is sealed to its custodian's public key; neither is anything without the other.
    """

    hold = models.ForeignKey(LegalHold, models.PROTECT, related_name="+", db_comment=OPERATIONAL)
    first = models.ForeignKey(
        Custodian, models.PROTECT, null=True, related_name="+", db_comment=OPERATIONAL
    )
    second = models.ForeignKey(
        Custodian, models.PROTECT, null=True, related_name="+", db_comment=OPERATIONAL
    )
    first_half = models.BinaryField(null=True, db_comment=SECRET)
    second_half = models.BinaryField(null=True, db_comment=SECRET)
    destroy_on = models.DateField(db_comment=OPERATIONAL)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=OPERATIONAL
    )
    decided_at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    sealed_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    opened_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    destroyed_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["folder"],
                condition=models.Q(destroyed_at__isnull=True, opened_at__isnull=True),
                name="one_seal_a_folder",
            ),
            models.CheckConstraint(
                name="seal_of_two",
                condition=models.Q(first__isnull=True) | ~models.Q(first=models.F("second")),
            ),
        ]

    def __str__(self) -> str:
        return f"sealed until {self.destroy_on}"
