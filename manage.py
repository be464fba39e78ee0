"""Django's command line."""

import os
import sys

from helpline import embedded

# Commands that run a part of the service; all others (migrate, test, demo …) act as the owner.
_WORKERS = {"sweep", "mail_door"}
_WEB = {"runserver"}
_BACKUPS = {"backup"}


def process_of(command: str) -> str:
    """Which database role a command runs as: web, worker, backup or owner."""
    if command in _WORKERS:
        return "worker"
    if command in _BACKUPS:
        return "backup"
    return "web" if command in _WEB else "owner"


def main() -> None:
    """Run one command, on the embedded servers unless the environment names others."""
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    os.environ.setdefault("AMAAN_PROCESS", process_of(command))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpline.settings")
    try:
        os.environ.update(embedded.ensure())
    except embedded.EmbeddedError as error:
        sys.exit(str(error))

    from django.core.management import execute_from_command_line  # noqa: PLC0415

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
