"""`manage.py replay_erasures`: destroys again what had been destroyed before a restore."""

from typing import Any

from django.core.management.base import BaseCommand

from privacy import erasures


class Command(BaseCommand):
    help = "After a database came back from a backup: erases what its other half knows was erased."

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(f"{erasures.replay()} values were erased again.")
