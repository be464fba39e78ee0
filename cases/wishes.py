"""What a reporter's own keywords mean for their cases: STATUS, DELETE, and taking it back."""

from django.utils.translation import gettext as _

from cases.assignment import is_own_thoughts
from cases.models import Case, CaseConversation, CaseQuerySet, Task
from intake import texts
from intake.first_steps import OWN_THOUGHTS
from intake.models import Conversation, Identity, OutboundMessage, Risk
from privacy import audit, holds
from privacy.access import acting
from privacy.clock import database_now
from privacy.models import CaseData, Consent
from privacy.services import NotPossible

State = Conversation.State


def status_lines(conversation: Conversation) -> list[str]:
    """Hook of intake: by when we promised to write again, in neutral words. Part "intake" acts."""
    promised = Task.objects.filter(
        case__in=own_cases(conversation),
        kind=Task.Kind.PROMISE,
        done_at__isnull=True,
        due_at__gt=database_now(),
    )
    due = promised.order_by("due_at").values_list("due_at", flat=True).first()
    return [texts.status_promise(due)] if due else []


def own_cases(conversation: Conversation) -> CaseQuerySet:
    """The open cases of which this reporter may hear how they stand.

    Where others write about the same case, only whoever it is about: nobody learns from us that
    somebody else has written.
    """
    cases = cases_of(conversation).filter(status=Case.Status.OPEN)
    if conversation.relation == "self":
        return cases
    others = CaseConversation.objects.standing().exclude(conversation=conversation)
    alone: CaseQuerySet = cases.exclude(pk__in=others.values("case"))
    return alone


def cases_about(conversation: Conversation) -> CaseQuerySet:
    """The cases, open or closed, that this reporter says are about themselves and nobody else's."""
    cases = cases_of(conversation)
    if conversation.relation == "self":
        return cases
    others = CaseConversation.objects.standing().exclude(conversation=conversation)
    alone: CaseQuerySet = cases.filter(relation="self").exclude(pk__in=others.values("case"))
    return alone


def may_not_delete(conversation: Conversation) -> str:
    """Hook of intake: why a person must decide about deleting. Part "intake" acts."""
    cases = list(cases_of(conversation))
    if any(case.status == Case.Status.OPEN and case.risk == Risk.DANGER for case in cases):
        return "danger"
    if holds.is_held(case.folder_id for case in cases):
        return "hold"
    police = Consent.objects.filter(
        folder__in=[case.folder_id for case in cases],
        purpose=Consent.Purpose.POLICE,
        withdrawn_at__isnull=True,
    )
    return "police" if police.exists() else ""


def on_hidden(conversation: Conversation, hidden: bool) -> None:
    """Hook of intake: open pages look again; what comes back goes to whoever has the case.

    In the transaction that hides or brings back; the caller saves the conversation.
    """
    cases_of(conversation).touch()
    if hidden or conversation.filed_to_id is None:
        return
    case = Case.objects.filter(folder=conversation.filed_to_id).first()
    if case is None or case.status == Case.Status.CLOSED:
        conversation.filed_to, conversation.state = None, State.CLOSED
        conversation.waiting_since = None
    elif case.holder_id:
        conversation.state = State.WITH_COUNSELLOR


def refuse_reveal(row: CaseData, field: str) -> None:
    """Hook of privacy: nobody looks who writes about their own thoughts. Raises NotPossible."""
    if isinstance(row, Identity):
        anonymous = row.conversation.pathway == OWN_THOUGHTS
    else:
        anonymous = isinstance(row, Case) and field != "safe_words" and is_own_thoughts(row)
    if anonymous:
        raise NotPossible(_("Who writes about their own thoughts stays anonymous."))


def on_refused(outbound: OutboundMessage, problem: str) -> None:
    """Hook of intake: our messages reach them no more, so somebody must find another way.

    A task for each open case of the conversation, in the name of whoever wrote or holds the case;
    without such a person the conversation waits in the queue. Part "delivery" acts.
    """
    if outbound.conversation is None:
        return
    with acting(part="triage"):
        open_ones = cases_of(outbound.conversation).filter(status=Case.Status.OPEN)
        for case in open_ones.select_related("holder"):
            person = (outbound.message.author if outbound.message else None) or case.holder
            if person is not None:
                Task(
                    folder_id=case.folder_id,
                    case=case,
                    what=_("Our messages are stopped for them. Find another safe way."),
                    due_at=database_now(),
                    created_by=person,
                ).save(force_insert=True)
                audit.record("task", folder=case.folder_id, subject="case", subject_id=case.pk)
        open_ones.touch()


def cases_of(conversation: Conversation) -> CaseQuerySet:
    """The cases that a conversation belongs to, open or closed."""
    links = CaseConversation.objects.standing().filter(conversation=conversation)
    rows: CaseQuerySet = Case.objects.filter(pk__in=links.values("case"))
    return rows
