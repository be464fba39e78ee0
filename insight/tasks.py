"""What the sweep does for this stage: looking through the record for what somebody is told of."""

from celery import shared_task

from insight import alerts


@shared_task(name="insight.tasks.watch_record")
def watch_record() -> int:
    """Raise alerts about what was opened lately."""
    return alerts.watch()
