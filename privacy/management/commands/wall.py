"""`manage.py wall`: write row-level security and privileges from what the models declare."""

from typing import Any

from django.core.management.base import BaseCommand

from privacy import canaries, purposes, wall


class Command(BaseCommand):
    help = "Writes the second wall (row-level security, privileges). Run after every migrate."

    def handle(self, *_args: Any, **_options: Any) -> None:
        wall.build()
        purposes.publish_intake_key()
        canaries.plant()
        self.stdout.write("The wall stands.")
