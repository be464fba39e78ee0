"""`manage.py open_seal KEY FIRST SECOND`: both custodians open together what was locked away."""

import base64
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from privacy import custody, holds
from privacy.access import acting
from privacy.services import NotPossible


class Command(BaseCommand):
    """Without arguments it lists what is sealed: keys and days, nothing else."""

    help = "Gives a sealed folder its keys back, with the private keys of its two custodians."

    def add_arguments(self, parser: CommandParser) -> None:
        """The seal, and the files of both custodians in their order."""
        parser.add_argument("seal", type=UUID, nargs="?")
        parser.add_argument("files", type=Path, nargs="*")

    def handle(self, *_args: Any, seal: UUID | None, files: list[Path], **_options: Any) -> None:
        """Raises CommandError when a key does not fit."""
        with acting(part="forgetting"):
            standing = holds.sealed().filter(sealed_at__isnull=False)
            if seal is None:
                for one in standing.order_by("destroy_on"):
                    self.stdout.write(f"{one.pk} destroyed on {one.destroy_on}")
                return
            found = standing.select_for_update().filter(pk=seal).first()
            if found is None:
                raise CommandError("There is no such seal.")
            try:
                private = [base64.b64decode(file.read_bytes()) for file in files]
                count = custody.open_seal(found, private_keys=private)
            except (OSError, ValueError, NotPossible):
                raise CommandError("These are not the keys of its two custodians.") from None
        self.stdout.write(f"{count} keys open again. The desk still does not see the folder.")
