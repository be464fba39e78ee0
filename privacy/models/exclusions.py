"""Who must not reach a folder, whatever they are given: conflicts of interest."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from privacy.classes import OPERATIONAL
from privacy.clock import database_now
from privacy.models.rows import Folder


class Exclusion(models.Model):
    """One person whom no grant, duty, cover or broken glass brings to one folder.

    Like a grant, a rule about case data and not part of it: whoever acts may ask it, so that the
    one predicate can; no page shows people their own.
    """

    class Reason(models.TextChoices):
        DECLARED = "declared"
        NOTED = "noted"
        MATCHED = "matched"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_comment=OPERATIONAL
    )
    content_object = models.ForeignKey(
        Folder, models.CASCADE, db_column="folder_id", related_name="+", db_comment=OPERATIONAL
    )
    reason = models.CharField(max_length=12, choices=Reason.choices, db_comment=OPERATIONAL)
    since = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        db_comment=OPERATIONAL,
    )
    ended_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "content_object"],
                condition=models.Q(ended_at__isnull=True),
                name="excluded_once",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["content_object"], name="exclusion_folder")]

    def __str__(self) -> str:
        return f"{self.user_id} not in {self.content_object_id}"
