"""What the sweep does for this stage: alerts of the record, and publishing figures."""

from celery import shared_task

from insight import alerts, figures


@shared_task(name="insight.tasks.watch_record")
def watch_record() -> int:
    """Raise alerts about what was opened lately."""
    return alerts.watch()


@shared_task(name="insight.tasks.publish_figures")
def publish_figures() -> int:
    """Keep the figures of months that are over for whoever works with statistics."""
    return figures.publish()
