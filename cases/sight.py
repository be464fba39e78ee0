"""What one person is to one case, and its rows as they may see them, asked for all at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import User
from cases.models import Case
from privacy import audit
from privacy.access import capacities
from privacy.classes import CATEGORY, IDENTITY, NARRATIVE, OPERATIONAL
from privacy.minimise import Minimised, minimised_all
from privacy.models import CaseData
from privacy.policy import level


@dataclass(frozen=True)
class Rights:
    """What this person may do with this case, from the policy table."""

    story: bool
    """reads the conversation and what was written down"""
    categories: bool
    """reads ages, harms and other codes"""
    write: bool
    """writes the story, while the case is open"""
    operate: bool
    """changes what is operational, while the case is open"""
    people: bool
    """writes who it is about, while the case is open"""
    supervise: bool


@dataclass(frozen=True)
class Sight:
    """A case with what one person sees of it and may do."""

    case: Case
    user: User
    seen: Minimised
    rights: Rights

    def of(self, *groups: Iterable[CaseData]) -> list[list[Minimised]]:
        """Rows of several kinds as this person may see them, with three queries for all."""
        kept = [list(group) for group in groups]
        # The case leads: its sealed fields name every class whose keys the rows may need.
        flat = minimised_all([self.case, *(row for group in kept for row in group)], self.user)
        rest = iter(flat[1:])
        return [[next(rest) for _row in group] for group in kept]


def sight_of(case: Case, user: User) -> Sight:
    """What a person sees of a case, and may do with it now. That they looked is on record."""
    (seen,) = minimised_all([case], user)
    audit.note_viewed(case.folder_id)
    return Sight(case, user, seen, rights_of(case, user))


def rights_of(case: Case, user: User) -> Rights:
    """What a person may do with a case now."""
    held = capacities(user, [case.folder_id])[case.folder_id]
    is_open = case.status == Case.Status.OPEN
    return Rights(
        story="r" in level(held, NARRATIVE),
        categories="r" in level(held, CATEGORY),
        write=is_open and "w" in level(held, NARRATIVE),
        operate=is_open and "w" in level(held, OPERATIONAL),
        people=is_open and "w" in level(held, IDENTITY),
        supervise="supervise" in held,
    )
