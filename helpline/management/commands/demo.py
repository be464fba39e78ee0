"""Loads the demo helpline, or prints whom one can sign in as."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Team
from helpline.demo import directory, figures, people, setup, stories
from helpline.demo.hours import HOW, play
from privacy import purposes
from privacy.clock import database_now
from reference.reading import emergency_numbers
from reference.services import verify_number


class Command(BaseCommand):
    """Safe to run at every start: what is there already stays, shifts are planned anew."""

    help = "Load the demo helpline (refused with PRODUCTION=1)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sign-ins", action="store_true", help="only print the sign-ins")
        parser.add_argument(
            "--hours",
            choices=HOW,
            help="only plan the shifts anew: open, closed with somebody on call, or closed",
        )

    def handle(
        self, *_args: Any, sign_ins: bool = False, hours: str | None = None, **_options: Any
    ) -> None:
        """Load, print, or play the hours. Raises CommandError in production."""
        if settings.PRODUCTION:
            raise CommandError("There is no demo in production.")
        if sign_ins:
            self._print()
            return
        now = database_now()
        if hours:
            play(hours, now)
            self.stdout.write(f"The desk is now: {hours}\n")
            return
        purposes.publish_intake_key()
        people.make_all(now)
        setup.make_all(Team.objects.get(name=people.TEAM), now.date())
        for number in emergency_numbers("IN"):
            if number.verified_on is None:
                verify_number(number, on=now.date(), by=None)
        figures.count_all(now.date())
        stories.tell_all(directory.make_all(now.date()))

    def _print(self) -> None:
        self.stdout.write("\nSign in as (all with the same password):\n")
        for one in people.COLLEAGUES:
            self.stdout.write(f"  {one.email:28} {one.name:16} {one.role.label}")
        self.stdout.write(f"\n  password: {people.password()}\n")
