"""`manage.py egress`: the firewall rules by which our processes reach their providers only."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from helpline import egress


class Command(BaseCommand):
    help = "Prints rules for `nft -f -`: only configured servers may be reached."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--doors` is for people: which servers those are, and what for."""
        parser.add_argument("--doors", action="store_true", help="list the servers instead")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Raises OSError when a name cannot be resolved: better old rules than none for it."""
        if options["doors"]:
            for door in egress.doors():
                self.stdout.write(f"{door.what} {door.host} {door.port}")
            return
        self.stdout.write(egress.ruleset(), ending="")
