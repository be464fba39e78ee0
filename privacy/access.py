"""Who acts, what they are to a folder, and the grants that say so. The one door to rows."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Permission
from django.db import connection, transaction
from django.db.models import Q

from privacy import audit, clock, keys
from privacy.actor import Actor, Person, acting_now, current_actor
from privacy.clock import database_now
from privacy.models import CaseData, Exclusion, Folder, Grant
from privacy.policy import PARTS, level

__all__ = [
    "NotAllowed",
    "Person",
    "acting",
    "capacities",
    "current_actor",
    "grant",
    "grant_team",
    "has_any",
    "look_again",
    "may",
    "permission",
    "require",
    "revoke",
    "teams_of",
]


@contextmanager
def acting(
    *, user: Person | None = None, part: str = "", link: UUID | None = None
) -> Iterator[Actor]:
    """One transaction in which the database answers this actor, and only as the policy says.

    Name a person, a machine part of `policy.PARTS`, a partner's link, or nobody. May be nested: the
    outer actor is back afterwards. Keys opened inside are forgotten at the end.
    """
    if part and part not in PARTS:
        raise LookupError(f"{part} is not a part that the policy knows")
    before = current_actor()
    behind = before if before.kind != "nobody" else None
    actor = Actor(user=user.pk if user else None, part=part, link=link, behind=behind)
    token, key_token = acting_now.set(actor), keys.opened.set({})
    nested = connection.in_atomic_block
    try:
        with transaction.atomic():
            with clock.anchored(_tell_database(actor)):
                yield actor
            # The setting ends with its transaction; a rolled-back one is the old one by itself.
            if nested and not transaction.get_rollback():
                _tell_database(before)
    except NotAllowed as refusal:
        if behind is None:
            refusal.put_on_record()
        raise
    finally:
        keys.opened.reset(key_token)
        acting_now.reset(token)


def _tell_database(actor: Actor) -> datetime:
    """Tell PostgreSQL who acts until the transaction ends; returns the moment there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('amaan.user', %s, true), set_config('amaan.part', %s, true),"
            " set_config('amaan.link', %s, true), clock_timestamp()",
            [str(actor.user or ""), actor.part, str(actor.link or "")],
        )
        told: datetime = cursor.fetchone()[3]
    return told


def capacities(
    user: Person | None, folders: Iterable[UUID], *, link: UUID | None = None
) -> dict[UUID, frozenset[str]]:
    """What a person (or a partner's link) is, now, to each of these folders.

    Asked of the database once in a request or task: rights are judged anew with each.
    """
    wanted = set(folders)
    who = user.pk if user else link
    if who is None:
        return dict.fromkeys(wanted, frozenset())
    known = current_actor().held
    if missing := {folder for folder in wanted if (who, folder) not in known}:
        known |= {(who, folder): names for folder, names in _held(user, link, missing).items()}
    return {folder: known[who, folder] for folder in wanted}


def _held(user: Person | None, link: UUID | None, wanted: set[UUID]) -> dict[UUID, frozenset[str]]:
    whose = Q(user=user.pk) if user else Q(link=link)
    alive = Q(until__isnull=True) | Q(until__gt=database_now())
    found: dict[UUID, set[str]] = {folder: set() for folder in wanted}
    teams: dict[UUID, set[str]] = {}
    # No grant and no duty overcomes a conflict of interest.
    shut = Exclusion.objects.filter(
        user=user.pk if user else None, content_object__in=wanted, ended_at__isnull=True
    ).values("content_object")
    # Asked so that the folder must be there to be looked at: a hidden one is not, for a person.
    seen = Q(content_object__hidden_at__isnull=True, content_object__kind__in=Folder.Kind.values)
    here = (Q(content_object__in=wanted) & seen) | Q(team__isnull=False)
    grants = Grant.objects.filter(whose & alive & here).exclude(content_object__in=shut)
    for folder, team, capacity in grants.values_list(
        "content_object_id", "team_id", "permission__codename"
    ):
        (found[folder] if folder else teams.setdefault(team, set())).add(capacity)
    if teams:
        rows = Folder.objects.filter(pk__in=wanted, team__in=teams, hidden_at__isnull=True)
        rows = rows.exclude(pk__in=shut)
        for folder, team in rows.values_list("pk", "team_id"):
            found[folder] |= teams[team]
    return {folder: frozenset(names) for folder, names in found.items()}


def look_again() -> None:
    """Grants changed: what this request or task remembers of them counts no more."""
    actor: Actor | None = current_actor()
    while actor is not None:
        actor.held.clear()
        actor = actor.behind


def teams_of(user: Person, capacity: str) -> list[UUID]:
    """The teams to whose folders a duty gives the person a standing capacity, now."""
    alive = Q(until__isnull=True) | Q(until__gt=database_now())
    rows = Grant.objects.filter(
        alive, user=user.pk, team__isnull=False, permission__codename=capacity
    )
    return list(rows.values_list("team_id", flat=True))


def may(user: Person, folder: UUID, klass: str, letter: str) -> bool:
    """Whether the person holds a letter (r, w, m, p) for a class of one folder."""
    return letter in level(capacities(user, [folder])[folder], klass)


class NotAllowed(Exception):
    """The person may not do this; answered like "not there" so that nothing is confirmed.

    Whoever answers it (`acting`, the middleware, the API) puts it on record after the refused
    change has been undone: an event written beside the change would be undone with it.
    """

    def __init__(self, reason: str, *, folder: UUID | None = None, classes: Iterable[str] = ()):
        super().__init__(reason)
        self.reason, self.folder, self.classes = reason, folder, tuple(classes)

    def put_on_record(self) -> None:
        """Write the attempt down: codes and keys, as all of the record."""
        audit.record("refused", folder=self.folder, classes=self.classes, reason=self.reason)


def require(user: Person | None, folder: UUID, klass: str, letter: str = "w") -> None:
    """Raise NotAllowed unless the person (or part) may.

    A machine part named in `acting` is judged by its own row of the policy.
    """
    actor = current_actor()
    if actor.part and user is None:
        allowed = letter in PARTS[actor.part].get(klass, "")
    else:
        allowed = user is not None and may(user, folder, klass, letter)
    if not allowed:
        raise NotAllowed(letter, folder=folder, classes=[klass])


def grant(
    folder: Folder,
    capacity: str,
    *,
    to: Person | None = None,
    link: UUID | None = None,
    until: datetime | None = None,
    reason: str = "",
    by: Person | None,
) -> Grant:
    """Give a person, or a partner's link, a capacity to one folder; again only extends it."""
    made: Grant
    made, _ = Grant.objects.update_or_create(
        user_id=to.pk if to else None,
        link=link,
        content_object=folder,
        permission=permission(capacity),
        defaults={"until": until, "reason": reason, "granted_by_id": by.pk if by else None},
    )
    look_again()
    audit.record("grant", folder=folder.pk, subject="grant", subject_id=made.pk, reason=capacity)
    return made


def grant_team(team: Any, capacity: str, *, to: Person, by: Person | None) -> Grant:
    """Give a person a standing capacity to all folders of a team, as a duty brings it."""
    # Not `save`: guardian's own asks for an object, and a duty is for none in particular.
    Grant.objects.bulk_create(
        [
            Grant(
                user_id=to.pk,
                team=team,
                permission=permission(capacity),
                reason="duty",
                granted_by_id=by.pk if by else None,
            )
        ],
        ignore_conflicts=True,
    )
    made: Grant = Grant.objects.get(user=to.pk, team=team, permission__codename=capacity)
    look_again()
    audit.record("grant_team", subject="grant", subject_id=made.pk, reason=capacity)
    return made


def revoke(
    folder: UUID,
    *,
    capacity: str = "",
    user: Person | None = None,
    link: UUID | None = None,
    by: Person | None,
) -> int:
    """End grants to a folder: all, or one capacity's, one person's, one link's. Says how many."""
    rows = Grant.objects.filter(content_object=folder)
    if capacity:
        rows = rows.filter(permission__codename=capacity)
    if user:
        rows = rows.filter(user_id=user.pk)
    if link:
        rows = rows.filter(link=link)
    ended, _ = rows.delete()
    look_again()
    audit.record("revoke", folder=folder, subject="grant", reason=capacity or "all")
    return ended


def permission(capacity: str) -> Permission:
    """The permission row that stands for a capacity."""
    return Permission.objects.select_related("content_type").get(
        codename=capacity, content_type__app_label="privacy", content_type__model="folder"
    )


def has_any(user: Person, row: CaseData) -> bool:
    """Whether the person is anything at all to a row's folder."""
    return bool(capacities(user, [row.folder_id])[row.folder_id])
