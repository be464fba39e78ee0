"""`manage.py verify_number IN 112`: says that somebody has checked a number, before pages run."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from privacy.clock import database_now
from reference.models import EmergencyNumber
from reference.numbers import verify_number


class Command(BaseCommand):
    """Later an administrator does it in the set-up; a live desk does not start without one."""

    help = "Write down that you called an emergency number today and that it answered."

    def add_arguments(self, parser: CommandParser) -> None:
        """The country as two letters, and the number as it stands in the list."""
        parser.add_argument("country")
        parser.add_argument("number")

    def handle(self, *_args: Any, country: str, number: str, **_options: Any) -> None:
        """Mark it verified today. Raises CommandError when it is not in the list."""
        rows = list(EmergencyNumber.objects.filter(country=country.upper(), number=number))
        if not rows:
            raise CommandError("This number is not in the list of this country.")
        for row in rows:
            verify_number(row, on=database_now().date(), by=None)
        self.stdout.write(f"{number} ({country.upper()}) is verified as of today.")
