"""Who holds a case: given by the rule, by a supervisor's hand, taken, or handed over."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Role, Team, User
from cases import assignment, locking
from cases.assignment import Choice
from cases.models import Assignment, Case, CaseConversation, Handover
from intake import services as intake
from intake.models import Conversation
from privacy import audit
from privacy.access import NotAllowed, acting, capacities, grant, require, revoke
from privacy.classes import NARRATIVE, OPERATIONAL
from privacy.clock import database_now
from privacy.models import Folder
from privacy.services import NotPossible
from reference.services import count_fact


@transaction.atomic
def assign(case: Case, *, to: User | None = None, by: User | None) -> Assignment | None:
    """Give a case to `to` by a supervisor's hand, or (to nobody named) by the rule.

    By the rule a case somebody holds stays with them. None: nobody could take it; the case stays
    in the queue with the exclusion codes and counts in `nobody_because`.
    """
    if by is None:
        require(None, case.folder_id, OPERATIONAL)
    else:
        require_supervision(case, by=by)
    with acting(part="assignment"):
        case = _locked(case)
        if case.holder_id and to is None:
            return Assignment.objects.filter(case=case, ended_at__isnull=True).last()
        now = database_now()
        choice = (
            assignment.choose(case, at=now) if to is None else assignment.by_hand(case, to, at=now)
        )
        if choice.user is None and to is not None:
            raise NotPossible(_("This colleague cannot have this case."))
        if choice.user is None:
            _leave_in_queue(case, choice)
            return None
        how = Assignment.How.HAND if to else Assignment.How.AUTOMATIC
        made = _give(case, choice, how=how, by=by)
    audit.record("assign", folder=case.folder_id, subject="case", subject_id=case.pk, reason=how)
    return made


@transaction.atomic
def take_next(*, by: User) -> Assignment:
    """Take the most urgent waiting case that this counsellor may be given now.

    Raises NotPossible when nothing waits that is for them.
    """
    with acting(part="assignment"):
        now = database_now()
        for team in counselling_teams(by):
            for waiting in Case.objects.unheld().filter(folder__team=team).by_urgency():
                if assignment.choose(waiting, at=now, only=by).user is None:
                    continue  # what is not for them is not held on the way
                case = _locked(waiting, open_only=False)
                if case.holder_id or case.status != Case.Status.OPEN:
                    continue
                choice = assignment.choose(case, at=now, only=by)
                if choice.user is not None:
                    return _give(case, choice, how=Assignment.How.TAKEN, by=by)
    raise NotPossible(_("Nothing is waiting that you could take now."))


@transaction.atomic
def hand_over(
    case: Case, *, to: User, summary: str, promised: str = "", do_not_ask: str = "", by: User
) -> Handover:
    """Give one's case to a colleague with a sheet, so that nobody has to tell it again.

    The colleague has it from this moment, the former holder no longer. Raises NotPossible.
    """
    require(by, case.folder_id, NARRATIVE)
    if not summary.strip():
        raise NotPossible(_("Write a few sentences for your colleague."))
    if case.status != Case.Status.OPEN:
        raise NotPossible(_("This case is closed."))
    if to.pk == case.holder_id:
        raise NotPossible(_("This colleague holds the case already."))
    sheet = Handover(
        folder_id=case.folder_id,
        case=case,
        summary=summary,
        promised=promised or None,
        do_not_ask=do_not_ask or None,
        given_by=by,
        given_to=to,
    )
    sheet.save(force_insert=True)
    audit.record("hand_over", folder=case.folder_id, subject="handover", subject_id=sheet.pk)
    with acting(part="assignment"):
        case = _locked(case)
        choice = assignment.by_hand(case, to, at=database_now())
        if choice.user is None:
            raise NotPossible(_("This colleague cannot have this case."))
        _give(case, choice, how=Assignment.How.HANDED_OVER, by=by)
    return sheet


def require_supervision(case: Case, *, by: User) -> None:
    """Raise NotAllowed unless the person supervises the case's team."""
    if "supervise" not in capacities(by, [case.folder_id])[case.folder_id]:
        raise NotAllowed("supervise", folder=case.folder_id)


def counselling_teams(user: User) -> list[Team]:
    """The teams in which a person counsels."""
    return list(
        Team.objects.filter(
            pk__in=user.duties.filter(role=Role.COUNSELLOR).values("team")
        ).order_by("pk")
    )


def linked(case: Case) -> list[Conversation]:
    """The conversations that stand linked to a case, oldest first."""
    links = CaseConversation.objects.standing().filter(case=case)
    rows = Conversation.objects.filter(pk__in=links.values("conversation"))
    return list(rows.order_by("started_at", "pk"))


def conversation_folders(case: Case) -> list[Folder]:
    """The folders of the conversations that stand linked to a case."""
    return list(Folder.objects.filter(pk__in=[one.folder_id for one in linked(case)]))


def _locked(case: Case, *, open_only: bool = True) -> Case:
    """The case as it is now, with its team's loads standing still until the transaction ends."""
    case = locking.hold(case, loads=True)
    if open_only and case.status != Case.Status.OPEN:
        raise NotPossible(_("This case is closed."))
    return case


def _leave_in_queue(case: Case, choice: Choice) -> None:
    if case.nobody_because != choice.others:
        case.nobody_because = choice.others
        case.save(update_fields=["nobody_because"])
        Case.objects.filter(pk=case.pk).touch()
        audit.record("nobody", folder=case.folder_id, subject="case", subject_id=case.pk)


def _give(case: Case, choice: Choice, *, how: str, by: User | None) -> Assignment:
    """Move the case to a new holder: grants, the assignment kept, conversations with a person."""
    user, former = choice.user, case.holder
    if user is None:
        raise ValueError("a case is given to somebody")
    if former is not None and former.pk != user.pk:
        take_away(case, former, by=by)
    Assignment.objects.filter(case=case, ended_at__isnull=True).update(ended_at=database_now())
    for folder in [case.folder, *conversation_folders(case)]:
        grant(folder, "own", to=user, reason=how, by=by)
    case.holder, case.nobody_because = user, {}
    case.save(update_fields=["holder", "nobody_because"])
    Case.objects.filter(pk=case.pk).touch()
    for conversation in linked(case):
        intake.set_state(conversation, Conversation.State.WITH_COUNSELLOR, by=by)
    made = Assignment(
        folder_id=case.folder_id,
        case=case,
        user=user,
        how=how,
        score=choice.score,
        reasons=choice.reasons,
        others=choice.others,
    )
    made.save(force_insert=True)
    count_fact(made.at.date(), "cases_assigned", risk=case.risk, language=case.language)
    return made


def take_away(case: Case, former: User, *, by: User | None) -> None:
    """End a holder's grants to a case and to its conversations they hold by no other case."""
    revoke(case.folder_id, capacity="own", user=former, by=by)
    kept = CaseConversation.objects.standing().filter(
        case__holder=former, case__status=Case.Status.OPEN
    )
    still = set(kept.exclude(case=case).values_list("conversation__folder", flat=True))
    for folder in conversation_folders(case):
        if folder.pk not in still:
            revoke(folder.pk, capacity="own", user=former, by=by)
