"""Intake's work as the worker and the sweep run it; each may run twice, or late, without harm."""

from uuid import UUID

from celery import shared_task

from intake import arrival, asking, deleting, outbox, paging, reconcile, turns


@shared_task(name="intake.tasks.process")
def process(*events: str) -> int:
    """Turn as many arrivals as rang into messages, each sender in turn; without keys, all.

    The keys count and do not choose: whoever rings most often is not served first.
    """
    return arrival.work(turns.MOST) if events else process_waiting()


@shared_task(name="intake.tasks.process_waiting")
def process_waiting() -> int:
    """Turn waiting arrivals into messages, each sender in turn; needs PostgreSQL only."""
    return arrival.work()


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
    return outbox.deliver() + asking.reconcile()


@shared_task(name="intake.tasks.page_on_call")
def page_on_call() -> int:
    """Call who is on call for danger that waits while the desk is closed."""
    return paging.page_waiting()


@shared_task(name="intake.tasks.destroy_hidden")
def destroy_hidden() -> int:
    """Destroy what reporters asked to be deleted and did not take back in time."""
    return deleting.destroy_due()


@shared_task(name="intake.tasks.forget_dead_letters")
def forget_dead_letters() -> int:
    """Forget the words of arrivals that nothing could be made of, a month after they came."""
    return arrival.forget_dead()


@shared_task(name="intake.tasks.reconcile_arrivals")
def reconcile_arrivals() -> int:
    """Fetch what providers' webhooks did not bring, and ask how what was sent fares."""
    return reconcile.everything()
