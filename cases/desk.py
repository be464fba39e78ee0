"""What the desk page and the left list show: what to do next, by code, language and wait."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count, Min, Q
from django.utils.translation import gettext as _

from accounts.access import roles_of
from accounts.models import Role, User
from cases.models import RISKS, Case, CaseConversation, Task
from intake import paging
from intake.models import Conversation, Message, OnCallPage, Risk
from privacy.access import acting
from privacy.clock import database_now
from privacy.minimise import Minimised, minimised_all

# A task counts as due from so long before its moment.
DUE_SOON: Final = timedelta(hours=2)
_SIGNS: Final = {Risk.DANGER: "danger", Risk.URGENT: "attention", Risk.NORMAL: "waiting"}


@dataclass(frozen=True)
class Row:
    """One case in the left list. Codes and times only: never a name, never a quote."""

    case: Minimised
    waiting_since: datetime | None
    new: bool
    due_at: datetime | None

    @property
    def sign(self) -> tuple[str, str]:
        """The one thing that matters most about it, as (kind, word)."""
        if self.case.risk != Risk.NORMAL:
            return _SIGNS[self.case.risk], self.case.get_risk_display()
        if self.new:
            return "new", _("new")
        if self.waiting_since:
            return "waiting", _("waiting")
        return ("due", _("due")) if self.due_at else ("done", _("answered"))

    @property
    def place(self) -> tuple[int, bool, datetime, str]:
        """Risk, then who waits for us, then the longest wait."""
        since = self.waiting_since or self.due_at or self.case.opened_at
        return RISKS.index(self.case.risk), self.waiting_since is None, since, self.case.code


@dataclass(frozen=True)
class Tally:
    """How many of a kind, and since when the first of them waits."""

    kind: str
    word: str
    count: int
    since: datetime | None


@dataclass(frozen=True)
class Unheld:
    """A case in the queue as a supervisor sees it, and why nobody has it."""

    case: Minimised
    because: list[tuple[str, int]]


def my_work(user: User) -> list[Row]:
    """The open cases a person holds, what to do next first."""
    cases = list(Case.objects.visible_to(user).filter(holder=user, status=Case.Status.OPEN))
    now = database_now()
    waiting = _waiting_since(cases)
    due = dict(
        Task.objects.filter(case__in=cases, done_at__isnull=True, due_at__lte=now + DUE_SOON)
        .order_by()
        .values_list("case")
        .annotate(Min("due_at"))
    )
    answered = _answered(cases, user)
    rows = [
        Row(case, waiting.get(case.pk), case.pk not in answered, due.get(case.pk))
        for case in minimised_all(cases, user)
    ]
    return sorted(rows, key=lambda row: row.place)


def tallies(rows: list[Row]) -> list[Tally]:
    """The counts over the left list."""
    return [
        _tally(
            "danger", _("danger"), (r.waiting_since for r in rows if r.case.risk == Risk.DANGER)
        ),
        _tally("new", _("new"), (r.waiting_since for r in rows if r.new)),
        _tally("waiting", _("waiting"), (r.waiting_since for r in rows if r.waiting_since)),
        _tally("due", _("due"), (r.due_at for r in rows if r.due_at)),
    ]


def queue(user: User) -> list[Tally]:
    """How many wait for somebody, by risk; only for who may take or give them."""
    if not roles_of(user) & {Role.COUNSELLOR, Role.SUPERVISOR, Role.ON_CALL}:
        return []
    teams = user.duties.values("team")
    with acting(part="counting"):
        found = (
            Conversation.objects.filter(
                Q(filed_to__isnull=True, state=Conversation.State.WAITING)
                | Q(filed_to__in=Case.objects.unheld().values("folder")),
                folder__team__in=teams,
            )
            .order_by()
            .values_list("risk")
            .annotate(Count("pk"), Min("waiting_since"))
        )
        counts = {risk: (count, since) for risk, count, since in found}
    return [Tally(_SIGNS[risk], str(risk.label), *counts.get(risk, (0, None))) for risk in RISKS]


def unheld(user: User) -> list[Unheld]:
    """The queue's cases that this person may give to somebody, most urgent first."""
    teams = user.duties.filter(role__in=[Role.SUPERVISOR, Role.ON_CALL]).values("team")
    rows = Case.objects.visible_to(user).unheld().filter(folder__team__in=teams).by_urgency()
    return [
        Unheld(case, [(reason_words(code), n) for code, n in case.nobody_because.items()])
        for case in minimised_all(rows[:50], user)
    ]


@dataclass(frozen=True)
class Called:
    """Danger that waits while the desk is closed, for which somebody on call was called."""

    page: OnCallPage
    whom: str
    case: UUID | None


def called(user: User) -> list[Called]:
    """What somebody was called for and nobody has answered; only for who may answer."""
    pages = paging.unanswered(user)
    folders = [page.conversation.filed_to_id for page in pages]
    cases = Case.objects.visible_to(user).filter(folder__in=folders)
    keys = dict(cases.values_list("folder", "pk"))
    return [
        Called(page, page.user.get_short_name(), keys.get(page.conversation.filed_to_id))
        for page in pages
    ]


def reason_words(code: str) -> str:
    """Why colleagues were not chosen, in words."""
    known = {
        "off_shift": _("not on shift"),
        "on_break": _("on a break"),
        "language": _("do not speak the language"),
        "training": _("not trained for it, or no longer"),
        "no_room": _("have no room"),
        "lower_score": _("could have taken it too"),
    }
    return known.get(code, code)


def version(user: User, *, queued: Iterable[Tally] = (), called: Iterable[Called] = ()) -> str:
    """A short fingerprint of the left list and a queue; the same while nothing changed.

    Reads operational fields only: nothing is opened, nothing recorded.
    """
    held = Case.objects.visible_to(user).filter(holder=user, status=Case.Status.OPEN)
    versions = held.values_list("pk", "version", "links__conversation__version").order_by(
        "pk", "links__conversation"
    )
    facts = [str(row) for row in versions]
    facts += [f"{tally.kind}{tally.count}" for tally in queued]
    facts += [str(one.page.pk) for one in called]
    return hashlib.sha256("|".join(facts).encode()).hexdigest()[:16]


def _waiting_since(cases: list[Case]) -> dict[UUID, datetime]:
    links = CaseConversation.objects.standing().filter(
        case__in=cases, conversation__waiting_since__isnull=False
    )
    return dict(links.order_by().values_list("case").annotate(Min("conversation__waiting_since")))


def _answered(cases: list[Case], user: User) -> set[UUID]:
    """Which of the cases this person has written in."""
    folders = {case.folder_id: case.pk for case in cases}
    written = Message.objects.filter(folder__in=folders, author=user)
    found = written.order_by().values_list("folder", flat=True).distinct()
    return {folders[folder] for folder in found}


def _tally(kind: str, word: str, moments: Iterable[datetime | None]) -> Tally:
    some = list(moments)
    return Tally(kind, word, len(some), min((at for at in some if at), default=None))
