"""The auditor's view of the record: who did what to which case, when; never a word of a story."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from cases.models import Case
from privacy import audit, chain
from privacy.access import teams_of
from privacy.clock import database_now
from privacy.explained import CLASSES, STANDINGS
from privacy.models import AuditEvent, Folder

NEWEST: Final = 50_000  # entries that the page walks along
MOST: Final = 200  # lines of a summary


@dataclass(frozen=True)
class Question:
    """What the auditor asks: of everything, one case or one colleague; lately or ever."""

    case: Case | None = None
    person: User | None = None
    days: int | None = None

    @property
    def since(self) -> datetime | None:
        return database_now() - timedelta(days=self.days) if self.days else None


@dataclass(frozen=True)
class Entry:
    """One event, with names instead of keys."""

    event: AuditEvent
    who: str
    code: str


@dataclass(frozen=True)
class Line:
    """Who looked at which case: what of it, as what, how often, from when to when."""

    who: str
    code: str
    folder: UUID | None
    verb: str
    classes: list[str]
    why: str
    times: int
    first: datetime
    last: datetime


def events(user: User, asked: Question, *, before: datetime | None = None) -> QuerySet[AuditEvent]:
    """Events of the auditor's teams, newest first, from before a moment. Itself recorded.

    Events outside any folder (sign-in, duties, exports) belong to whoever did them.
    """
    audit.record(
        "audit_read",
        folder=asked.case.folder_id if asked.case else None,
        subject="user" if asked.person else "",
        subject_id=asked.person.pk if asked.person else None,
    )
    found = _asked(user, asked)
    if before is not None:
        found = found.filter(at__lt=before)
    return found.order_by("-at", "-pk")


def lines(user: User, asked: Question) -> list[Line]:
    """Who looked at this case, or at what this colleague looked; the latest first."""
    if asked.case is None and asked.person is None:
        return []
    rows = (
        _asked(user, asked)
        .filter(verb__in=audit.LOOKING, folder__isnull=False)
        .order_by()
        .values("actor_kind", "actor", "folder", "verb", "classes", "reason")
        .annotate(times=Count("pk"), first=Min("at"), last=Max("at"))
        .order_by("-last")[:MOST]
    )
    found = list(rows)
    names, codes = _names(found), _codes(user, {row["folder"] for row in found})
    return [_line(row, names, codes) for row in found]


def entries(found: list[AuditEvent], user: User) -> list[Entry]:
    """Events with the names of colleagues and the codes of cases."""
    names = _names([{"actor_kind": one.actor_kind, "actor": one.actor} for one in found])
    codes = _codes(user, {one.folder for one in found})
    return [
        Entry(one, _who(one.actor_kind, one.actor, names), codes.get(one.folder, ""))
        for one in found
    ]


def why(reason: str) -> str:
    """A reason of the record in plain words, where it is what somebody is to a case."""
    parts = reason.split("+") if reason else []
    return ", ".join(str(STANDINGS[part].name) if part in STANDINGS else part for part in parts)


def _asked(user: User, asked: Question) -> QuerySet[AuditEvent]:
    found = AuditEvent.objects.all()
    if asked.case is not None:  # it is in the auditor's teams: they found it there
        found = found.filter(folder=asked.case.folder_id)
    else:
        mine = Folder.objects.filter(pk=OuterRef("folder"), team__in=teams_of(user, "audit"))
        found = found.filter(Q(folder__isnull=True) | Exists(mine))
    if asked.person is not None:
        found = found.filter(actor=str(asked.person.pk))
    return found.filter(at__gte=asked.since) if asked.since else found


def _line(row: Mapping[str, Any], names: dict[str, str], codes: dict[Any, str]) -> Line:
    return Line(
        who=_who(row["actor_kind"], row["actor"], names),
        code=codes.get(row["folder"], ""),
        folder=row["folder"] if row["folder"] in codes else None,
        verb=row["verb"],
        classes=[str(CLASSES[one].name) for one in row["classes"].split(",") if one],
        why=why(row["reason"]),
        times=row["times"],
        first=row["first"],
        last=row["last"],
    )


def _names(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    keys = {row["actor"] for row in rows if row["actor_kind"] == "person"}
    people = User.objects.filter(pk__in=keys).values_list("pk", "name")
    return {str(key): name for key, name in people}


def _codes(user: User, folders: set[Any]) -> dict[Any, str]:
    cases = Case.objects.visible_to(user).filter(folder__in=folders - {None})
    return dict(cases.values_list("folder", "code"))


def _who(kind: str, actor: str, names: dict[str, str]) -> str:
    """A colleague by name, a partner as one, a machine part by what the policy calls it."""
    if kind == "link":
        return _("a partner")
    return names.get(actor, actor) or _("nobody signed in")


def colleagues(user: User) -> list[User]:
    """Everybody who has or had a duty in the auditor's teams."""
    people = User.objects.filter(duties__team__in=teams_of(user, "audit"))
    return list(people.order_by("name").distinct())


def find_case(user: User, code: str) -> Case | None:
    """A case by its code, if it lies in the auditor's teams."""
    found: Case | None = Case.objects.visible_to(user).filter(code=code.strip().upper()).first()
    return found


def case_of(user: User, folder: UUID) -> Case | None:
    """A case by its folder, if it lies in the auditor's teams."""
    found: Case | None = Case.objects.visible_to(user).filter(folder=folder).first()
    return found


def unchained() -> int:
    """How many of the latest events do not have their place in the chain yet."""
    return chain.waiting().count()


def check() -> chain.Verdict:
    """Whether the newest part of the chain is whole: as much as a page may wait for. Recorded.

    All of it, and whether it fits its anchors, `manage.py audit verify` finds out.
    """
    count, _head = chain.head()
    verdict = chain.verify(first=max(1, count - NEWEST + 1))
    audit.record("audit_verified", reason="whole" if verdict.whole else "broken")
    return verdict
