"""Intake's work as the worker and the sweep run it; each may run twice, or late, without harm."""

import logging
from uuid import UUID

from celery import shared_task
from django.db import OperationalError

from intake import arrival, outbox, paging, reconcile

logger = logging.getLogger("helpline.intake")


@shared_task(name="intake.tasks.process")
def process(*events: str) -> int:
    """Turn these arrivals into messages; without keys, all that waits."""
    if not events:
        return process_waiting()
    return sum(arrival.process(UUID(event)) for event in events)


@shared_task(name="intake.tasks.process_waiting")
def process_waiting() -> int:
    """Turn every waiting arrival into a message, oldest first; needs PostgreSQL only."""
    waiting = list(arrival.due().order_by("received_at").values_list("pk", flat=True)[:2000])
    return sum(_processed(event) for event in waiting)


@shared_task(name="intake.tasks.deliver")
def deliver(*outbound: str) -> int:
    """Send these and what waits behind them in their conversations; without keys, all of it."""
    if not outbound:
        return outbox.deliver()
    return sum(outbox.deliver(UUID(one)) for one in outbound)


@shared_task(name="intake.tasks.deliver_waiting")
def deliver_waiting() -> int:
    """Send all that waits, take back what dead workers held, and ask about what is unknown."""
    outbox.expire()
    return outbox.deliver() + outbox.reconcile()


@shared_task(name="intake.tasks.page_on_call")
def page_on_call() -> int:
    """Call who is on call for danger that waits while the desk is closed."""
    return paging.page_waiting()


@shared_task(name="intake.tasks.forget_dead_letters")
def forget_dead_letters() -> int:
    """Forget the words of arrivals that nothing could be made of, a month after they came."""
    return arrival.forget_dead()


def _processed(event: UUID) -> int:
    """Process one arrival of many; one that the database refuses now does not hold up the next."""
    try:
        return arrival.process(event, wait=False)
    except OperationalError as fault:
        logger.warning("an arrival waits: %s", event, exc_info=fault)
        return 0


@shared_task(name="intake.tasks.reconcile_arrivals")
def reconcile_arrivals() -> int:
    """Fetch what providers' webhooks did not bring, and ask how what was sent fares."""
    return reconcile.everything()
