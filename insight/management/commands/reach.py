"""`manage.py reach <e-mail> <code>`: all that one colleague can reach of one case."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from cases.models import Case
from insight.reach import Reach, reach
from privacy.access import acting


class Command(BaseCommand):
    help = "Asks every address as a colleague; prints field names by class, never a value."

    def add_arguments(self, parser: CommandParser) -> None:
        """A colleague by the address they sign in with, a case by its code."""
        parser.add_argument("person")
        parser.add_argument("code")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print the answer; CommandError where something is found that the table does not give."""
        person = User.objects.filter(email__iexact=options["person"]).first()
        with acting(part="counting"):
            case = Case.objects.filter(code=options["code"].upper()).first()
            if person is None or case is None:
                raise CommandError("There is no such colleague, or no such case.")
            answer = reach(case, person, by=None)
        self._print(answer)
        if answer.beyond:
            raise CommandError("More than the table gives: " + ", ".join(answer.beyond))

    def _print(self, answer: Reach) -> None:
        is_ = ", ".join(answer.capacities) or "nothing"
        self.stdout.write(f"to this case: {is_}; {answer.asked} questions asked")
        for klass, letters, read, shapes in answer.by_class():
            self.stdout.write(f"{klass} (table: {letters or '.'})")
            self.stdout.writelines(f"  reads  {name}" for name in read)
            self.stdout.writelines(f"  shape  {name}" for name in shapes)
        for kind, found in answer.by_kind:
            names = sorted({one.surface.name for one in found})
            self.stdout.write(f"{kind}: {', '.join(names)}")
