"""`manage.py prepare`: brings an installation up to date before its processes start."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Migrates both databases, rebuilds the wall, compiles the translations. As the owner."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Every step may be repeated; run it at each deployment."""
        call_command("migrate", interactive=False, verbosity=0)
        call_command("migrate", interactive=False, verbosity=0, database="keys")
        call_command("wall")
        call_command("compile_translations")
