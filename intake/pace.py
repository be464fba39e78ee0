"""How fast a line of ours may send: a token bucket for each, kept in PostgreSQL for all workers."""

from typing import Final

from django.conf import settings
from django.db import connection

from intake.models import SendingLine

# What a bucket holds, in seconds: as much as a round of the sweep may send at once.
BUCKET: Final = 10.0

# One statement, so that two workers never take the same token (GCRA: a virtual time of payment).
_TAKE: Final = f"""
INSERT INTO {SendingLine._meta.db_table} AS line (carrier, free_at)
VALUES (%(carrier)s, clock_timestamp() + make_interval(secs => %(cost)s))
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
