"""The record of deeds, and its chain."""

import uuid
from typing import ClassVar, Final

from django.db import models
from django.db.models import Q

from privacy.classes import DATA_CLASSES, OPERATIONAL
from privacy.models.rows import GatheredModel

# What a code looks like: no space, no capital, no letter outside ASCII, no number of a telephone.
CODE: Final = r"^([a-z][a-z0-9_.:+-]*)?$"
REASON: Final = r"^([a-z0-9][a-z0-9_.:+-]*)?$"  # may begin with a figure, as bands of ages do
NUMBER: Final = r"[0-9]{4}"
ACTOR: Final = r"^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[a-z][a-z_]*)?$"
CLASSES: Final = "^(({one})(,({one}))*)?$".format(one="|".join(DATA_CLASSES))


def _code(name: str, pattern: str = CODE) -> Q:
    """The rule of one column: it holds a code, or nothing."""
    return Q(**{f"{name}__regex": pattern}) & ~Q(**{f"{name}__regex": NUMBER})


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
            models.Index(fields=["at"], name="audit_at"),
        ]
        # Whatever a program passes by mistake, the database takes no word for a code.
        constraints: ClassVar = [
            models.CheckConstraint(name="audit_verb_is_a_code", condition=_code("verb")),
            models.CheckConstraint(name="audit_subject_is_a_code", condition=_code("subject")),
            models.CheckConstraint(
                name="audit_reason_is_a_code", condition=_code("reason", REASON)
            ),
            models.CheckConstraint(
                name="audit_actor_is_a_key",
                condition=Q(actor__regex=ACTOR)
                & Q(actor_kind__in=["person", "part", "link", "nobody"]),
            ),
            models.CheckConstraint(
                name="audit_classes_are_known", condition=Q(classes__regex=CLASSES)
            ),
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
