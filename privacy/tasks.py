"""The nightly forgetting and the audit chain, as the worker and the sweep run them."""

from celery import shared_task

from privacy import audit, retention
from privacy.access import acting
from privacy.clock import database_now
from privacy.models import Due


@shared_task(name="privacy.tasks.forget")
def forget() -> int:
    """Forget everything that is due today; each class of each folder in its own transaction."""
    with acting(part="forgetting"):
        waiting = list(retention.due_on(database_now().date()).values_list("pk", flat=True))
    for key in waiting:
        with acting(part="forgetting"):
            due = Due.objects.select_for_update().get(pk=key)
            if due.forgotten_at is None:
                retention.forget(due)
    return len(waiting)


@shared_task(name="privacy.tasks.chain_audit")
def chain_audit() -> int:
    """Put new audit events into the chain."""
    return audit.chain()
