"""Conflicts of interest: whom nothing brings to a folder, and how that is written and ended."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from privacy import audit
from privacy.access import acting, look_again, revoke
from privacy.actor import Person
from privacy.clock import database_now
from privacy.models import Exclusion, Folder


@transaction.atomic
def exclude(folders: Iterable[Folder], *, user: Person, reason: str, by: Person | None) -> None:
    """Keep a person out of folders from this moment, whatever they hold or are given later.

    `reason` is an `Exclusion.Reason`; matching by keyed hashes calls this with `MATCHED` and nobody
    named. The caller asked whether `by` may. Every grant the person has to them ends.
    """
    with acting(part="glass"):
        for folder in folders:
            Exclusion.objects.get_or_create(
                user_id=user.pk,
                content_object=folder,
                ended_at=None,
                defaults={"reason": reason, "noted_by_id": by.pk if by else None},
            )
            revoke(folder.pk, user=user, by=by)
            audit.record("excluded", folder=folder.pk, subject="user", subject_id=user.pk)
    look_again()


@transaction.atomic
def readmit(folders: Iterable[Folder], *, user: Person, by: Person) -> int:
    """End a person's exclusion; it gives them nothing back. Says how many ended."""
    with acting(part="glass"):
        rows = Exclusion.objects.filter(
            user_id=user.pk, content_object__in=list(folders), ended_at__isnull=True
        )
        ended = list(rows.values_list("content_object", flat=True))
        rows.update(ended_at=database_now())
        for folder in ended:
            audit.record("readmitted", folder=folder, subject="user", subject_id=user.pk)
    look_again()
    return len(ended)


@transaction.atomic
def carry(source: UUID, target: Folder) -> None:
    """Who is kept out of one folder is kept out of another that begins to belong to it."""
    with acting(part="glass"):
        for row in Exclusion.objects.filter(content_object=source, ended_at__isnull=True):
            Exclusion.objects.get_or_create(
                user_id=row.user_id,
                content_object=target,
                ended_at=None,
                defaults={"reason": row.reason, "noted_by_id": row.noted_by_id},
            )
    look_again()


def excluded_from(folders: Iterable[UUID]) -> set[UUID]:
    """The keys of the people who are kept out of any of these folders."""
    rows = Exclusion.objects.filter(content_object__in=list(folders), ended_at__isnull=True)
    return set(rows.values_list("user_id", flat=True))


def shut_to(user: Person) -> QuerySet[Exclusion, UUID]:
    """The keys of the folders that a person is kept out of; for use inside a query."""
    rows = Exclusion.objects.filter(user=user.pk, ended_at__isnull=True)
    return rows.values_list("content_object", flat=True)
