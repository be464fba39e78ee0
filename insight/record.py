"""The auditor's view of the record: who did what to which case, when; never a word of a story."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from cases.models import Case
from privacy import audit, chain
from privacy.access import teams_of
from privacy.models import AuditEvent, Folder

NEWEST: Final = 50_000  # entries that the page walks along


@dataclass(frozen=True)
class Entry:
    """One event, with names instead of keys."""

    event: AuditEvent
    who: str
    code: str


def events(user: User, *, case: Case | None, person: User | None) -> QuerySet[AuditEvent]:
    """Events of the auditor's teams, newest first, of one case or one colleague. Itself recorded.

    Events outside any folder (sign-in, duties, exports) belong to whoever did them.
    """
    audit.record(
        "audit_read",
        folder=case.folder_id if case else None,
        subject="user" if person else "",
        subject_id=person.pk if person else None,
    )
    folders = Folder.objects.filter(team__in=teams_of(user, "audit"))
    found = AuditEvent.objects.filter(Q(folder__in=folders.values("pk")) | Q(folder__isnull=True))
    if case is not None:
        found = found.filter(folder=case.folder_id)
    if person is not None:
        found = found.filter(actor=str(person.pk))
    return found.order_by("-at", "-pk")


def entries(found: list[AuditEvent], user: User) -> list[Entry]:
    """Events with the names of colleagues and the codes of cases."""
    keys = {event.actor for event in found if event.actor_kind == "person"}
    people = User.objects.filter(pk__in=keys).values_list("pk", "name")
    names = {str(key): name for key, name in people}
    cases = Case.objects.visible_to(user).filter(folder__in={one.folder for one in found})
    codes = dict(cases.values_list("folder", "code"))
    return [Entry(one, _who(one, names), codes.get(one.folder, "")) for one in found]


def _who(event: AuditEvent, names: dict[str, str]) -> str:
    """A colleague by name, a partner as one, a machine part by what the policy calls it."""
    if event.actor_kind == "link":
        return _("a partner")
    return names.get(event.actor, event.actor) or _("nobody signed in")


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
