"""The one scoring rule for who gets a case (docs/decisions/0020), deterministic."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Max

from accounts.eligibility import CORE, Candidate, candidates
from accounts.models import User
from cases.models import Assignment, Case, CaseConversation, CaseHarm
from intake.first_steps import OWN_THOUGHTS
from intake.models import Risk
from privacy.exclusions import excluded_from

WEIGHTS: Final = {Risk.DANGER: 4, Risk.URGENT: 2, Risk.NORMAL: 1}
CAPACITY: Final = 12
SEVERE: Final = (Risk.DANGER, Risk.URGENT)
LATELY: Final = timedelta(days=7)
_SEVERE_COSTS: Final = 15
_SEVERE_AT_MOST: Final = 4

NO_ROOM: Final = "no_room"
LOWER_SCORE: Final = "lower_score"
CONTACT_SKILL: Final = "danger"
OWN_THOUGHTS_HARM: Final = "worried_about_own_thoughts"


@dataclass(frozen=True)
class Burden:
    """What one colleague carries: weighted open cases, severe ones lately, the last one given."""

    load: int = 0
    severe_lately: int = 0
    last_given: datetime | None = None


@dataclass(frozen=True)
class Choice:
    """Who is to get the case, or nobody, and why."""

    user: User | None
    score: float | None = None
    reasons: dict[str, Any] = field(default_factory=dict)
    others: dict[str, int] = field(default_factory=dict)


def choose(case: Case, *, at: datetime, only: User | None = None) -> Choice:
    """The best colleague for a case at a moment (UTC); `only` asks about one who wants to take it.

    Run inside `acting` of a part that reads operational and category data of every folder.
    """
    skills = wanted_skills(case)
    found = _counsellors(case, skills, at=at)
    burdens = burdens_of([one.user.pk for one in found], at=at)
    against = {one.user.pk: _against(one, burdens[one.user.pk], case) for one in found}
    eligible, yielded = _eligible(case, found, against)
    eligible = [user for user in eligible if only is None or user.pk == only.pk]
    if not eligible:
        return Choice(None, others=_counts(against.values()))
    ranked = sorted(eligible, key=lambda user: _rank(user, burdens[user.pk]))
    chosen = ranked[0]
    others = [codes for pk, codes in against.items() if pk != chosen.pk and codes]
    lower = [{LOWER_SCORE} for _ in ranked[1:]]
    return Choice(
        chosen,
        score(burdens[chosen.pk]),
        _reasons(
            case,
            burdens[chosen.pk],
            skills,
            at=at,
            yielded=yielded,
            took_the_call=chosen.pk in _took_the_call(case),
        ),
        _counts([*others, *lower]),
    )


def _eligible(
    case: Case, found: list[Candidate], against: dict[UUID, set[str]]
) -> tuple[list[User], list[str]]:
    """Who may be given the case, and what had to yield for that.

    Whoever took the call has it, with or without room: nobody tells it twice.
    """
    everybody = [one.user for one in found]
    free = [user for user in everybody if not against[user.pk]]
    full = [user for user in everybody if against[user.pk] == {NO_ROOM}]
    took = _took_the_call(case)
    if taker := [user for user in [*free, *full] if user.pk in took]:
        return taker, [NO_ROOM] if taker[0] in full else []
    if not free and full and case.risk == Risk.DANGER:
        return full, [NO_ROOM]
    return free, []


def _took_the_call(case: Case) -> set[UUID]:
    """Who took a call of the case's conversations on the telephone."""
    links = CaseConversation.objects.standing().filter(
        case=case, conversation__taken_by__isnull=False
    )
    return set(links.values_list("conversation__taken_by", flat=True))


def by_hand(case: Case, to: User, *, at: datetime) -> Choice:
    """The same reasons for a colleague a person chose, with what that person overrode."""
    skills = wanted_skills(case)
    found = _counsellors(case, skills, at=at)
    burden = burdens_of([to.pk], at=at)[to.pk]
    one = next((one for one in found if one.user.pk == to.pk), None)
    if one is None:
        return Choice(None)
    reasons = _reasons(case, burden, skills, at=at, yielded=[])
    reasons["overridden"] = sorted(_against(one, burden, case))
    return Choice(to, score(burden), reasons)


def standing_against(case: Case, *, at: datetime) -> list[tuple[User, list[str], Burden]]:
    """Every counsellor of the case's team with what stands against them, best choice first."""
    found = _counsellors(case, wanted_skills(case), at=at)
    burdens = burdens_of([one.user.pk for one in found], at=at)
    rows = [
        (one.user, sorted(_against(one, burdens[one.user.pk], case)), burdens[one.user.pk])
        for one in found
    ]
    return sorted(rows, key=lambda row: (len(row[1]), *_rank(row[0], row[2])))


def wanted_skills(case: Case) -> frozenset[str]:
    """Core, every harm a person recorded, and what danger or the prevention pathway asks for."""
    harms = set(CaseHarm.objects.standing().filter(case=case).values_list("code", flat=True))
    danger = {CONTACT_SKILL} if case.risk == Risk.DANGER else set()
    pathway = {OWN_THOUGHTS} if OWN_THOUGHTS_HARM in harms or is_own_thoughts(case) else set()
    return frozenset({CORE} | (harms - {OWN_THOUGHTS_HARM}) | danger | pathway)


def is_own_thoughts(case: Case) -> bool:
    """Whether somebody worried about their own thoughts wrote: anonymous, matched with nothing."""
    links = CaseConversation.objects.standing().filter(case=case)
    return bool(links.filter(conversation__pathway=OWN_THOUGHTS).exists())


def _counsellors(case: Case, skills: frozenset[str], *, at: datetime) -> list[Candidate]:
    team = case.folder.team
    if team is None:
        return []
    found = candidates(team, at=at, language=case.language, skills=skills)
    out = excluded_from([case.folder_id])  # not counted either: nobody reads who has a conflict
    return [one for one in found if one.user.pk not in out]


def burdens_of(users: list[UUID], *, at: datetime) -> dict[UUID, Burden]:
    """What each of these people carries, in three queries whatever their number."""
    load: Counter[UUID] = Counter()
    held = Case.objects.filter(status=Case.Status.OPEN, holder__in=users)
    for holder, risk in held.values_list("holder", "risk"):
        load[holder] += WEIGHTS[risk]
    given = Assignment.objects.filter(user__in=users)
    severe: Counter[UUID] = Counter(
        given.filter(at__gt=at - LATELY, case__risk__in=SEVERE).values_list("user", flat=True)
    )
    last = dict(given.order_by().values_list("user").annotate(Max("at")))
    return {user: Burden(load[user], severe[user], last.get(user)) for user in users}


def score(burden: Burden) -> float:
    """Room left, in percent, less what severe cases of the last days cost."""
    room = 100 * (CAPACITY - burden.load) / CAPACITY
    return round(room - _SEVERE_COSTS * min(burden.severe_lately, _SEVERE_AT_MOST), 2)


def _rank(user: User, burden: Burden) -> tuple[float, float, str]:
    last = burden.last_given.timestamp() if burden.last_given else 0.0
    return -score(burden), last, user.pk.hex


def _against(one: Candidate, burden: Burden, case: Case) -> set[str]:
    own = WEIGHTS[Risk(case.risk)] if case.holder_id != one.user.pk else 0
    full = burden.load + own > CAPACITY
    return set(one.against) | ({NO_ROOM} if full else set())


def _reasons(
    case: Case,
    burden: Burden,
    skills: frozenset[str],
    *,
    at: datetime,
    yielded: list[str],
    took_the_call: bool = False,
) -> dict[str, Any]:
    idle = at - burden.last_given if burden.last_given else None
    return {
        "language": case.language,
        "skills": sorted(skills),
        "load": burden.load,
        "capacity": CAPACITY,
        "severe_lately": burden.severe_lately,
        "idle_minutes": int(idle.total_seconds() // 60) if idle else None,
        "yielded": yielded,
        "took_the_call": took_the_call,
    }


def _counts(codes: Iterable[set[str] | frozenset[str]]) -> dict[str, int]:
    return dict(sorted(Counter(code for some in codes for code in some).items()))
