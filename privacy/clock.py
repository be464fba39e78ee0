"""The one clock deadlines are reckoned by: the database's."""

from datetime import datetime

from django.db import connection


def database_now() -> datetime:
    """The present moment (UTC) as the database knows it, even inside a long transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    return now  # type: ignore[no-any-return]
