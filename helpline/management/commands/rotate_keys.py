"""`manage.py rotate_keys`: wrap every key anew under the newest version of the master key."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from helpline import backups
from privacy import audit, crypto, purposes, ring, rotation


class Command(BaseCommand):
    help = "Re-wraps all keys while the service is in use; may be killed and run again. As owner."

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--new", action="store_true", help="only add a version to the ring file")
        what.add_argument("--left", action="store_true", help="only say how many keys are left")
        what.add_argument("--retire", type=int, metavar="VERSION", help="only take one out")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            if options["new"]:
                self._add()
            elif options["retire"]:
                self._retire(options["retire"])
            elif not options["left"]:
                self._rotate()
            if not options["left"]:
                self._copy()
            if not options["new"]:
                self.stdout.write(f"{rotation.left()} keys are left.")
        except ring.KeyUnavailable as error:
            raise CommandError(f"The ring cannot be read: {error}.") from None
        except rotation.NotYet as error:
            raise CommandError(f"Not yet: {error}.") from None

    def _copy(self) -> None:
        """The copy that two of three people open is as new as the ring."""
        if copy := backups.seal_ring():
            self.stdout.write(f"The ring's copy is new: keep {copy} beside the backups.")

    def _add(self) -> None:
        version = ring.add_version(crypto.new_key())
        self.stdout.write(f"Version {version} is in the ring.")
        if version > 1:
            self.stdout.write("Restart what has a copy of the ring, then run rotate_keys.")

    def _rotate(self) -> None:
        purposes.provide()  # none may be derived any more when version 1 goes
        version = ring.start_newest()
        rotation.rewrap_elsewhere()
        done: UUID | None = None
        while (done := rotation.rewrap_batch(done)) is not None:
            pass
        audit.record("keys_rotated", reason=f"version_{version}")
        self.stdout.write(f"Version {version} wraps.")

    def _retire(self, version: int) -> None:
        rotation.retire(version)
        audit.record("key_retired", reason=f"version_{version}")
        self.stdout.write(f"Version {version} opens nothing any more. Restart every process.")
