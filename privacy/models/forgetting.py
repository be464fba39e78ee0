"""When what is forgotten, and the proof that it was."""

from typing import ClassVar

from django.db import models

from privacy.classes import DATA_CLASSES, OPERATIONAL
from privacy.models.keeping import KeepPeriod
from privacy.models.rows import CaseData


class Due(CaseData):
    """The day on which one class of one folder is forgotten, and the proof that it was."""

    data_class = models.CharField(max_length=20, db_comment=OPERATIONAL)
    on = models.DateField(db_comment=OPERATIONAL)
    period = models.ForeignKey(
        KeepPeriod,
        models.PROTECT,
        null=True,
        related_name="+",
        db_comment=OPERATIONAL,
        help_text="the row that gave the day",
    )
    forgotten_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    values_forgotten = models.PositiveIntegerField(null=True, db_comment=OPERATIONAL)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["folder", "data_class"], name="one_day_a_class"),
            models.CheckConstraint(
                name="known_class", condition=models.Q(data_class__in=DATA_CLASSES)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.data_class} on {self.on}"
