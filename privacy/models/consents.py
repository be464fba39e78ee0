"""What the young person agreed to."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from privacy.classes import CATEGORY, OPERATIONAL
from privacy.clock import database_now
from privacy.models.rows import CaseData


class Consent(CaseData):
    """What the young person agreed may leave us, for one purpose; withdrawable."""

    class Purpose(models.TextChoices):
        FOLLOW_UP = "follow_up"
        TAKEDOWN = "takedown"
        REFERRAL = "referral"
        POLICE = "police"
        CYBER_PORTAL = "cyber_portal"
        RESEARCH = "research"

    # What cannot be taken back once it has left: said before, and noted that it was said.
    IRREVOCABLE: ClassVar = frozenset({Purpose.POLICE, Purpose.CYBER_PORTAL, Purpose.TAKEDOWN})

    purpose = models.CharField(max_length=12, choices=Purpose.choices, db_comment=OPERATIONAL)
    subject_id = models.UUIDField(
        null=True, db_comment=OPERATIONAL, help_text="the referral it is for, where it is for one"
    )
    given_by = models.CharField(max_length=12, db_comment=CATEGORY)
    language = models.CharField(max_length=12, db_comment=OPERATIONAL)
    how = models.CharField(max_length=20, db_comment=OPERATIONAL)
    told = models.BooleanField(
        default=False, db_comment=OPERATIONAL, help_text="what cannot be taken back was named first"
    )
    given_at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=OPERATIONAL
    )
    withdrawn_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_comment=OPERATIONAL,
    )
    stopped = models.PositiveSmallIntegerField(
        null=True, db_comment=OPERATIONAL, help_text="how much that was open and unsent ended"
    )
    already_sent = models.PositiveSmallIntegerField(
        null=True, db_comment=OPERATIONAL, help_text="how much had left us before it was withdrawn"
    )

    def __str__(self) -> str:
        return f"{self.purpose} consent"
