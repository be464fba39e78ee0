"""A second person's word before a report that the law asks for and the child did not agree to."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from privacy.classes import LEGAL, OPERATIONAL
from privacy.clock import database_now
from privacy.fields import SealedField
from privacy.models.rows import CaseData


class CoSign(CaseData):
    """Asked of another person first; missing or refused, it is recorded and locks nothing."""

    class Answer(models.TextChoices):
        AGREED = "agreed"
        REFUSED = "refused"

    addressed: ClassVar = {"words": "y"}

    act = models.CharField(max_length=24, db_comment=OPERATIONAL, help_text="which report: a code")
    words = SealedField(db_comment=LEGAL, help_text="why the law asks for it")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=OPERATIONAL
    )
    asked_at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    answer = models.CharField(
        max_length=8, choices=Answer.choices, blank=True, db_comment=OPERATIONAL
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_comment=OPERATIONAL,
    )
    answered_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    acted_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    acted_with = models.CharField(
        max_length=8, blank=True, db_comment=OPERATIONAL, help_text="the answer as it stood then"
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="cosigned_by_another",
                condition=models.Q(answered_by__isnull=True)
                | ~models.Q(answered_by=models.F("asked_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"co-sign of {self.act}"
