"""Data keys: one for each folder and class, wrapped by the master key, in a database of their own.

Destroying a key makes everything it sealed unreadable, in backups too. Opened keys are remembered
only as long as one request or task acts (`access.acting`), so a destroyed key is gone at once.
Keys that belong to no folder (of keyed hashes, of intake) are rows too: see privacy.purposes.
"""

import uuid
from contextvars import ContextVar
from typing import ClassVar, Final
from uuid import UUID

from django.db import connections, models
from django.db.models.functions import Now

from privacy import crypto, gathering
from privacy.classes import OPERATIONAL, SECRET

NO_FOLDER: Final = UUID(int=0)  # whose keys are the service's own

OpenKeys = dict[tuple[UUID, str], bytes]

_NEW: Final = "new keys"  # what a gathering remembers the keys it has yet to write by

# Filled and emptied by `access.acting`; empty outside it, where nothing is remembered.
opened: ContextVar[OpenKeys | None] = ContextVar("opened_keys", default=None)


class DataKey(models.Model):
    """A folder's key for one class, wrapped by the master key; lives in the keys database."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    folder = models.UUIDField(db_comment=OPERATIONAL)
    data_class = models.CharField(max_length=20, db_comment=OPERATIONAL)
    wrapped = models.BinaryField(null=True, db_comment=SECRET)
    version = models.PositiveSmallIntegerField(
        default=1,
        db_default=1,
        db_comment=OPERATIONAL,
        help_text="which version of the master key wrapped it",
    )
    created_at = models.DateTimeField(auto_now_add=True, db_comment=OPERATIONAL)
    destroyed_at = models.DateTimeField(null=True, db_comment=OPERATIONAL)
    custody = models.UUIDField(
        null=True,
        db_comment=OPERATIONAL,
        help_text="the seal whose two halves open it: the master key alone does not",
    )

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


_STORE: Final = (
    f"INSERT INTO {DataKey._meta.db_table} (id, folder, data_class, wrapped, version, created_at)"  # noqa: S608
    " VALUES {rows} ON CONFLICT (folder, data_class) DO NOTHING"
)


def folder_key(folder: UUID, klass: str, *, create: bool = True) -> bytes:
    """The open key of a folder for a class, made on first use unless `create` is false.

    Raises crypto.CannotOpen when the key was destroyed or never existed, crypto.KeyUnavailable
    when the master key is away.
    """
    remembered = opened.get()
    if remembered is not None and (folder, klass) in remembered:
        return remembered[folder, klass]
    new: _NewKeys | None = gathering.known(_NEW)
    if new is not None and new.knows(folder):
        key = new.key(folder, klass, create=create)
    else:
        key = stored(folder, klass) or (_make(folder, klass) if create else None)
    if key is None:
        raise crypto.CannotOpen("no key")
    if remembered is not None:
        remembered[folder, klass] = key
    return key


def begin(folder: UUID) -> None:
    """Say that a folder was made just now, in this transaction: it has no key that could be found.

    Its keys are then made in memory, and written together before the transaction commits.
    """
    now = gathering.current()
    if now is not None:
        gathering.once(_NEW, lambda: _NewKeys(now)).folders.add(folder)


def open_many(folders: set[UUID], klasses: set[str]) -> None:
    """Open all keys a list will need in one query; missing ones are left to fail one by one."""
    remembered = opened.get()
    if remembered is None:
        return
    rows = DataKey.objects.filter(folder__in=folders, data_class__in=klasses, wrapped__isnull=False)
    for row in rows.filter(custody__isnull=True):
        if (row.folder, row.data_class) not in remembered and row.wrapped is not None:
            place = place_of(row.folder, row.data_class)
            remembered[row.folder, row.data_class] = crypto.unwrap(bytes(row.wrapped), place)


def provide(folder: UUID, klass: str, key: bytes) -> None:
    """Keep a given key, unless there is one already (committed at once)."""
    _insert([(folder, klass, crypto.wrap(key, place_of(folder, klass)))])


def stored(folder: UUID, klass: str) -> bytes | None:
    """The open key if there is one; raises crypto.CannotOpen when it was destroyed."""
    row = DataKey.objects.filter(folder=folder, data_class=klass).first()
    if row is None:
        return None
    if row.wrapped is None:
        raise crypto.CannotOpen("the key was destroyed")
    if row.custody is not None:
        raise crypto.CannotOpen("two custodians have this key")
    return crypto.unwrap(bytes(row.wrapped), place_of(folder, klass))


def place_of(folder: UUID, klass: str) -> bytes:
    """What a wrapped key is bound to: it opens nothing as another folder's or class's."""
    return f"datakey\x1f{folder.hex}\x1f{klass}".encode()


def destroy(folder: UUID, klass: str) -> None:
    """Forget a folder's key of one class for good (idempotent)."""
    DataKey.objects.filter(folder=folder, data_class=klass, wrapped__isnull=False).update(
        wrapped=None, destroyed_at=Now()
    )
    remembered = opened.get()
    if remembered is not None:
        remembered.pop((folder, klass), None)


def _make(folder: UUID, klass: str) -> bytes:
    key = crypto.new_key()
    made = _insert([(folder, klass, crypto.wrap(key, place_of(folder, klass)))])
    if made:
        return key
    other = stored(folder, klass)  # somebody made it in between
    if other is None:
        raise crypto.CannotOpen("the key was not kept")
    return other


def _insert(keys: list[tuple[UUID, str, bytes]]) -> int:
    """Store wrapped keys and commit them; how many there were none of yet."""
    rows = ", ".join(["(gen_random_uuid(), %s, %s, %s, %s, clock_timestamp())"] * len(keys))
    values = [value for key in keys for value in (*key, crypto.wrapped_by(key[2]))]
    with connections["keys"].cursor() as cursor:
        cursor.execute(_STORE.format(rows=rows), values)
        stored: int = cursor.rowcount
    return stored


class _NewKeys:
    """The keys of folders that a batch makes: kept in memory, written before the batch commits.

    A batch that fails leaves keys that open nothing. One that commits has all its keys on disk.
    """

    def __init__(self, batch: gathering.Gathering) -> None:
        self.folders: set[UUID] = set()
        self._keys: OpenKeys = {}
        batch.at_the_end(self._write)

    def knows(self, folder: UUID) -> bool:
        """Whether the batch made this folder."""
        return folder in self.folders

    def key(self, folder: UUID, klass: str, *, create: bool) -> bytes | None:
        """The folder's key of a class, made on first use unless `create` is false."""
        if create and (folder, klass) not in self._keys:
            self._keys[folder, klass] = crypto.new_key()
        return self._keys.get((folder, klass))

    def _write(self) -> None:
        keys = [(*at, crypto.wrap(key, place_of(*at))) for at, key in self._keys.items()]
        if keys and _insert(keys) != len(keys):
            raise crypto.CannotOpen("a new folder had a key already")
