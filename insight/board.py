"""The supervisor's board: the desk in counts, codes and clocks; nobody's story is on it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import get_language

from accounts.models import Role, Shift, User
from cases.assignment import CAPACITY, Burden, burdens_of
from cases.models import Case, CaseConversation
from intake.models import Conversation, Risk
from privacy.access import teams_of
from privacy.clock import database_now
from privacy.minimise import Minimised, minimised_all
from reference.models import Clock
from reference.reading import label
from reference.vocabulary import Kind
from referrals.reading import language_name

RISKS: Final = (Risk.DANGER, Risk.URGENT, Risk.NORMAL)
SIGNS: Final[dict[str, str]] = {"danger": "danger", "urgent": "attention", "normal": "waiting"}
_CLOCKS: Final = 10


@dataclass(frozen=True)
class Wait:
    """How many wait, and since when the first of them."""

    count: int
    since: datetime | None


@dataclass(frozen=True)
class QueueLine:
    """One risk level of the queue, by language."""

    sign: str
    name: str
    waits: list[tuple[str, Wait]]


@dataclass(frozen=True)
class OnShift:
    """A colleague who is on now, and what they carry."""

    user: User
    roles: str
    counsels: bool
    until: datetime
    on_call: bool
    languages: str
    load: int
    severe_lately: int

    capacity = CAPACITY

    @property
    def full(self) -> bool:
        return self.load >= CAPACITY


@dataclass(frozen=True)
class OpenCase:
    """An open case by its code."""

    case: Minimised
    sign: str
    language: str
    holder: str
    waiting_since: datetime | None


@dataclass(frozen=True)
class DueClock:
    """A clock that lapses soon."""

    name: str
    code: str
    case: UUID | None
    due_at: datetime


def teams(user: User) -> list[UUID]:
    """The teams the person supervises: what privacy says, not what a role is called."""
    return teams_of(user, "supervise")


def queue(user: User) -> tuple[list[str], list[QueueLine]]:
    """Waiting conversations by risk and language: names of the languages, and the lines."""
    waiting: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    rows = Conversation.objects.visible_to(user).filter(state=Conversation.State.WAITING)
    for risk, language, since, started in rows.values_list(
        "risk", "language", "waiting_since", "started_at"
    ):
        waiting[risk, language].append(since or started)
    tongues = sorted({language for _risk, language in waiting})
    lines = [
        QueueLine(
            SIGNS[risk],
            str(risk.label),
            [(language_name(one), _wait(waiting.get((risk, one), []))) for one in tongues],
        )
        for risk in RISKS
    ]
    return [language_name(one) for one in tongues], lines


def on_shift(overseen: list[UUID]) -> list[OnShift]:
    """Who is on now in these teams, fullest first."""
    now = database_now()
    shifts = list(
        Shift.objects.filter(team__in=overseen, starts_at__lte=now, ends_at__gt=now)
        .select_related("user")
        .prefetch_related("user__languages", "user__duties")
    )
    burdens = burdens_of([shift.user_id for shift in shifts], at=now)
    found = [_on(shift, burdens[shift.user_id]) for shift in shifts]
    return sorted(found, key=lambda one: (-one.load, one.user.name))


def _on(shift: Shift, burden: Burden) -> OnShift:
    roles = [Role(duty.role) for duty in shift.user.duties.all()]
    spoken = {language_name(row.language) for row in shift.user.languages.all()}
    return OnShift(
        user=shift.user,
        roles=", ".join(str(role.label) for role in roles),
        counsels=Role.COUNSELLOR in roles,
        until=shift.ends_at,
        on_call=shift.on_call,
        languages=", ".join(sorted(spoken)),
        load=burden.load,
        severe_lately=burden.severe_lately,
    )


def open_cases(user: User) -> list[OpenCase]:
    """Every open case of the person's teams, most pressing first."""
    cases = list(Case.objects.visible_to(user).filter(status=Case.Status.OPEN))
    seen = {one.pk: one for one in minimised_all(cases, user)}
    names = _names(case.holder_id for case in cases)
    since = _waiting_since(user, cases)
    cases.sort(key=lambda case: (RISKS.index(Risk(case.risk)), case.opened_at))
    return [
        OpenCase(
            seen[case.pk],
            SIGNS[case.risk],
            language_name(case.language),
            names.get(case.holder_id, "") if case.holder_id else "",
            since.get(case.pk),
        )
        for case in cases
    ]


def counsellors(overseen: list[UUID]) -> list[User]:
    """To whom a case may be moved."""
    people = User.objects.filter(
        is_active=True, duties__team__in=overseen, duties__role=Role.COUNSELLOR
    )
    return list(people.order_by("name").distinct())


def next_clocks(user: User) -> list[DueClock]:
    """The running clocks that lapse first, late ones on top."""
    clocks = list(
        Clock.objects.visible_to(user)
        .filter(stopped_at__isnull=True, paused_at__isnull=True)
        .select_related("rule")
        .order_by("due_at")[:_CLOCKS]
    )
    cases = _cases_in(user, {clock.folder_id for clock in clocks})
    found = []
    for clock in clocks:
        name = label(Kind.CLOCK_RULE, clock.rule.label_code, get_language() or "en")
        code, case = cases.get(clock.folder_id, ("", None))
        found.append(DueClock(name, code, case, clock.due_at))
    return found


def _wait(moments: list[datetime]) -> Wait:
    return Wait(len(moments), min(moments, default=None))


def _waiting_since(user: User, cases: list[Case]) -> dict[UUID, datetime]:
    rows = (
        CaseConversation.objects.standing()
        .visible_to(user)
        .filter(case__in=cases, conversation__waiting_since__isnull=False)
        .order_by("-conversation__waiting_since")
    )
    return dict(rows.values_list("case", "conversation__waiting_since"))


def _cases_in(user: User, folders: set[Any]) -> dict[UUID, tuple[str, UUID | None]]:
    rows = Case.objects.visible_to(user).filter(folder__in=folders)
    return {folder: (code, key) for folder, code, key in rows.values_list("folder", "code", "pk")}


def _names(keys: Iterable[UUID | None]) -> dict[UUID, str]:
    wanted = {key for key in keys if key}
    return dict(User.objects.filter(pk__in=wanted).values_list("pk", "name"))
