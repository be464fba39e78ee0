"""Danger cover: a supervisor or whoever is on call acts in a case at once, for an hour, on record.

Nobody approves it beforehand; it is for danger only, ends by itself or is renewed, asks for words
within a day, and stands on the review list until somebody else has looked at it.
"""

from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _now

from accounts.models import User
from cases.holding import conversation_folders, linked, require_supervision
from cases.models import Case
from intake import paging
from intake.models import Risk
from privacy import glass
from privacy.access import capacities
from privacy.classes import NARRATIVE
from privacy.models import Glass
from privacy.policy import level
from privacy.services import NotPossible

# One tap: why somebody acts who does not hold the case.
REASONS: Final = glass.REASONS[Glass.Kind.ACT]


@transaction.atomic
def cover_danger(case: Case, *, reason: str, by: User) -> Glass:
    """Open a case in danger to a supervisor or somebody on call for 60 minutes; again renews.

    Raises NotAllowed for anybody else, NotPossible where there is no danger or no reason.
    """
    require_supervision(case, by=by)
    if reason not in REASONS:
        raise NotPossible(_now("Say why: one tap is enough."))
    if case.status != Case.Status.OPEN or not _in_danger(case):
        raise NotPossible(_now("Covering is for open cases in danger."))
    also = conversation_folders(case)
    opened = glass.open_glass(case.folder, kind=Glass.Kind.ACT, reason=reason, also=also, by=by)
    for conversation in linked(case):
        paging.answer(conversation, by=by)
    Case.objects.filter(pk=case.pk).touch()
    return opened


def may_cover(case: Case, user: User) -> bool:
    """Whether the page offers it: danger, an open case, and a duty that may, not covering yet."""
    held = capacities(user, [case.folder_id])[case.folder_id]
    reads = "r" in level(held, NARRATIVE)
    return (
        case.status == Case.Status.OPEN and "supervise" in held and not reads and _in_danger(case)
    )


def may_renew(case: Case, user: User) -> bool:
    """Whether the page offers another hour to who covers it."""
    held = capacities(user, [case.folder_id])[case.folder_id]
    covering = {"supervise", "danger_cover"} <= held
    return covering and case.status == Case.Status.OPEN and _in_danger(case)


def _in_danger(case: Case) -> bool:
    return case.risk == Risk.DANGER or any(one.risk == Risk.DANGER for one in linked(case))
