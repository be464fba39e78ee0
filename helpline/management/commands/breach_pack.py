"""`manage.py breach_pack`: what was within somebody's reach, for the notice within 72 hours."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_datetime

from accounts.models import User
from helpline.embedded.home import write_private
from insight import breach


class Command(BaseCommand):
    help = "Lists cases, people, fields and times within reach of a person, in a window, or by key."

    def add_arguments(self, parser: CommandParser) -> None:
        """Moments are as 2026-11-22T09:00Z; without a zone they are UTC."""
        parser.add_argument("--since", required=True, help="from this moment")
        parser.add_argument("--until", help="to this moment (now)")
        parser.add_argument("--actor", help="a colleague's key or sign-in address, or a link's key")
        parser.add_argument("--keys", action="store_true", help="the master key was in other hands")
        parser.add_argument("--key-version", type=int, help="only this version of the master key")
        parser.add_argument("--out", type=Path, help="a file nobody else may read (else: printed)")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Prints counts to the error stream, so that the list alone can be kept."""
        until = _moment(options["until"]) if options["until"] else datetime.now(UTC)
        asked = breach.Asked(
            since=_moment(options["since"]),
            until=until,
            actor=_actor(options["actor"]) if options["actor"] else "",
            keys=options["keys"],
            version=options["key_version"],
        )
        affected = breach.pack(asked)
        table = breach.as_csv(affected)
        if options["out"]:
            write_private(options["out"], table)
        else:
            self.stdout.write(table, ending="")
        self.stderr.write(_summary(affected))


def _summary(affected: list[breach.Affected]) -> str:
    cases = sum(1 for one in affected if one.case)
    people = len({key for one in affected for key in one.people})
    classes = sorted({klass for one in affected for klass in one.classes})
    return (
        f"{cases} cases, {len(affected) - cases} conversations of no case, {people} people;"
        f" classes: {', '.join(classes) or 'none'}"
    )


def _moment(text: str) -> datetime:
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise CommandError("A moment is written as 2026-11-22T09:00Z.")
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _actor(named: str) -> str:
    """The key the record knows somebody by."""
    if "@" not in named:
        return named.lower()
    person = User.objects.filter(email__iexact=named).first()
    if person is None:
        raise CommandError("Nobody signs in with this address.")
    return str(person.pk)
