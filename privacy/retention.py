"""Forgetting on time: class by class, the key destroyed and the values cleared."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.db import models, transaction
from django.db.models import Model

from privacy import audit, keys
from privacy.classes import (
    CONTACT,
    CONTENT_LOCATOR,
    IDENTITY,
    LEGAL,
    NARRATIVE,
    SECRET,
    STAFF_PRIVATE,
)
from privacy.clock import database_now
from privacy.fields import SealedField
from privacy.models import CaseData, Due, Folder
from privacy.wall import case_models

# Default keep after closing (minimisation page); a jurisdiction's row may say otherwise later.
KEEP: Final[dict[str, timedelta | relativedelta]] = {
    CONTACT: timedelta(days=90),
    IDENTITY: timedelta(days=30),
    NARRATIVE: relativedelta(months=12),
    CONTENT_LOCATOR: relativedelta(months=24),
    LEGAL: relativedelta(years=5),
    STAFF_PRIVATE: relativedelta(months=12),
}


@transaction.atomic
def set_forget_after(folder: Folder) -> list[Due]:
    """Write the day on which each class of a closed folder is forgotten (again: moves the days)."""
    now = database_now()
    folder.closed_at = now
    folder.save(update_fields=["closed_at"])
    made = []
    for klass, keep in KEEP.items():
        due, _ = Due.objects.update_or_create(
            folder=folder, data_class=klass, defaults={"on": now.date() + keep}
        )
        made.append(due)
    return made


def keep_open(folder: Folder) -> None:
    """A reopened folder forgets nothing until it is closed again."""
    folder.closed_at = None
    folder.save(update_fields=["closed_at"])
    Due.objects.filter(folder=folder, forgotten_at__isnull=True).delete()


def due_on(day: date) -> "models.QuerySet[Due]":
    """What is to be forgotten by a day: due, not done, and not under a legal hold."""
    held = models.Q(folder__held_until__gt=day)
    rows: models.QuerySet[Due] = Due.objects.filter(on__lte=day, forgotten_at__isnull=True)
    return rows.exclude(held).order_by("on", "pk")


@transaction.atomic
def forget(due: Due) -> int:
    """Destroy one class of one folder: first its key, then every value; returns how many values.

    Safe to run again after being killed at any point: the key goes first, so nothing is readable
    that is not also about to be cleared.
    """
    keys.destroy(due.folder_id, due.data_class)
    if due.data_class == NARRATIVE:
        keys.destroy(due.folder_id, SECRET)
    count = _clear_all(due.folder_id, due.data_class)
    due.forgotten_at, due.values_forgotten = database_now(), count
    due.save(update_fields=["forgotten_at", "values_forgotten"])
    audit.record("forgotten", folder=due.folder_id, classes=[due.data_class])
    return count


@transaction.atomic
def destroy(folder: Folder) -> int:
    """Destroy every class of one folder at once, as its own reporter asked; how many values.

    All keys go first. Safe to run again after being killed at any point.
    """
    for klass in (*KEEP, SECRET):
        keys.destroy(folder.pk, klass)
    count = sum(_clear_all(folder.pk, klass) for klass in KEEP)
    days = Due.objects.filter(folder=folder, forgotten_at__isnull=True)
    days.update(forgotten_at=database_now())
    audit.record("destroyed", folder=folder.pk, classes=KEEP)
    return count


def _clear_all(folder: UUID, klass: str) -> int:
    return sum(_clear(model, folder, klass) for model in case_models())


def _clear(model: type[CaseData], folder: UUID, klass: str) -> int:
    names = [f.attname for f in personal_fields(model) if forgotten_with(f) == klass]
    if not names:
        return 0
    rows = model._default_manager.filter(folder=folder)
    some = models.Q()
    for name in names:
        some |= models.Q(**{f"{name}__isnull": False})
    return rows.filter(some).update(**dict.fromkeys(names, None))


def personal_fields(model: type[Model]) -> list["models.Field[object, object]"]:
    """Sealed values and keyed hashes of a model: what forgetting clears."""
    return [f for f in model._meta.fields if isinstance(f, SealedField) or is_keyed_hash(f)]


def is_keyed_hash(field: "models.Field[object, object]") -> bool:
    """Keyed hashes are named so; they are nullable, because they are forgotten too."""
    return field.name.endswith("_hash")


def forgotten_with(field: "models.Field[object, object]") -> str:
    """The class a field is forgotten with: a contact's keyed hash goes with the narrative.

    So does a secret: it opened the story, and has no day of its own.
    """
    klass = field.db_comment or ""
    late = klass == SECRET or (klass == CONTACT and is_keyed_hash(field))
    return NARRATIVE if late else klass
