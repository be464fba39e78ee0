"""Masked fields that were opened, to whom and what for."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from privacy.classes import NARRATIVE, OPERATIONAL
from privacy.clock import database_now
from privacy.fields import SealedField
from privacy.models.glass import Reviewed
from privacy.models.rows import CaseData


class Reveal(Reviewed, CaseData):
    """One masked field opened to one person for minutes, with the purpose they named.

    That it was, when and what for is the team's to know; the words are its reviewer's.
    """

    class Purpose(models.TextChoices):
        CALL_BACK = "call_back"
        VERIFY_PERSON = "verify_person"
        REFERRAL = "referral"
        REPORT = "report"
        DANGER = "danger"

    addressed: ClassVar = {"words": "y"}

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=OPERATIONAL
    )
    subject = models.CharField(max_length=40, db_comment=OPERATIONAL)
    subject_id = models.UUIDField(db_comment=OPERATIONAL)
    field = models.CharField(max_length=40, db_comment=OPERATIONAL)
    purpose = models.CharField(max_length=20, choices=Purpose.choices, db_comment=OPERATIONAL)
    words = SealedField(db_comment=NARRATIVE)
    at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    until = models.DateTimeField(db_comment=OPERATIONAL)

    def __str__(self) -> str:
        return f"{self.field} until {self.until}"
