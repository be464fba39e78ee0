"""What is asked of a person only when an action needs it, and kept only until that is done."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from privacy.classes import IDENTITY, OPERATIONAL
from privacy.clock import database_now
from privacy.fields import SealedField
from privacy.models.rows import CaseData


class Needed(CaseData):
    """A document number for one filing: there from its choice until the filing is sent."""

    class For(models.TextChoices):
        POLICE = "police"
        CYBER_PORTAL = "cyber_portal"

    row_class = IDENTITY

    needed_for = models.CharField(max_length=16, choices=For.choices, db_comment=OPERATIONAL)
    document = SealedField(db_comment=IDENTITY)
    at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=OPERATIONAL
    )
    sent_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["folder", "needed_for"],
                condition=models.Q(document__isnull=False),
                name="one_document_a_filing",
            ),
            models.CheckConstraint(
                name="sent_keeps_no_document",
                condition=models.Q(sent_at__isnull=True) | models.Q(document__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"document for {self.needed_for}"
