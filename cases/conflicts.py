"""Conflict of interest: whoever knows the person has the case no more, and cannot get it again."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from cases import locking
from cases.holding import conversation_folders
from cases.models import Assignment, Case
from intake import bell
from intake.models import Conversation
from intake.services import set_state
from privacy import audit
from privacy.access import NotAllowed, acting, capacities
from privacy.classes import OPERATIONAL
from privacy.clock import database_now
from privacy.exclusions import exclude, excluded_from, readmit
from privacy.models import Exclusion, Folder
from privacy.policy import level
from privacy.services import NotPossible

# What one must be to a case to keep a colleague out of it.
_NOTING = frozenset({"supervise", "safeguarding"})


@transaction.atomic
def declare(case: Case, *, by: User) -> None:
    """ "I know this person": the case leaves whoever says so at once, and waits for somebody else.

    Nothing else is asked; nobody else learns it from a page they see anyway. Raises NotAllowed for
    who is nothing to the case.
    """
    held = capacities(by, [case.folder_id])[case.folder_id]
    if "r" not in level(held, OPERATIONAL):
        raise NotAllowed("conflict", folder=case.folder_id, classes=[OPERATIONAL])
    _keep_out(case, by, reason=Exclusion.Reason.DECLARED, by=by)


@transaction.atomic
def note(case: Case, *, person: User, by: User) -> None:
    """Keep a colleague out of a case, as its supervisor or safeguarding lead; silent to them."""
    require_noting(case, by)
    if person.pk == by.pk:
        raise NotPossible(_("Say it as your own: “I know this person”."))
    _keep_out(case, person, reason=Exclusion.Reason.NOTED, by=by)


@transaction.atomic
def take_back(case: Case, *, person: User, by: User) -> None:
    """End a colleague's exclusion; never one's own. It gives them nothing back by itself."""
    require_noting(case, by)
    if person.pk == by.pk:
        raise NotAllowed("conflict", folder=case.folder_id)
    readmit(_folders(case), user=person, by=by)


def kept_out(case: Case, user: User) -> list[User]:
    """Whom nothing brings to this case, for who may change that; nobody for anybody else."""
    if not may_note(case, user):
        return []
    return list(User.objects.filter(pk__in=excluded_from([case.folder_id])).order_by("name"))


def may_note(case: Case, user: User) -> bool:
    """Whether the person may keep colleagues out of this case."""
    return bool(_NOTING & capacities(user, [case.folder_id])[case.folder_id])


def team_of(case: Case) -> list[User]:
    """Everybody with a duty in the case's team who is not kept out of it yet."""
    people = User.objects.filter(is_active=True, duties__team=case.folder.team_id)
    out = excluded_from([case.folder_id])
    return [one for one in people.order_by("name").distinct() if one.pk not in out]


def require_noting(case: Case, by: User) -> None:
    """Raise NotAllowed unless the person may keep colleagues out of this case."""
    if not may_note(case, by):
        raise NotAllowed("conflict", folder=case.folder_id)


def _folders(case: Case) -> list[Folder]:
    with acting(part="glass"):
        return [Folder.objects.get(pk=case.folder_id), *conversation_folders(case)]


def _keep_out(case: Case, person: User, *, reason: str, by: User) -> None:
    folders = _folders(case)
    with acting(part="assignment"):
        held = locking.hold(case)
        if held.holder_id == person.pk and held.status == Case.Status.OPEN:
            _back_to_the_queue(held)
        Case.objects.filter(pk=case.pk).touch()
    exclude(folders, user=person, reason=reason, by=by)
    bell.ring("cases.tasks.triage_waiting", case.pk)


def _back_to_the_queue(case: Case) -> None:
    """Nobody holds it; the rule gives it to somebody else, a moment later."""
    Assignment.objects.filter(case=case, ended_at__isnull=True).update(ended_at=database_now())
    case.holder, case.nobody_because = None, {}
    case.save(update_fields=["holder", "nobody_because"])
    rows = Conversation.objects.filter(filed_to=case.folder_id)
    for conversation in rows.filter(state=Conversation.State.WITH_COUNSELLOR):
        set_state(conversation, Conversation.State.WAITING, by=None)
    audit.record("unheld", folder=case.folder_id, subject="case", subject_id=case.pk)
