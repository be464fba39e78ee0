"""What this stage keeps: alerts about who looked at what, and figures as they were published."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.classes import CATEGORY, OPERATIONAL
from privacy.clock import database_now


class Alert(models.Model):
    """One thing a supervisor and an auditor should look at; who, what kind, when. No word."""

    class Kind(models.TextChoices):
        MANY_CASES = "many_cases", _("opened many cases in an hour")
        OFF_SHIFT = "off_shift", _("opened cases outside their shifts")
        BREAK_GLASS = "break_glass", _("looked into a case that is not theirs")
        DANGER_COVER = "danger_cover", _("acted in a case because of danger")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices, db_comment=OPERATIONAL)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=OPERATIONAL
    )
    period = models.DateTimeField(db_comment=OPERATIONAL, help_text="one alert for each period")
    at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    cases = models.PositiveIntegerField(default=1, db_comment=OPERATIONAL)
    folder = models.UUIDField(null=True, db_comment=OPERATIONAL, help_text="where it is about one")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "person", "period"],
                condition=models.Q(folder__isnull=True),
                name="one_alert_a_period",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["at"], name="alert_at")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"


class AlertSeen(models.Model):
    """That a colleague who is told of alerts has looked at one; each looks for themselves."""

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="seen", db_comment=OPERATIONAL)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=OPERATIONAL
    )
    at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["alert", "by"], name="seen_once"),
        ]

    def __str__(self) -> str:
        return f"seen {self.at}"


class PublishedFigure(models.Model):
    """A figure of a month that is over, as everybody may see it: what is small is hidden in it.

    The database role for statistics reads this table and no other.
    """

    for_statistics: ClassVar = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=20, db_comment=CATEGORY)
    month = models.DateField(db_comment=CATEGORY)
    table = models.TextField(db_comment=CATEGORY, help_text="CSV, in English")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "month"], name="published_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.month}"
