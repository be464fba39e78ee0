"""The nightly forgetting, as the worker runs it, and the chain of the record and its anchors."""

from celery import shared_task

from privacy import anchors, chain, retention
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
    """Put new audit events into the chain. As the role that alone may (AMAAN_PROCESS=audit)."""
    return chain.chain()


@shared_task(name="privacy.tasks.anchor_audit")
def anchor_audit() -> bool:
    """Append a signed checkpoint to the anchor file, every five minutes. As the same role."""
    return anchors.write_if_due()
