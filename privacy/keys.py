"""Data keys: one for each folder and class, wrapped by the master key, in a database of their own.

Destroying a key makes everything it sealed unreadable, in backups too. Opened keys are remembered
only as long as one request or task acts (`access.acting`), so a destroyed key is gone at once.
"""

import uuid
from contextvars import ContextVar
from typing import ClassVar
from uuid import UUID

from django.db import models, transaction
from django.db.models.functions import Now

from privacy import crypto
from privacy.classes import OPERATIONAL, SECRET

OpenKeys = dict[tuple[UUID, str], bytes]

# Filled and emptied by `access.acting`; empty outside it, where nothing is remembered.
opened: ContextVar[OpenKeys | None] = ContextVar("opened_keys", default=None)


class DataKey(models.Model):
    """A folder's key for one class, wrapped by the master key; lives in the keys database."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    folder = models.UUIDField(db_comment=OPERATIONAL)
    data_class = models.CharField(max_length=20, db_comment=OPERATIONAL)
    wrapped = models.BinaryField(null=True, db_comment=SECRET)
    created_at = models.DateTimeField(auto_now_add=True, db_comment=OPERATIONAL)
    destroyed_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["folder", "data_class"], name="one_key_a_class"),
            models.CheckConstraint(
                name="destroyed_key_is_gone",
                condition=models.Q(wrapped__isnull=True) ^ models.Q(destroyed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.data_class} key of {self.folder}"


def folder_key(folder: UUID, klass: str, *, create: bool = True) -> bytes:
    """The open key of a folder for a class, made on first use unless `create` is false.

    Raises crypto.CannotOpen when the key was destroyed or never existed, crypto.KeyUnavailable
    when the master key is away.
    """
    remembered = opened.get()
    if remembered is not None and (folder, klass) in remembered:
        return remembered[folder, klass]
    key = _stored(folder, klass) or (_make(folder, klass) if create else None)
    if key is None:
        raise crypto.CannotOpen("no key")
    if remembered is not None:
        remembered[folder, klass] = key
    return key


def open_many(folders: set[UUID], klasses: set[str]) -> None:
    """Open all keys a list will need in one query; missing ones are left to fail one by one."""
    remembered = opened.get()
    if remembered is None:
        return
    rows = DataKey.objects.filter(folder__in=folders, data_class__in=klasses, wrapped__isnull=False)
    for row in rows:
        if (row.folder, row.data_class) not in remembered and row.wrapped is not None:
            place = _place(row.folder, row.data_class)
            remembered[row.folder, row.data_class] = crypto.unwrap(bytes(row.wrapped), place)


def destroy(folder: UUID, klass: str) -> None:
    """Forget a folder's key of one class for good (idempotent)."""
    DataKey.objects.filter(folder=folder, data_class=klass, wrapped__isnull=False).update(
        wrapped=None, destroyed_at=Now()
    )
    remembered = opened.get()
    if remembered is not None:
        remembered.pop((folder, klass), None)


def _stored(folder: UUID, klass: str) -> bytes | None:
    row = DataKey.objects.filter(folder=folder, data_class=klass).first()
    if row is None:
        return None
    if row.wrapped is None:
        raise crypto.CannotOpen("the key was destroyed")
    return crypto.unwrap(bytes(row.wrapped), _place(folder, klass))


def _make(folder: UUID, klass: str) -> bytes:
    wrapped = crypto.wrap(crypto.new_key(), _place(folder, klass))
    with transaction.atomic(using="keys"):
        DataKey.objects.bulk_create(
            [DataKey(folder=folder, data_class=klass, wrapped=wrapped)], ignore_conflicts=True
        )
    key = _stored(folder, klass)
    if key is None:
        raise crypto.CannotOpen("the key was not kept")
    return key


def _place(folder: UUID, klass: str) -> bytes:
    return f"datakey\x1f{folder.hex}\x1f{klass}".encode()
