"""`manage.py access_page`: writes docs/access.md anew; `--check` only says whether it is stale."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from helpline.access_page import PATH, page


class Command(BaseCommand):
    help = "Writes docs/access.md from the tables of who sees what."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """`--check` writes nothing."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write the page, or raise CommandError if the one that stands there is stale."""
        made = page()
        if not options["check"]:
            PATH.write_text(made)
        elif not PATH.exists() or PATH.read_text() != made:
            raise CommandError("docs/access.md is stale: run manage.py access_page")
