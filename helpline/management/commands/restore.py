"""`manage.py restore`: fills the empty databases of this environment from a sealed backup."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from helpline import backups, restoring


class Command(BaseCommand):
    help = "Restores a backup and erases again what was erased. As the owner, then run prepare."

    def add_arguments(self, parser: CommandParser) -> None:
        words = "file with the private key (manage.py recovery_shares join)"
        parser.add_argument("--identity", type=Path, required=True, help=words)
        parser.add_argument("--data", type=Path, help="a backup of the data (….dump.age)")
        parser.add_argument("--keys", type=Path, help="a backup of the keys (….dump.age)")
        parser.add_argument("--erasures", type=Path, help="the newest list (….json.age)")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            report = restoring.restore(
                options["identity"].read_text(),
                data=options["data"],
                keys=options["keys"],
                told=options["erasures"],
            )
        except (backups.BackupFailed, OSError) as error:
            raise CommandError(f"Not restored: {error}.") from None
        self.stdout.write(report.as_json())
        if not report.sound:
            raise CommandError("Not everything came back.")
