"""One worker of the processing bench: the workers' own task, until nothing waits."""

import os
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpline.settings")

import django

django.setup()

from django.db import connection

from intake import tasks


def main() -> None:
    """Wait for the start, then work. Nobody here hears the bell for what follows (sending)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock_shared(1, 1)")
        cursor.execute("SELECT pg_advisory_unlock_shared(1, 1)")
    began = time.process_time()
    while tasks.process_waiting():
        pass
    print(time.process_time() - began)  # what the work cost this process (seconds)


if __name__ == "__main__":
    main()
