"""`manage.py custodian_key FILE`: a custodian makes their pair of keys, on their own machine."""

import base64
import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from privacy import crypto


class Command(BaseCommand):
    """The private key stays in the file; the public one is what an administrator writes down."""

    help = "Makes a custodian's keys: the private one into a file, the public one on the screen."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where the private key goes; a file that is not there yet."""
        parser.add_argument("file", type=Path)

    def handle(self, *_args: Any, file: Path, **_options: Any) -> None:
        """Raises CommandError when the file is there already."""
        private, public = crypto.new_pair()
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        except OSError:
            raise CommandError("The file is there already, or cannot be written.") from None
        with os.fdopen(handle, "wb") as out:
            out.write(base64.b64encode(private))
        self.stdout.write(base64.b64encode(public).decode())
