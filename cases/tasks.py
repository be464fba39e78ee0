"""What waits in the queue gets a case and somebody who takes care of it; swept, safe to repeat."""

from typing import Final
from uuid import UUID

from celery import shared_task
from django.db.models import QuerySet

from cases import locking, services, triage
from cases.models import Case
from intake import ringing
from intake.models import Conversation
from privacy.access import acting
from privacy.clock import database_now

# At most so many in one run; the next run takes the rest.
_AT_ONCE: Final = 200


@shared_task(name="cases.tasks.triage_waiting")
def triage_waiting(*_keys: str) -> int:
    """Open or reopen a case for each waiting conversation, then give each unheld case to somebody.

    Each in its own transaction; what another process holds is left to it. Returns how many cases
    found a holder.
    """
    with acting(part="triage"):
        waiting = list(_waiting().order_by("waiting_since").values_list("pk", flat=True)[:_AT_ONCE])
    for key in waiting:
        _take_in(key)
    with acting(part="assignment"):
        unheld = list(Case.objects.unheld().by_urgency().values_list("pk", flat=True)[:_AT_ONCE])
    return sum(_give_to_somebody(key) for key in unheld)


def _waiting() -> QuerySet[Conversation]:
    """What has no case yet; not who is on the telephone still: whoever takes the call gets it."""
    calling = ringing.on_the_line(database_now())
    rows: QuerySet[Conversation] = Conversation.objects.filter(
        state=Conversation.State.WAITING, filed_to__isnull=True, hidden_at__isnull=True
    )
    return rows.exclude(pk__in=calling.values("conversation"))


def _take_in(key: UUID) -> None:
    with acting(part="triage"):
        conversation = _waiting().filter(pk=key).first()
        before = services.case_to_reopen(conversation) if conversation else None
        if before is not None:
            locking.hold(before)
        conversation = (
            _waiting().select_for_update(skip_locked=True, no_key=True).filter(pk=key).first()
        )
        if conversation is None:
            return
        case = services.case_to_reopen(conversation)
        if case != before:
            return  # it changed meanwhile; the next round looks anew
        triage.raise_conversation(conversation, triage.assess(conversation))
        if case is None:
            services.open_case(conversation, by=None)
        else:
            services.reopen(case, by=None)


def _give_to_somebody(key: UUID) -> bool:
    with acting(part="assignment"):
        case = Case.objects.get(pk=key)
        return services.assign(case, by=None) is not None
