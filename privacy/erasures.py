"""Erasures survive a restore: what was destroyed before is destroyed again.

The ledger is the keys database itself, whose destroyed rows stay; the record in the data, which
names each deed; and a list of both that is sealed with every backup. Whichever of the databases
comes back from a backup, the others tell what must not come back with it.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from typing import Final, NamedTuple
from uuid import UUID

from django.db import models

from privacy import audit, keys, retention
from privacy.access import acting
from privacy.classes import NARRATIVE, SEALED_CLASSES, SECRET
from privacy.clock import database_now
from privacy.keys import DataKey
from privacy.models import AuditEvent, Due
from privacy.wall import case_models

_DEEDS: Final = ("forgotten", "destroyed")
_BATCH: Final = 500


class Erasure(NamedTuple):
    """One class of one folder, whose key was destroyed: two codes, and nothing of anybody."""

    folder: UUID
    data_class: str


def ledger() -> Iterator[Erasure]:
    """Every erasure that the keys database knows."""
    rows = DataKey.objects.filter(destroyed_at__isnull=False).order_by("data_class", "folder")
    for folder, klass in rows.values_list("folder", "data_class").iterator():
        yield Erasure(folder, klass)


def replay(told: Iterable[Erasure] = ()) -> int:
    """Destroy again every key and clear every value that was erased; how many values were there.

    `told` is what a list from a backup adds. Safe to run again after being killed at any point.
    """
    for erasure in (*told, *_recorded()):
        keys.destroy(erasure.folder, erasure.data_class)
    count = 0
    for klass, some in groupby(ledger(), key=lambda erasure: erasure.data_class):
        folders = (erasure.folder for erasure in some)
        while batch := list(islice(folders, _BATCH)):
            with acting(part="forgetting"):
                count += _clear(batch, klass)
    audit.record("erasures_replayed")
    return count


def _recorded() -> Iterator[Erasure]:
    """What the record in the data says was destroyed, though a key may have come back."""
    rows = AuditEvent.objects.filter(verb__in=_DEEDS, folder__isnull=False)
    for folder, classes in rows.values_list("folder", "classes").iterator():
        if folder is None:
            continue
        for klass in SEALED_CLASSES & set(classes.split(",")):
            yield Erasure(folder, klass)
            if klass == NARRATIVE:
                yield Erasure(folder, SECRET)


def _clear(folders: list[UUID], klass: str) -> int:
    count = sum(_clear_model(model, folders, klass) for model in case_models())
    days = Due.objects.filter(folder__in=folders, data_class=klass, forgotten_at__isnull=True)
    days.update(forgotten_at=database_now(), values_forgotten=0)
    return count


def _clear_model(model: "type[models.Model]", folders: list[UUID], klass: str) -> int:
    names = [
        field.attname
        for field in retention.personal_fields(model)
        if retention.forgotten_with(field) == klass
    ]
    count = 0
    for name in names:
        there = model._default_manager.filter(folder__in=folders, **{f"{name}__isnull": False})
        count += there.update(**{name: None})
    return count
