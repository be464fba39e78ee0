"""`manage.py audit verify`: walk the chain of the record and name the first row that is wrong."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from privacy import anchors, chain
from privacy.clock import database_now


class Command(BaseCommand):
    help = "Checks the chain of the record against itself and its anchors, or adds new events."

    def add_arguments(self, parser: CommandParser) -> None:
        """Without `--key` the public key that lies beside the anchors is believed."""
        parser.add_argument("what", choices=["verify", "chain"])
        parser.add_argument("--anchors", type=Path, help="the file of signed checkpoints")
        parser.add_argument("--key", type=Path, help="the auditor's copy of the public key")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Raises CommandError, and with it a code that is not 0, when anything does not hold."""
        if options["what"] == "chain":
            self.stdout.write(f"{chain.chain(everything=True)} events chained.")
            return
        found = self._anchors(options["anchors"], options["key"])
        verdict = chain.verify(marks=anchors.marks(found))
        if not verdict.whole:
            why = chain.WRONG[verdict.why]
            raise CommandError(f"The record is broken at row {verdict.broken_at}: {why}.")
        self.stdout.write(f"The record is whole: {verdict.sound} rows.")
        self.stdout.write(f"{chain.waiting(everything=True).count()} wait for their place.")

    def _anchors(self, path: Path | None, key: Path | None) -> list[anchors.Anchor]:
        path = path or (Path(settings.AMAAN_ANCHOR_FILE) if settings.AMAAN_ANCHOR_FILE else None)
        if path is None or not path.exists():
            self.stdout.write("No anchors: rows cut off at the end would not be noticed.")
            return []
        try:
            found = anchors.read(path, anchors.key_in(key or anchors.public_file(path)))
        except anchors.Forged as error:
            raise CommandError(f"Anchor {error.line} of {path} does not hold.") from None
        if found:
            minutes = int((database_now() - found[-1].at).total_seconds() // 60)
            self.stdout.write(f"{len(found)} anchors hold; the last is {minutes} minutes old.")
        return found
