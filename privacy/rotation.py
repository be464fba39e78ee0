"""Rotating the master key while the service is in use: every wrapped key is wrapped anew.

Nothing is locked for longer than one small batch, whoever reads finds the old or the new wrapping
and opens both, and a killed run has left only keys that one of the two versions opens.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import IntegrityError, connections, transaction
from django.db.models import QuerySet

from privacy import crypto, ring
from privacy.keys import DataKey, place_of

BATCH: Final = 200
_TABLE: Final = DataKey._meta.db_table
_RULE: Final = "retired_versions_wrap_nothing"


@dataclass(frozen=True)
class Kept:
    """Something small that a stage keeps wrapped outside the keys database.

    `keep(old, new)` puts the new wrapping in the place of the old, unless that has changed.
    """

    wrapped: bytes
    place: bytes
    keep: Callable[[bytes, bytes], object]


# Filled in each stage's `apps.py`: all that it keeps wrapped by itself, now.
elsewhere: Final[list[Callable[[], Iterable[Kept]]]] = []


class NotYet(Exception):
    """A version still wraps something, or is the one that wraps; `str()` says what."""


def left() -> int:
    """How many keys and secrets another version than the newest wraps."""
    newest = ring.current_ring().current
    return _older(newest).count() + sum(
        crypto.wrapped_by(kept.wrapped) != newest for kept in _elsewhere()
    )


def rewrap_batch(after: UUID | None) -> UUID | None:
    """Wrap the next keys anew, in a short transaction; where to go on, None at the end.

    Rows that somebody holds are passed over and found by the next run. A key that is destroyed
    meanwhile stays so.
    """
    newest = ring.current_ring().current
    rows = _older(newest).order_by("pk")
    if after is not None:
        rows = rows.filter(pk__gt=after)
    with transaction.atomic(using="keys"):
        some = list(rows.select_for_update(skip_locked=True)[:BATCH])
        for row in some:
            place = place_of(row.folder, row.data_class)
            row.wrapped = crypto.wrap(crypto.unwrap(bytes(row.wrapped or b""), place), place)
            row.version = crypto.wrapped_by(row.wrapped)
        DataKey.objects.bulk_update(some, ["wrapped", "version"])
    return some[-1].pk if some else None


def rewrap_elsewhere() -> None:
    """Wrap anew what stages keep by themselves: second factors, telephones."""
    newest = ring.current_ring().current
    for kept in _elsewhere():
        if crypto.wrapped_by(kept.wrapped) != newest:
            plain = crypto.unwrap(kept.wrapped, kept.place)
            kept.keep(kept.wrapped, crypto.wrap(plain, kept.place))


def retire(version: int) -> None:
    """Make a version open nothing for good, once it wraps nothing. Raises NotYet.

    The database refuses its wrappings before the ring loses it: a process that has an old copy of
    the ring fails, instead of writing what nobody could open again.
    """
    now = ring.current_ring()
    if version == now.current:
        raise NotYet(f"version {version} is the one that wraps")
    if any(crypto.wrapped_by(kept.wrapped) == version for kept in _elsewhere()):
        raise NotYet(f"version {version} still wraps secrets of colleagues: rotate first")
    _refuse(sorted({*_refused(), version}))
    ring.drop_version(version)


def _older(newest: int) -> "QuerySet[DataKey]":
    """Keys that another version wraps; those in custody too, as they are locked inside."""
    return DataKey.objects.filter(wrapped__isnull=False).exclude(version=newest)


def _elsewhere() -> Iterable[Kept]:
    for stage in elsewhere:
        yield from stage()


def _refused() -> list[int]:
    """The versions that the database refuses already."""
    with connections["keys"].cursor() as cursor:
        cursor.execute(
            "SELECT regexp_matches(pg_get_constraintdef(oid), '[0-9]+', 'g')"
            " FROM pg_constraint WHERE conname = %s",
            [_RULE],
        )
        return [int(match[0]) for (match,) in cursor.fetchall()]


def _refuse(versions: list[int]) -> None:
    """Write the rule in the keys database (as its owner), or find that it does not hold yet."""
    named = ", ".join(str(version) for version in versions)
    try:
        with transaction.atomic(using="keys"), connections["keys"].cursor() as cursor:
            cursor.execute(f"ALTER TABLE {_TABLE} DROP CONSTRAINT IF EXISTS {_RULE}")
            cursor.execute(
                f"ALTER TABLE {_TABLE} ADD CONSTRAINT {_RULE}"
                f" CHECK (wrapped IS NULL OR version NOT IN ({named}))"
            )
    except IntegrityError:
        raise NotYet(f"version {versions[-1]} still wraps keys: rotate first") from None
