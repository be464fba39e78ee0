"""Danger cover: who is on call acts in a case at once, for an hour, on the record, with a reason.

The minimum of what minimisation.md's row `danger_cover` asks: nobody approves it beforehand; it is
for danger only, ends by itself, and stands on the team's board until it was looked at.
"""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.holding import conversation_folders, linked, require_supervision
from cases.models import Case
from intake import paging
from intake.models import Risk
from privacy import audit
from privacy.access import acting, capacities, grant
from privacy.classes import NARRATIVE
from privacy.clock import database_now
from privacy.policy import level
from privacy.services import NotPossible

COVER_FOR: Final = timedelta(minutes=60)
# One tap: why somebody acts who does not hold the case.
REASONS: Final = {
    "called": _("I was called for it"),
    "nobody_on": _("nobody who could is on shift"),
    "holder_away": _("whoever holds it cannot be reached"),
}


@transaction.atomic
def cover_danger(case: Case, *, reason: str, by: User) -> None:
    """Open a case in danger to a supervisor or somebody on call for 60 minutes; again renews.

    Raises NotAllowed for anybody else, NotPossible where there is no danger or no reason.
    """
    require_supervision(case, by=by)
    if reason not in REASONS:
        raise NotPossible(_now("Say why: one tap is enough."))
    if case.status != Case.Status.OPEN or not _in_danger(case):
        raise NotPossible(_now("Covering is for open cases in danger."))
    until = database_now() + COVER_FOR
    with acting(part="assignment"):
        for folder in [case.folder, *conversation_folders(case)]:
            grant(folder, "danger_cover", to=by, until=until, reason=reason, by=by)
    for conversation in linked(case):
        paging.answer(conversation, by=by)
    Case.objects.filter(pk=case.pk).touch()
    audit.record(
        "danger_cover", folder=case.folder_id, subject="case", subject_id=case.pk, reason=reason
    )


def may_cover(case: Case, user: User) -> bool:
    """Whether the page offers it: danger, an open case, and a duty that may, not covering yet."""
    held = capacities(user, [case.folder_id])[case.folder_id]
    reads = "r" in level(held, NARRATIVE)
    return (
        case.status == Case.Status.OPEN and "supervise" in held and not reads and _in_danger(case)
    )


def _in_danger(case: Case) -> bool:
    return case.risk == Risk.DANGER or any(one.risk == Risk.DANGER for one in linked(case))
