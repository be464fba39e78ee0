"""A second opinion: whom one may ask about a case, and what they are shown."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Role, User
from cases.holding import conversation_folders
from cases.models import Case
from privacy import consults
from privacy.access import acting
from privacy.clock import database_now
from privacy.exclusions import excluded_from
from privacy.models import Consultation, Folder
from privacy.services import NotPossible

# Who answers young people, or watches over those who do.
_ADVISERS = frozenset({Role.COUNSELLOR, Role.SUPERVISOR})


def colleagues_for(case: Case, user: User) -> list[User]:
    """Whom the holder may ask: advisers of the case's team, but for themselves."""
    people = User.objects.filter(
        is_active=True, duties__team=case.folder.team_id, duties__role__in=_ADVISERS
    )
    barred = {user.pk, *excluded_from([case.folder_id])}
    return [one for one in people.order_by("name").distinct() if one.pk not in barred]


@transaction.atomic
def consult(
    case: Case, *, to: User, question: str, summary: str, with_talk: bool = False, by: User
) -> Consultation:
    """Ask a colleague of the team for an hour; the case stays with who has it."""
    if case.status != Case.Status.OPEN:
        raise NotPossible(_("This case is closed."))
    if to.pk not in {one.pk for one in colleagues_for(case, by)}:
        raise NotPossible(_("This colleague cannot be asked about this case."))
    with acting(part="glass"):
        folder, also = Folder.objects.get(pk=case.folder_id), conversation_folders(case)
    made = consults.consult(
        folder,
        to=to,
        question=question,
        summary=summary,
        with_talk=with_talk,
        also=also,
        by=by,
    )
    Case.objects.filter(pk=case.pk).touch()
    return made


@dataclass(frozen=True)
class AskedOf:
    """A case one is asked about."""

    case: UUID
    code: str
    until: datetime


def asked_of(user: User) -> list[AskedOf]:
    """What a person is asked about now and has not answered, for their desk."""
    rows = Consultation.objects.visible_to(user).filter(
        asked=user, advice__isnull=True, until__gt=database_now()
    )
    until = dict(rows.values_list("folder", "until"))
    cases = Case.objects.visible_to(user).filter(folder__in=until)
    return [AskedOf(case.pk, case.code, until[case.folder_id]) for case in cases]
