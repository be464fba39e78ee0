"""Ending the work on a case, and taking it up again."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from cases import locking, registry
from cases.contact import SAME_PERSON_FOR
from cases.holding import conversation_folders, linked, require_supervision, take_away
from cases.models import Assignment, Case, CaseConversation, CaseHarm, ClosingReason, Task
from intake import deleting, survey
from intake import services as intake
from intake.models import Conversation, Risk
from privacy import audit
from privacy.access import acting, require, revoke
from privacy.classes import NARRATIVE, OPERATIONAL
from privacy.clock import database_now
from privacy.models import Due, Folder
from privacy.retention import keep_open, set_forget_after
from privacy.services import NotPossible
from reference.services import count_fact


@transaction.atomic
def close(case: Case, *, reason: str, child_view: str = "", by: User) -> None:
    """End the work: nobody has the case any more, and every class gets its day of forgetting.

    `reason` is a ClosingReason, `child_view` what the young person says about it. Raises
    NotPossible while something promised is open.
    """
    require(by, case.folder_id, NARRATIVE)
    case = locking.hold(case)
    if case.status == Case.Status.CLOSED:
        raise NotPossible(_("This case is closed already."))
    if reason not in ClosingReason.values:
        raise NotPossible(_("Choose why the work ends."))
    promises = Task.objects.filter(case=case, kind=Task.Kind.PROMISE, done_at__isnull=True)
    if promises.exists():
        raise NotPossible(_("Something promised is still open. Keep it, or tick it off, first."))
    if any(one.asked == deleting.ASKED for one in linked(case)):
        raise NotPossible(_("They asked us to delete. Decide about that first."))
    for react in registry.on_close:
        react(case, by)
    _ask_how_it_was(case, reason)
    case.status, case.closed_at = Case.Status.CLOSED, database_now()
    case.closing_reason, case.child_view = reason, child_view or None
    case.save(update_fields=["status", "closed_at", "closing_reason", "child_view"])
    audit.record("close", folder=case.folder_id, subject="case", subject_id=case.pk, reason=reason)
    with acting(part="assignment"):
        _count_closed(case)
        _let_go(case, by=by)


@transaction.atomic
def reopen(case: Case, *, by: User | None) -> None:
    """Take a closed case up again: it goes to the queue, and nothing is forgotten meanwhile.

    A supervisor does it, or a part when the same person writes again. Raises NotPossible once
    the story has been forgotten.
    """
    if by is None:
        require(None, case.folder_id, OPERATIONAL)
    else:
        require_supervision(case, by=by)
    with acting(part="assignment"):
        case = locking.hold(case)
        if case.status == Case.Status.OPEN:
            return
        if is_forgotten(case):
            raise NotPossible(_("What was said has been forgotten. Open a new case."))
        case.status, case.closed_at, case.closing_reason = Case.Status.OPEN, None, ""
        case.holder = None
        case.save(update_fields=["status", "closed_at", "closing_reason", "holder"])
        Case.objects.filter(pk=case.pk).touch()
        for folder in [Folder.objects.get(pk=case.folder_id), *conversation_folders(case)]:
            keep_open(folder)
        for conversation in linked(case):
            if conversation.filed_to_id is None:
                intake.file_to(conversation, case.folder_id)
            intake.set_state(conversation, Conversation.State.WAITING, by=by)
        count_fact(database_now().date(), "cases_reopened", risk=case.risk, language=case.language)
    audit.record("reopen", folder=case.folder_id, subject="case", subject_id=case.pk)


def case_to_reopen(conversation: Conversation) -> Case | None:
    """The closed case that a returning reporter's words belong to, if it is theirs for sure.

    Not after SAME_PERSON_FOR, when the number may have been given to somebody else, nor once the
    story is forgotten.
    """
    links = CaseConversation.objects.standing().filter(
        conversation=conversation,
        case__status=Case.Status.CLOSED,
        case__closed_at__gt=database_now() - SAME_PERSON_FOR,
    )
    last = links.select_related("case").order_by("-case__closed_at").first()
    return last.case if last and not is_forgotten(last.case) else None


def is_forgotten(case: Case) -> bool:
    """Whether the story of a closed case is gone."""
    gone = Due.objects.filter(
        folder=case.folder_id, data_class=NARRATIVE, forgotten_at__isnull=False
    )
    return bool(gone.exists())


def _ask_how_it_was(case: Case, reason: str) -> None:
    """One question to whoever wrote, where it is right to ask; they are asked in no other place."""
    fits = (
        reason in (ClosingReason.HELPED, ClosingReason.REFERRED)
        and case.risk != Risk.DANGER
        and case.guardian_safe != "no"
    )
    with acting(part="intake"):
        for conversation in linked(case) if fits else []:
            if _other_open_case(case, conversation) is None:
                survey.offer(conversation)


def _let_go(case: Case, *, by: User) -> None:
    """End all grants, and set the days of forgetting, of the case and of conversations it ends."""
    Case.objects.filter(pk=case.pk).touch()
    Assignment.objects.filter(case=case, ended_at__isnull=True).update(ended_at=case.closed_at)
    if case.holder is not None:
        take_away(case, case.holder, by=by)
    ending = [Folder.objects.get(pk=case.folder_id)]
    for conversation in linked(case):
        if other := _other_open_case(case, conversation):
            if conversation.filed_to_id == case.folder_id:
                intake.file_to(conversation, other.folder_id)
        else:
            intake.set_state(conversation, Conversation.State.CLOSED, by=by)
            # Whoever writes here next may be somebody else: their words are not filed to this case.
            Conversation.objects.filter(pk=conversation.pk).update(filed_to=None)
            ending.append(Folder.objects.get(pk=conversation.folder_id))
    for folder in ending:
        revoke(folder.pk, by=by)
        set_forget_after(folder)


def _other_open_case(case: Case, conversation: Conversation) -> Case | None:
    """An open case that a conversation serves besides this one."""
    links = CaseConversation.objects.standing().filter(
        conversation=conversation, case__status=Case.Status.OPEN
    )
    link = links.exclude(case=case).select_related("case").order_by("linked_at").first()
    return link.case if link else None


def _count_closed(case: Case) -> None:
    day: date = case.closed_at.date() if case.closed_at else database_now().date()
    harms = list(CaseHarm.objects.standing().filter(case=case).values_list("code", flat=True))
    facts = {"age_band": case.age_band, "gender": case.gender, "relation": case.relation}
    count_fact(day, "cases_closed", risk=case.risk, language=case.language, **facts)
    for harm in sorted(harms):  # figures are added to in one order too
        count_fact(day, "harms_closed", harm=harm, **facts)
