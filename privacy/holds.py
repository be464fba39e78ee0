"""Which legal holds and seals stand: they win over every day of forgetting."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from privacy.models import LegalHold, Seal

_IN_FORCE = Q(agreed_at__isnull=False, ended_at__isnull=True)


def in_force(folders: Iterable[UUID] | None = None) -> QuerySet[LegalHold]:
    """Holds that two people set and nobody ended, of some folders or of all."""
    rows: QuerySet[LegalHold] = LegalHold.objects.filter(_IN_FORCE)
    return rows if folders is None else rows.filter(folder__in=folders)


def is_held(folders: Iterable[UUID]) -> bool:
    """Whether a hold stands on any class of any of these folders."""
    return bool(in_force(folders).exists())


def sealed(folders: Iterable[UUID] | None = None) -> QuerySet[Seal]:
    """Seals that stand: neither opened nor destroyed."""
    rows: QuerySet[Seal] = Seal.objects.filter(opened_at__isnull=True, destroyed_at__isnull=True)
    return rows if folders is None else rows.filter(folder__in=folders)


def kept_from_forgetting() -> Q:
    """The days of forgetting (`Due`) that a hold or a seal keeps from coming."""
    kept = Q(folder__in=sealed().values("folder"))
    for hold in in_force():
        kept |= Q(folder=hold.folder_id, data_class__in=[*classes_of(hold), "operational"])
    return kept


def classes_of(hold: LegalHold) -> list[str]:
    """The classes a hold names."""
    return hold.classes.split(",")


def unreviewed(day: date) -> QuerySet[LegalHold]:
    """Holds whose ninety days are over: they stand, and somebody must say whether they should."""
    return in_force().filter(review_on__lte=day)
