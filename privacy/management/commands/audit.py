"""`manage.py audit verify`: walk the audit chain and name the first broken link."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from privacy import audit


class Command(BaseCommand):
    help = "Checks the audit chain, or adds new events to it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["verify", "chain"])

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["what"] == "chain":
            self.stdout.write(f"{audit.chain()} events chained.")
            return
        verdict = audit.verify()
        if not verdict.whole:
            raise CommandError(f"The chain is broken at link {verdict.broken_at}.")
        self.stdout.write(f"The chain is whole: {verdict.sound} links.")
