"""How fast one person turns the pages of lists: nobody carries a whole desk away by machine."""

from datetime import timedelta
from typing import Final

from django.db import connection
from django.db.models import Sum

from accounts.models import User, Walk
from privacy.clock import database_now

A_MINUTE: Final = 60
AN_HOUR: Final = 600
_TURN: Final = f"""
INSERT INTO {Walk._meta.db_table} AS known (user_id, minute, turned)
VALUES (%s, date_trunc('minute', clock_timestamp()), 1)
ON CONFLICT (user_id, minute) DO UPDATE SET turned = known.turned + 1
RETURNING turned
"""  # noqa: S608 (the name of our own table)


def may_turn(user: User) -> bool:
    """Count one more page of a list (any session, any process); False when it is too many.

    What is refused counts too, so that a machine that goes on stays refused; it ends by itself.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TURN, [user.pk])
        (turned,) = cursor.fetchone()
    if turned > A_MINUTE:
        return False
    hour = Walk.objects.filter(user=user, minute__gt=database_now() - timedelta(hours=1))
    return (hour.aggregate(all=Sum("turned"))["all"] or 0) <= AN_HOUR
