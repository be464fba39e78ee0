"""`manage.py backup`: one sealed backup of everything, as the backup role. Run it each night."""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from helpline import backups


class Command(BaseCommand):
    help = "Makes a backup that only the recipients open, and deletes those whose time is over."

    def add_arguments(self, parser: CommandParser) -> None:
        words = "only delete those whose time is over (hourly: keys are kept a day at most)"
        parser.add_argument("--prune", action="store_true", help=words)

    def handle(self, *_args: Any, prune: bool, **_options: Any) -> None:
        now = datetime.now(UTC)
        try:
            if prune:
                self.stdout.write(f"{backups.prune(now)} backups deleted.")
                return
            for path in backups.back_up(now):
                self.stdout.write(str(path))
        except backups.BackupFailed as error:
            raise CommandError(f"No backup: {error}.") from None
