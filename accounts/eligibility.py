"""Who could take a contact now: on shift, speaks the language, trained, not on a break."""

from dataclasses import dataclass, field
from datetime import datetime

from accounts.models import Role, Team, User

CORE = "core"


@dataclass(frozen=True)
class Candidate:
    """A counsellor and the codes of what stands against them; empty means eligible."""

    user: User
    against: frozenset[str] = field(default_factory=frozenset)

    @property
    def eligible(self) -> bool:
        return not self.against


def candidates(
    team: Team, *, at: datetime, language: str, skills: frozenset[str]
) -> list[Candidate]:
    """Every active counsellor of the team with what stands against them at a moment (UTC).

    `skills` are harm codes, `danger`, or `core`; training must cover each on that day. Codes:
    `off_shift`, `on_break`, `language`, `training`.
    """
    people = (
        User.objects.filter(is_active=True, duties__team=team, duties__role=Role.COUNSELLOR)
        .prefetch_related("languages", "trainings", "shifts")
        .order_by("pk")
        .distinct()
    )
    return [
        Candidate(user, _against(user, at=at, language=language, skills=skills | {CORE}))
        for user in people
    ]


def tags_of(language: str) -> frozenset[str]:
    """The tags of which one must be spoken for a language: the same words in another script count.

    Who counsels in Hindi also reads it in Latin letters (hi-Latn); a region (pt-BR) stays its own.
    """
    base, *rest = language.split("-")
    in_script = bool(rest) and len(rest[0]) == 4 and rest[0].isalpha()
    return frozenset({language, base}) if in_script else frozenset({language})


def on_shift(user: User, at: datetime) -> bool:
    """Whether the person is on an ordinary shift at a moment."""
    return any(
        shift.starts_at <= at < shift.ends_at and not shift.on_call for shift in user.shifts.all()
    )


def _against(user: User, *, at: datetime, language: str, skills: frozenset[str]) -> frozenset[str]:
    spoken = {row.language for row in user.languages.all()}
    trained = {
        row.skill for row in user.trainings.all() if row.valid_from <= at.date() <= row.valid_to
    }
    found = {
        "off_shift": not on_shift(user, at),
        "on_break": user.on_break,
        "language": spoken.isdisjoint(tags_of(language)),
        "training": not skills <= trained,
    }
    return frozenset(code for code, stands in found.items() if stands)
