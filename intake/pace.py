"""How fast a line of ours may send, kept in PostgreSQL for all workers.

A token bucket for each, and a rest when its provider found us too fast all the same. The line
rests, not the message: afterwards whoever is in danger goes first.
"""

import random
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from intake.models import OutboundMessage, SendingLine
from privacy.clock import database_now

# What a bucket holds, in seconds: as much as a round of the sweep may send at once.
BUCKET: Final = 10.0

LONGEST_REST: Final = 600.0  # seconds, whatever the provider says
LONGEST_GUESS: Final = 60.0  # seconds, when it names no time

# One statement, so that two workers never take the same token (GCRA: a virtual time of payment).
_TAKE: Final = f"""
INSERT INTO {SendingLine._meta.db_table} AS line (carrier, free_at, rests)
VALUES (%(carrier)s, clock_timestamp() + make_interval(secs => %(cost)s), 0)
ON CONFLICT (carrier) DO UPDATE
    SET free_at = greatest(line.free_at, clock_timestamp()) + make_interval(secs => %(cost)s)
    WHERE line.free_at <= clock_timestamp() + make_interval(secs => %(bucket)s)
"""  # noqa: S608 (the name of our own table)


def take(carrier: str) -> bool:
    """Whether this carrier may send one more now. True where no pace is set."""
    rate = settings.SENDING_RATES.get(carrier, 0.0)
    if rate <= 0:
        return True
    cost = 1 / rate
    with connection.cursor() as cursor:
        cursor.execute(
            _TAKE,
            {"carrier": carrier, "cost": cost, "bucket": max(BUCKET - cost, 0.0)},
        )
        return bool(cursor.rowcount)


def rest(carrier: str, seconds: float | None) -> None:
    """Let a line rest as long as its provider asked for (in seconds), else longer each time.

    Not all lines end their rest at once; two who were told the same is one telling.
    """
    now = database_now()
    line, _made = SendingLine.objects.select_for_update().get_or_create(carrier=carrier)
    if line.rests_until is None or line.rests_until <= now:
        line.rests += 1
        guess = min(2.0 ** min(line.rests, 16), LONGEST_GUESS) * random.uniform(0.5, 1.5)  # noqa: S311
        wait = max(min(seconds or 0.0, LONGEST_REST), guess)
        line.rests_until = now + timedelta(seconds=wait)
        line.save(update_fields=["rests", "rests_until"])


def go_on(carrier: str) -> None:
    """Something of this line was taken: it is not too fast any more."""
    SendingLine.objects.filter(carrier=carrier, rests__gt=0).update(rests=0, rests_until=None)


def awake(rows: QuerySet[OutboundMessage]) -> QuerySet[OutboundMessage]:
    """Without what a resting line would send."""
    resting = SendingLine.objects.filter(rests_until__gt=database_now())
    return rows.exclude(carrier__in=resting.values("carrier"))
