"""One arrival becomes one entry: identity, conversation, message, danger, first steps.

Arrivals of many senders are processed in one transaction, because most of what one costs by itself
is waiting for the database. When one of them fails, all of that transaction is undone and each
makes its own attempt: a poisonous one harms nobody else.
"""

import logging
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.models import F, QuerySet

from intake import ahead, turns
from intake.handling import handle
from intake.identities import hashes_of
from intake.inbound import Inbound
from intake.models import InboundEvent
from privacy import audit, crypto, purposes
from privacy.access import NotAllowed, acting
from privacy.clock import database_now
from privacy.crypto import CannotOpen
from privacy.gathering import gathered

State = InboundEvent.State

MOST_ATTEMPTS: Final = 5
MOST_AT_ONCE: Final = 2000  # arrivals in one run of the sweep
MOST_MISSED: Final = 3  # turns that others were quicker in, until their work is left to them
# Long enough for a person to open a dead letter and mend what tripped; its words are in no folder,
# so nothing else would ever forget them.
DEAD_KEPT: Final = timedelta(days=30)

# What a poisonous arrival may raise; after MOST_ATTEMPTS it is a dead letter for a person to open.
POISON: Final = (
    ArithmeticError,
    AttributeError,
    CannotOpen,
    DatabaseError,  # except when it is away: see AWAY, which is asked first
    LookupError,
    NotAllowed,
    ObjectDoesNotExist,
    OSError,
    RuntimeError,
    TypeError,
    ValidationError,
    ValueError,
)
# The database, or the key, is away: no fault of the arrival's.
AWAY: Final = (OperationalError, InterfaceError, crypto.KeyUnavailable)

logger = logging.getLogger("helpline.intake")
_round = turns.Round()


def work(most: int = MOST_AT_ONCE) -> int:
    """Process what waits, sender by sender, until nothing does or `most` were; returns how many.

    What somebody else is on is left to them. Raises KeyUnavailable while the master key is away:
    nothing is tried then, and nothing lost.
    """
    crypto.require_master_key()
    done = missed = 0
    while done < most and missed < MOST_MISSED and (waiting := _round.next()):
        taken = _take_turn(waiting)
        done, missed = done + taken, 0 if taken else missed + 1
    return done


def process(key: UUID) -> int:
    """Process an arrival, and before it whatever waits in its sender's lane; returns how many.

    Waits for whoever is on that lane. Raises KeyUnavailable while the master key is away.
    """
    crypto.require_master_key()
    event = InboundEvent.objects.filter(pk=key, state=State.WAITING).first()
    if event is None:
        return 0
    waiting = [event.pk]
    if event.lane:
        earlier = due().filter(lane=event.lane, received_at__lte=event.received_at)
        waiting = list(earlier.order_by("received_at", "pk").values_list("pk", flat=True))
    with turns.held({event.lane or str(event.pk)}, wait=True):
        return sum(_attempt(one) for one in waiting if _counted([one]))


def due() -> QuerySet[InboundEvent]:
    """What waits and is not resting after a failure."""
    waiting = InboundEvent.objects.filter(state=State.WAITING)
    return waiting.exclude(leased_until__gt=database_now())


def forget_dead() -> int:
    """Forget the words of dead letters older than DEAD_KEPT; that they came stays. How many."""
    with acting(part="forgetting"):
        old = InboundEvent.objects.select_for_update(skip_locked=True).filter(
            state__in=(State.DEAD, State.ASIDE),
            sealed__isnull=False,
            received_at__lt=database_now() - DEAD_KEPT,
        )
        keys = list(old.values_list("pk", flat=True))
        InboundEvent.objects.filter(pk__in=keys).update(sealed=None)
        for key in keys:
            audit.record("forgotten", subject="inbound_event", subject_id=key)
    return len(keys)


def _take_turn(waiting: list[turns.Waiting]) -> int:
    """Process these, except those on whose lane somebody else is; how many were tried."""
    with turns.held({one.lock for one in waiting}) as ours:
        mine = [one for one in waiting if one.lock in ours]
        first = [one.key for one in mine if one.lane and not one.attempts]
        again = [one.key for one in mine if not one.lane or one.attempts]
        tried = _try_together(first)
        for key in again:
            tried += _tried_alone(key)
    return tried


def _try_together(keys: list[UUID]) -> int:
    """One attempt at each of several arrivals; how many still waited and were tried."""
    counted = _counted(keys)
    session = connection.connection
    left = counted
    try:
        left = _process_all(counted)
    except AWAY as fault:
        _uncount(counted)
        if connection.connection is not session or isinstance(fault, crypto.KeyUnavailable):
            raise
        logger.warning("a batch is taken apart: %s", type(fault).__name__)
        return sum(_tried_alone(key) for key in counted)
    except POISON as fault:
        logger.info("a batch is taken apart: %s", type(fault).__name__)
    for key in left:
        _attempt_or_wait(key)
    return len(counted)


def _process_all(keys: list[UUID]) -> list[UUID]:
    """Arrivals of this turn in one transaction; returns those that must wait for somebody."""
    if not keys:
        return []
    with acting(part="intake"), gathered():
        rows = InboundEvent.objects.select_for_update().filter(
            pk__in=keys, state=State.WAITING, sealed__isnull=False
        )
        found = {row.pk: row for row in rows}
        opened = [(found[key], _opened(found[key])) for key in keys if key in found]
        named = {event.pk: set(hashes_of(inbound)) for event, inbound in opened}
        busy = ahead.look(one for hashes in named.values() for one in hashes)
        late = {event.lane for event, _ in opened if named[event.pk] & busy}
        ready = [(event, inbound) for event, inbound in opened if event.lane not in late]
        _done_all([(event, handle(event, inbound)) for event, inbound in ready])
    return [event.pk for event, _ in opened if event.lane in late]


def _tried_alone(key: UUID) -> bool:
    """One attempt at one arrival; whether it still waited and was tried."""
    counted = bool(_counted([key]))
    if counted:
        _attempt_or_wait(key)
    return counted


def _attempt_or_wait(key: UUID) -> None:
    """As `_attempt`; one that the database refuses now does not hold up the next."""
    try:
        _attempt(key)
    except OperationalError as fault:
        if not connection.is_usable():
            raise
        logger.warning("an arrival waits: %s", key, exc_info=fault)


def _attempt(key: UUID) -> bool:
    """The attempt that was counted, alone in its transaction; whether anything came of it."""
    try:
        with acting(part="intake"):
            event = InboundEvent.objects.select_for_update().get(pk=key)
            if event.state != State.WAITING or event.sealed is None:
                return False
            _done_all([(event, handle(event, _opened(event)))])
        return True
    except AWAY:
        _uncount([key])
        raise
    except POISON as fault:
        logger.error("an arrival failed: %s", key, exc_info=fault)
        _rest(key, type(fault).__name__)
    return False


def _opened(event: InboundEvent) -> Inbound:
    return Inbound.from_bytes(purposes.open_for_intake(bytes(event.sealed or b"")))


def _counted(keys: list[UUID]) -> list[UUID]:
    """Count an attempt before it is made, so that one that kills the worker is counted too.

    Returns those that may be tried, in the order given. An arrival that was there when the worker
    died is tried alone from then on, so that only the one that kills is counted again.
    """
    if not keys:
        return []
    waiting = InboundEvent.objects.filter(pk__in=keys, state=State.WAITING)
    waiting.filter(attempts__gte=MOST_ATTEMPTS).update(
        state=State.DEAD, problem="worker_lost", lane=""
    )
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [keys])
        counted = {key for (key,) in cursor.fetchall()}
    return [key for key in keys if key in counted]


def _uncount(keys: list[UUID]) -> None:
    InboundEvent.objects.filter(pk__in=keys, attempts__gt=0).update(attempts=F("attempts") - 1)


def _rest(key: UUID, problem: str) -> None:
    """Leave a failed arrival for later, longer each time; dead after the last attempt."""
    event = InboundEvent.objects.get(pk=key)
    event.problem = problem[:40]
    if event.attempts >= MOST_ATTEMPTS:
        event.state, event.lane = State.DEAD, ""
    else:
        event.leased_until = database_now() + timedelta(seconds=2**event.attempts)
    event.save(update_fields=["problem", "state", "lane", "leased_until"])


def _done_all(results: list[tuple[InboundEvent, str]]) -> None:
    """Settle events: their words are in conversations now, so the sealed copies go.

    One with a problem keeps its copy: nothing could be made of it.
    """
    now = database_now()
    fine = [event.pk for event, problem in results if not problem]
    rows = InboundEvent.objects
    if fine:
        rows.filter(pk__in=fine).update(
            state=State.DONE, problem="", lane="", sealed=None, done_at=now
        )
    for event, problem in results:
        if problem:
            rows.filter(pk=event.pk).update(state=State.DEAD, problem=problem, lane="", done_at=now)


_COUNT: Final = f"""
UPDATE {InboundEvent._meta.db_table} SET attempts = attempts + 1
 WHERE id = ANY(%s) AND state = 'waiting' RETURNING id
"""  # noqa: S608 (the name of our own table)
