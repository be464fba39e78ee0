"""Wider sight for an hour: who took it, why, and what somebody else thinks of it afterwards."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from privacy.classes import NARRATIVE, OPERATIONAL
from privacy.clock import database_now
from privacy.fields import SealedField
from privacy.models.rows import CaseData


class Reviewed(models.Model):
    """A deed that somebody else looks at afterwards, and what they thought of it."""

    class Verdict(models.TextChoices):
        FINE = "fine"
        TALK = "talk"

    reviewed_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_comment=OPERATIONAL,
    )
    verdict = models.CharField(
        max_length=8, choices=Verdict.choices, blank=True, db_comment=OPERATIONAL
    )

    class Meta:
        abstract = True


class Glass(Reviewed, CaseData):
    """One case opened to one person for an hour: to look (break glass) or to act (danger cover)."""

    class Kind(models.TextChoices):
        LOOK = "break_glass"
        ACT = "danger_cover"

    addressed: ClassVar = {"words": "y", "review": "y"}

    kind = models.CharField(max_length=12, choices=Kind.choices, db_comment=OPERATIONAL)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=OPERATIONAL
    )
    reason = models.CharField(max_length=20, db_comment=OPERATIONAL, help_text="a code: one tap")
    opened_at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    until = models.DateTimeField(db_comment=OPERATIONAL)
    renewed = models.PositiveSmallIntegerField(default=0, db_comment=OPERATIONAL)
    words = SealedField(db_comment=NARRATIVE, help_text="why, in their own words, within 24 hours")
    said_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    review = SealedField(db_comment=NARRATIVE, help_text="two lines by somebody else")

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["user"], name="glass_unsaid", condition=models.Q(said_at__isnull=True)
            ),
            models.Index(fields=["folder", "opened_at"], name="glass_folder"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} until {self.until}"
