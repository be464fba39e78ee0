"""`manage.py recovery_shares`: the key to the backups, which any two of three people open."""

import json
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from helpline import backups
from privacy import recovery, ring


class Command(BaseCommand):
    help = "split: a new key, and one for each of three people. join: two of theirs give it again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", choices=["split", "join", "ring"])
        parser.add_argument("--into", type=Path, help="join, ring: the file to write (0400)")
        parser.add_argument("--identity", type=Path, help="ring: what join wrote")

    def handle(self, *_args: Any, verb: str, **options: Any) -> None:
        try:
            {"split": self._split, "join": self._join, "ring": self._ring}[verb](options)
        except (recovery.CannotRecover, backups.BackupFailed, ring.KeyUnavailable) as error:
            raise CommandError(f"Not done: {error}.") from None

    def _split(self, _options: dict[str, Any]) -> None:
        """People's keys are printed and kept nowhere; what they open lies beside the backups."""
        identity = recovery.new_identity()
        people = [recovery.new_identity() for _ in range(recovery.PEOPLE)]
        pieces = recovery.divide(identity, [recovery.recipient_of(key) for key in people])
        _pieces().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _pieces().write_text(json.dumps(pieces))
        _name_recipient(recovery.recipient_of(identity))
        for number, key in enumerate(people, 1):
            self.stdout.write(f"\nSheet {number} of {recovery.PEOPLE}, for one person alone:\n")
            self.stdout.write(key)
        self.stdout.write(f"\nAny {recovery.THRESHOLD} sheets open the backups. None is kept here.")
        if copy := backups.seal_ring():
            self.stdout.write(f"The ring's copy, to keep beside the backups: {copy}")

    def _join(self, options: dict[str, Any]) -> None:
        self.stdout.write("The letters of two sheets, each on a line of its own:")
        sheets = [input() for _ in range(recovery.THRESHOLD)]
        identity = recovery.join(json.loads(_pieces().read_text()), sheets)
        with _private(options["into"]) as file:
            file.write(f"{identity}\n".encode())
        self.stdout.write("Joined. Delete the file when the restore is done.")

    def _ring(self, options: dict[str, Any]) -> None:
        """Open the ring's copy into the file where processes look for it."""
        if options["identity"] is None:
            raise recovery.CannotRecover("name what join wrote with --identity")
        copy = ring.ring_file().with_name(f"{ring.ring_file().name}.age")
        with copy.open("rb") as source, _private(options["into"] or ring.ring_file()) as file:
            recovery.open_stream(source, file, options["identity"].read_text())
        self.stdout.write("The ring is back.")


def _pieces() -> Path:
    """What two sheets open, beside the backups and in each copy of them."""
    return backups.folder() / "recovery.json"


def _name_recipient(public: str) -> None:
    """The new key instead of the one before; other recipients stay."""
    if not settings.BACKUP_RECIPIENTS_FILE:
        raise backups.BackupFailed("BACKUP_RECIPIENTS_FILE is not set")
    path = Path(settings.BACKUP_RECIPIENTS_FILE)
    lines = path.read_text().splitlines() if path.exists() else []
    others = [line for line in lines if line.split()[1:] != [backups.RECOVERY]]
    path.write_text("\n".join([*others, f"{public} {backups.RECOVERY}"]) + "\n")


def _private(path: Path | None) -> Any:
    """A new file that only its owner reads."""
    if path is None:
        raise recovery.CannotRecover("name the file to write with --into")
    try:
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "wb")
    except FileExistsError:
        raise recovery.CannotRecover("the file is there already") from None
