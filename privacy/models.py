"""Folders, the grants that open them, the keys that read them, and the record of who did."""

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models.expressions import RawSQL
from guardian.models.models import UserObjectPermissionBase

from privacy import gathering
from privacy.classes import (
    CATEGORY,
    CONTACT,
    DATA_CLASSES,
    NARRATIVE,
    OPERATIONAL,
)
from privacy.clock import database_now
from privacy.fields import SealedField
from privacy.keys import DataKey, folder_key
from privacy.policy import CAPACITIES

__all__ = [
    "AuditEvent",
    "AuditLink",
    "CaseData",
    "CaseDataQuerySet",
    "Consent",
    "DataKey",
    "Due",
    "Folder",
    "Grant",
    "Reveal",
    "ScheduleRun",
]


class GatheredModel(models.Model):
    """A row whose saving may wait for others of its batch (privacy.gathering)."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        """Save now or, in a batch, with the rest of it."""
        new, fields = bool(options.get("force_insert")), options.get("update_fields")
        if not gathering.keep(self, new=new, fields=set(fields or ())):
            super().save(*args, **options)


class Folder(GatheredModel):
    """What is granted and forgotten as one: a conversation, a case, or a colleague's own page."""

    class Kind(models.TextChoices):
        CONVERSATION = "conversation"
        CASE = "case"
        STAFF = "staff"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices, db_comment=OPERATIONAL)
    team = models.ForeignKey(
        settings.AUTH_TEAM_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_comment=OPERATIONAL,
    )
    created_at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    closed_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    held_until = models.DateField(
        null=True, db_comment=OPERATIONAL, help_text="legal hold: nothing is forgotten before"
    )
    hidden_at = models.DateTimeField(
        null=True, db_comment=OPERATIONAL, help_text="no person reaches it any more: only parts do"
    )

    class Meta:
        permissions: ClassVar = [(name, f"capacity: {name}") for name in CAPACITIES]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Grant(UserObjectPermissionBase):
    """One person's capacity to one folder (or, by duty, to a team's folders) until a moment.

    A django-guardian direct-foreign-key row: the permission is the capacity of `policy.py`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(  # type: ignore[assignment]
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        related_name="+",
        db_comment=OPERATIONAL,
    )
    permission = models.ForeignKey(
        "auth.Permission", models.PROTECT, related_name="+", db_comment=OPERATIONAL
    )
    content_object = models.ForeignKey(
        Folder,
        models.CASCADE,
        null=True,
        db_column="folder_id",
        related_name="+",
        db_comment=OPERATIONAL,
    )
    team = models.ForeignKey(
        settings.AUTH_TEAM_MODEL,
        models.CASCADE,
        null=True,
        related_name="+",
        db_comment=OPERATIONAL,
    )
    link = models.UUIDField(
        null=True, db_comment=OPERATIONAL, help_text="a partner's link instead of a person"
    )
    until = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    reason = models.CharField(max_length=40, db_comment=OPERATIONAL)
    granted_at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        db_comment=OPERATIONAL,
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="grant_to_one",
                condition=models.Q(user__isnull=False) ^ models.Q(link__isnull=False),
            ),
            models.CheckConstraint(
                name="grant_of_one",
                condition=models.Q(content_object__isnull=False) ^ models.Q(team__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["user", "content_object", "permission"], name="grant_once_a_folder"
            ),
            models.UniqueConstraint(
                fields=["user", "team", "permission"], name="grant_once_a_team"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["content_object"], name="grant_folder"),
            models.Index(
                fields=["link"], name="grant_link", condition=models.Q(link__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.permission_id} for {self.user_id or self.link}"


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


class CaseDataQuerySet(models.QuerySet[Any]):
    """Rows of case data; every read by a person starts with `visible_to`."""

    def visible_to(self, user: Any) -> Self:
        """The rows this person may know of: the same SQL predicate the database enforces."""
        row_class = self.model.row_class
        return self.filter(
            folder_id__in=RawSQL(
                "SELECT folder_id FROM privacy_reach_of(%s, NULL, %s, '[rm]')",
                [user.pk, row_class],
            )
        )


class CaseData(GatheredModel):
    """Base of every row about a young person: it lies in a folder and behind the second wall.

    `row_class` is the least class one must be able to see to know that the row exists.
    """

    row_class: ClassVar[str] = OPERATIONAL

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    folder = models.ForeignKey(Folder, models.PROTECT, related_name="+", db_comment=OPERATIONAL)

    objects = CaseDataQuerySet.as_manager()

    class Meta:
        abstract = True

    def data_key(self, klass: str, *, create: bool = True) -> bytes:
        """The key its sealed fields of one class are encrypted with."""
        return folder_key(self.folder_id, klass, create=create)


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


class Reveal(CaseData):
    """One masked field opened to one person for minutes, with the purpose they named."""

    class Purpose(models.TextChoices):
        CALL_BACK = "call_back"
        VERIFY_PERSON = "verify_person"
        REFERRAL = "referral"
        REPORT = "report"
        DANGER = "danger"

    row_class = CONTACT

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=OPERATIONAL
    )
    subject = models.CharField(max_length=40, db_comment=OPERATIONAL)
    subject_id = models.UUIDField(db_comment=OPERATIONAL)
    field = models.CharField(max_length=40, db_comment=OPERATIONAL)
    purpose = models.CharField(max_length=20, choices=Purpose.choices, db_comment=OPERATIONAL)
    words = SealedField(db_comment=NARRATIVE)
    at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    until = models.DateTimeField(db_comment=OPERATIONAL)

    def __str__(self) -> str:
        return f"{self.field} until {self.until}"


class Consent(CaseData):
    """What the young person agreed may leave us, for one purpose; withdrawable."""

    class Purpose(models.TextChoices):
        FOLLOW_UP = "follow_up"
        TAKEDOWN = "takedown"
        REFERRAL = "referral"
        POLICE = "police"
        RESEARCH = "research"

    purpose = models.CharField(max_length=12, choices=Purpose.choices, db_comment=OPERATIONAL)
    subject_id = models.UUIDField(
        null=True, db_comment=OPERATIONAL, help_text="the referral it is for, where it is for one"
    )
    given_by = models.CharField(max_length=12, db_comment=CATEGORY)
    language = models.CharField(max_length=12, db_comment=OPERATIONAL)
    how = models.CharField(max_length=20, db_comment=OPERATIONAL)
    given_at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_comment=OPERATIONAL
    )
    withdrawn_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)

    def __str__(self) -> str:
        return f"{self.purpose} consent"


class Due(CaseData):
    """The day on which one class of one folder is forgotten, and the proof that it was."""

    data_class = models.CharField(max_length=20, db_comment=OPERATIONAL)
    on = models.DateField(db_comment=OPERATIONAL)
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
