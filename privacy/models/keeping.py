"""How long each class is kept, on what legal ground, and the proof of what was forgotten."""

import uuid
from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.classes import DATA_CLASSES, OPERATIONAL
from privacy.clock import database_now
from privacy.models.rows import CaseData

ANYWHERE: Final = "ANY"
_A_PERIOD: Final = r"^P[0-9]{1,3}[DMY]$"


class KeepPeriod(models.Model):
    """How long a class is kept after closing, from a day on. A change is a new row, never an edit.

    Periods are written as ISO 8601 durations of one unit: P90D, P12M, P5Y.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    data_class = models.CharField(max_length=20, db_comment=OPERATIONAL)
    jurisdiction = models.CharField(
        max_length=3,
        default=ANYWHERE,
        db_comment=OPERATIONAL,
        help_text="country, or ANY where it has no row of its own",
    )
    keep = models.CharField(max_length=5, db_comment=OPERATIONAL)
    at_least = models.CharField(
        max_length=5,
        blank=True,
        db_comment=OPERATIONAL,
        help_text="a law demands that it is kept so long, whatever is asked for; empty: none does",
    )
    valid_from = models.DateField(db_comment=OPERATIONAL)
    source = models.CharField(max_length=240, db_comment=OPERATIONAL)
    confirmed_by = models.CharField(
        max_length=120,
        blank=True,
        db_comment=OPERATIONAL,
        help_text="the lawyer who confirmed it; empty: have your lawyer confirm",
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_comment=OPERATIONAL,
    )
    made_at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)

    class Meta:
        ordering: ClassVar = ["data_class", "jurisdiction", "valid_from", "made_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="period_of_a_class", condition=models.Q(data_class__in=DATA_CLASSES)
            ),
            models.CheckConstraint(name="period_is_one", condition=models.Q(keep__regex=_A_PERIOD)),
            models.CheckConstraint(
                name="least_period_is_one",
                condition=models.Q(at_least="") | models.Q(at_least__regex=_A_PERIOD),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.data_class} {self.keep} from {self.valid_from}"


class LawfulBasis(CaseData):
    """The legal ground on which a folder is kept, from a day on, and whose law that is."""

    class Basis(models.TextChoices):
        CONSENT = "consent", _("they agreed")
        VITAL = "vital", _("to protect somebody's life")
        DUTY = "duty", _("a law obliges us")
        PUBLIC_TASK = "public_task", _("a public task of child protection")
        LEGITIMATE = "legitimate", _("a legitimate use that the law names")

    basis = models.CharField(max_length=12, choices=Basis.choices, db_comment=OPERATIONAL)
    jurisdiction = models.CharField(max_length=3, db_comment=OPERATIONAL)
    valid_from = models.DateField(db_comment=OPERATIONAL)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_comment=OPERATIONAL,
        help_text="empty: the helpline's own, when the case was opened",
    )
    recorded_at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)

    def __str__(self) -> str:
        return f"{self.basis} from {self.valid_from}"


class Certificate(models.Model):
    """What was forgotten on one day, of one class, and why: two numbers and nothing else.

    Counted up in the transaction that forgets, so that a run that is killed is not counted short.
    """

    class How(models.TextChoices):
        ON_TIME = "on_time", _("its time was over")
        ON_REQUEST = "on_request", _("they asked us to delete it")
        SEAL_ENDED = "seal_ended", _("what was sealed for others had its day")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    day = models.DateField(db_comment=OPERATIONAL)
    data_class = models.CharField(max_length=20, db_comment=OPERATIONAL)
    how = models.CharField(max_length=12, choices=How.choices, db_comment=OPERATIONAL)
    folders = models.PositiveIntegerField(default=0, db_comment=OPERATIONAL)
    values = models.PositiveIntegerField(default=0, db_comment=OPERATIONAL)

    class Meta:
        ordering: ClassVar = ["-day", "data_class", "how"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "data_class", "how"], name="one_count_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.data_class}"
