"""`manage.py forget --dry-run`: what the next nights will forget, by class and count."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from privacy import retention, tasks
from privacy.access import acting
from privacy.clock import database_now


class Command(BaseCommand):
    """Without --dry-run it does what the night does."""

    help = "Forgets what is due, or says what the next days will forget."

    def add_arguments(self, parser: CommandParser) -> None:
        """How far to look ahead."""
        parser.add_argument("--dry-run", action="store_true", help="change nothing, only count")
        parser.add_argument("--days", type=int, default=30, help="how far --dry-run looks")

    def handle(self, *_args: Any, dry_run: bool, days: int, **_options: Any) -> None:
        """Numbers only: no case is named."""
        if not dry_run:
            self.stdout.write(f"{tasks.forget()} classes of folders forgotten.")
            return
        with acting(part="forgetting"):
            found = retention.to_forget(database_now().date() + timedelta(days=days))
        self.stdout.write(f"To be forgotten within {days} days:")
        for klass, (folders, values) in found.items():
            self.stdout.write(f"  {klass:16} {folders:6} folders {values:8} values")
