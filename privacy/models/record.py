"""The record of deeds, and its chain."""

import uuid
from typing import ClassVar

from django.db import models

from privacy.classes import OPERATIONAL
from privacy.models.rows import GatheredModel


class AuditEvent(GatheredModel):
    """Who did what to which folder. Ids and codes only; rows are inserted and never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(db_comment=OPERATIONAL)
    actor_kind = models.CharField(max_length=8, db_comment=OPERATIONAL)
    actor = models.CharField(max_length=40, db_comment=OPERATIONAL)
    verb = models.CharField(max_length=40, db_comment=OPERATIONAL)
    folder = models.UUIDField(null=True, db_comment=OPERATIONAL)
    subject = models.CharField(max_length=40, db_comment=OPERATIONAL)
    subject_id = models.UUIDField(null=True, db_comment=OPERATIONAL)
    classes = models.CharField(max_length=120, db_comment=OPERATIONAL)
    reason = models.CharField(max_length=60, db_comment=OPERATIONAL)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["folder", "at"], name="audit_folder"),
            models.Index(fields=["actor", "at"], name="audit_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.actor} {self.verb} {self.subject}"


class AuditLink(models.Model):
    """An event's place in the chain: each hash covers the event and the hash before it."""

    seq = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(
        AuditEvent,
        models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_comment=OPERATIONAL,
    )
    digest = models.CharField(max_length=64, db_comment=OPERATIONAL)

    def __str__(self) -> str:
        return f"link {self.seq}"
