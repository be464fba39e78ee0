"""What every row about a young person is: it lies in a folder, and behind the second wall."""

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models.expressions import RawSQL

from privacy import gathering
from privacy.classes import NARRATIVE, OPERATIONAL
from privacy.clock import database_now
from privacy.keys import folder_key
from privacy.policy import CAPACITIES


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
    hidden_at = models.DateTimeField(
        null=True, db_comment=OPERATIONAL, help_text="no person reaches it any more: only parts do"
    )

    class Meta:
        permissions: ClassVar = [(name, f"capacity: {name}") for name in CAPACITIES]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class WordsDue(GatheredModel):
    """A row that was written and whose words are not in the index yet; the worker takes it up.

    It names the row and nothing of it, so it lies in no folder.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.CharField(max_length=40, db_comment=OPERATIONAL)
    subject_id = models.UUIDField(db_comment=OPERATIONAL)
    at = models.DateTimeField(default=database_now, db_comment=OPERATIONAL)

    def __str__(self) -> str:
        return f"words of {self.subject}"


class CaseDataQuerySet(models.QuerySet[Any]):
    """Rows of case data; every read by a person starts with `visible_to`."""

    def visible_to(self, user: Any) -> Self:
        """The rows this person may know of: the same SQL predicate the database enforces."""
        return self._reached(user, self.model.row_class, "[rm]")

    def reviewable_by(self, user: Any) -> Self:
        """The rows that lie where this person looks at colleagues' deeds; by the same predicate."""
        return self._reached(user, NARRATIVE, "y")

    def _reached(self, user: Any, klass: str, need: str) -> Self:
        return self.filter(
            folder_id__in=RawSQL(
                "SELECT folder_id FROM privacy_reach_of(%s, NULL, %s, %s)", [user.pk, klass, need]
            )
        )


class CaseData(GatheredModel):
    """Base of every row about a young person: it lies in a folder and behind the second wall.

    `row_class` is the least class one must be able to see to know that the row exists; `searched`
    are the narrative fields whose words may be searched for.
    """

    row_class: ClassVar[str] = OPERATIONAL

    # Fields written for somebody who may not read their class: name to the letter that opens them.
    addressed: ClassVar[Mapping[str, str]] = {}
    searched: ClassVar[frozenset[str]] = frozenset()

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    folder = models.ForeignKey(Folder, models.PROTECT, related_name="+", db_comment=OPERATIONAL)

    objects = CaseDataQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        """Save, and have its words looked at again when they, or the folder, may have changed."""
        super().save(*args, **options)
        fields = options.get("update_fields")
        if self.has_words and (fields is None or {*self.searched, "folder"} & set(fields)):
            due = WordsDue(subject=self._meta.label_lower, subject_id=self.pk)
            due.save(force_insert=True)

    @property
    def has_words(self) -> bool:
        """Whether this row is one whose words are searched for."""
        return bool(self.searched)

    def data_key(self, klass: str, *, create: bool = True) -> bytes:
        """The key its sealed fields of one class are encrypted with."""
        return folder_key(self.folder_id, klass, create=create)
