"""A colleague asked for advice on a case, and what they were shown for it."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from privacy.classes import NARRATIVE, OPERATIONAL
from privacy.clock import database_now
from privacy.fields import SealedField
from privacy.models.rows import CaseData


class Consultation(CaseData):
    """One question to one colleague, for an hour, with a summary written for them."""

    addressed: ClassVar = {"question": "s", "summary": "s", "advice": "s"}

    asked = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=OPERATIONAL
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=OPERATIONAL
    )
    with_talk = models.BooleanField(
        default=False, db_comment=OPERATIONAL, help_text="the conversation too, not only a summary"
    )
    question = SealedField(db_comment=NARRATIVE)
    summary = SealedField(db_comment=NARRATIVE)
    advice = SealedField(db_comment=NARRATIVE)
    at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    until = models.DateTimeField(db_comment=OPERATIONAL)

    def __str__(self) -> str:
        return f"consultation until {self.until}"
