"""One arrival becomes one entry: identity, conversation, message, danger, first steps."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DataError, IntegrityError, InterfaceError, OperationalError, connection
from django.db.models import F, QuerySet

from intake.handling import handle
from intake.inbound import Inbound
from intake.models import InboundEvent
from privacy import audit, crypto
from privacy.access import NotAllowed, acting
from privacy.clock import database_now
from privacy.crypto import CannotOpen

State = InboundEvent.State

MOST_ATTEMPTS: Final = 5
# Long enough for a person to open a dead letter and mend what tripped; its words are in no folder,
# so nothing else would ever forget them.
DEAD_KEPT: Final = timedelta(days=30)

# What a poisonous arrival may raise; after MOST_ATTEMPTS it is a dead letter for a person to open.
POISON: Final = (
    ArithmeticError,
    AttributeError,
    CannotOpen,
    DataError,
    IntegrityError,
    LookupError,
    NotAllowed,
    ObjectDoesNotExist,
    OSError,
    RuntimeError,
    TypeError,
    ValidationError,
    ValueError,
)

logger = logging.getLogger("helpline.intake")


def process(key: UUID, *, wait: bool = True) -> int:
    """Process an arrival, and before it whatever waits in its sender's lane; returns how many.

    `wait` is false for the sweep, which leaves a lane that somebody else is on. Raises
    KeyUnavailable while the master key is away: nothing is tried then, and nothing lost.
    """
    crypto.master_key()
    event = InboundEvent.objects.filter(pk=key, state=State.WAITING).first()
    if event is None:
        return 0
    waiting = [event.pk]
    if event.lane:
        waiting = list(
            due()
            .filter(lane=event.lane, received_at__lte=event.received_at)
            .order_by("received_at", "pk")
            .values_list("pk", flat=True)
        )
    with _lane(event.lane or str(event.pk), wait=wait) as ours:
        return sum(_process(one) for one in waiting) if ours else 0


def due() -> QuerySet[InboundEvent]:
    """What waits and is not resting after a failure."""
    waiting = InboundEvent.objects.filter(state=State.WAITING)
    return waiting.exclude(leased_until__gt=database_now())


def forget_dead() -> int:
    """Forget the words of dead letters older than DEAD_KEPT; that they came stays. How many."""
    with acting(part="forgetting"):
        old = InboundEvent.objects.select_for_update(skip_locked=True).filter(
            state=State.DEAD, sealed__isnull=False, received_at__lt=database_now() - DEAD_KEPT
        )
        keys = list(old.values_list("pk", flat=True))
        InboundEvent.objects.filter(pk__in=keys).update(sealed=None)
        for key in keys:
            audit.record("forgotten", subject="inbound_event", subject_id=key)
    return len(keys)


def _process(key: UUID) -> bool:
    if not _begin(key):
        return False
    try:
        with acting(part="intake"):
            event = InboundEvent.objects.select_for_update().get(pk=key)
            if event.state != State.WAITING or event.sealed is None:
                return False
            inbound = Inbound.from_bytes(crypto.open_for_intake(bytes(event.sealed)))
            _done(event, handle(event, inbound))
        return True
    except POISON as fault:
        logger.error("an arrival failed: %s", key, exc_info=fault)
        _rest(key, type(fault).__name__)
    except (OperationalError, InterfaceError):
        InboundEvent.objects.filter(pk=key).update(attempts=F("attempts") - 1)
        raise
    return False


def _begin(key: UUID) -> bool:
    """Count an attempt before it is made, so that one that kills the worker is counted too."""
    waiting = InboundEvent.objects.filter(pk=key, state=State.WAITING)
    if waiting.filter(attempts__gte=MOST_ATTEMPTS).update(
        state=State.DEAD, problem="worker_lost", lane=""
    ):
        return False
    return waiting.update(attempts=F("attempts") + 1) == 1


def _rest(key: UUID, problem: str) -> None:
    """Leave a failed arrival for later, longer each time; dead after the last attempt."""
    event = InboundEvent.objects.get(pk=key)
    event.problem = problem[:40]
    if event.attempts >= MOST_ATTEMPTS:
        event.state, event.lane = State.DEAD, ""
    else:
        event.leased_until = database_now() + timedelta(seconds=2**event.attempts)
    event.save(update_fields=["problem", "state", "lane", "leased_until"])


def _done(event: InboundEvent, problem: str) -> None:
    """Settle an event: its words are in a conversation now, so the sealed copy goes."""
    event.state, event.problem, event.lane = State.DONE, "", ""
    event.done_at = database_now()
    if problem:
        event.state, event.problem = State.DEAD, problem
    else:
        event.sealed = None
    event.save(update_fields=["state", "problem", "lane", "sealed", "done_at"])


@contextmanager
def _lane(name: str, *, wait: bool) -> Iterator[bool]:
    """Alone on a sender's lane; PostgreSQL frees it when this process dies, whatever way."""
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name])
            ours = True
        else:
            cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
            (ours,) = cursor.fetchone()
    try:
        yield ours
    finally:
        if ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])
