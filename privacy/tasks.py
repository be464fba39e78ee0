"""The nightly forgetting, as the worker runs it, and the chain of the record and its anchors."""

from uuid import UUID

from celery import shared_task

from privacy import anchors, chain, custody, retention, word_index
from privacy.access import acting
from privacy.clock import database_now


@shared_task(name="privacy.tasks.forget")
def forget() -> int:
    """Forget everything that is due today; each class of each folder in its own transaction."""
    today = database_now().date()
    with acting(part="forgetting"):
        retention.follow_rules()
    with acting(part="forgetting"):
        waiting = list(retention.due_on(today).values_list("pk", flat=True))
    custody.destroy_ended()
    return sum(_forget(key) for key in waiting)


def _forget(key: UUID) -> bool:
    with acting(part="forgetting"):  # asked again: a hold may have been set meanwhile
        due = retention.due_on(database_now().date()).select_for_update(of=("self",))
        found = due.filter(pk=key).first()
        if found is None:
            return False
        retention.forget(found)
    return True


@shared_task(name="privacy.tasks.finish_seals")
def finish_seals() -> int:
    """Lock away what a person has decided to have sealed, if that was interrupted."""
    return custody.finish_seals()


@shared_task(name="privacy.tasks.chain_audit")
def chain_audit() -> int:
    """Put new audit events into the chain. As the role that alone may (AMAAN_PROCESS=audit)."""
    return chain.chain()


@shared_task(name="privacy.tasks.anchor_audit")
def anchor_audit() -> bool:
    """Append a signed checkpoint to the anchor file, every five minutes. As the same role."""
    return anchors.write_if_due()


@shared_task(name="privacy.tasks.index_words")
def index_words() -> int:
    """Put the words of what was written into the index, until nothing waits."""
    total = 0
    while True:
        with acting(part="indexing"):
            done = word_index.index_due()
        total += done
        if done < word_index.AT_ONCE:
            return total
