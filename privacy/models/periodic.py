"""When periodic work was last done."""

from django.db import models

from privacy.classes import OPERATIONAL
from privacy.clock import database_now


class ScheduleRun(models.Model):
    """The last time something periodic was done: each period once, however many processes ask."""

    name = models.CharField(primary_key=True, max_length=80, db_comment=OPERATIONAL)
    period = models.CharField(
        max_length=40, db_comment=OPERATIONAL, help_text="the newest period that was begun"
    )
    began_at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    ended_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)

    def __str__(self) -> str:
        return f"{self.name} {self.period}"
