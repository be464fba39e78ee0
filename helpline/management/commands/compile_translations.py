"""`manage.py compile_translations`: makes the .mo files without needing gettext's own programs."""

import os
import tempfile
from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Compiles locale/*/LC_MESSAGES/*.po; what is already up to date is left alone."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Compile each file newer than its result; fuzzy entries are left out, as msgfmt does."""
        for folder in settings.LOCALE_PATHS:
            for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
                target = source.with_suffix(".mo")
                if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
                    continue
                _compile(source, target)


def _compile(source: Path, target: Path) -> None:
    """Whole or not at all: another process may be reading, or compiling the same."""
    compiled = polib.pofile(str(source), check_for_duplicates=True).to_binary()
    handle, name = tempfile.mkstemp(dir=target.parent, suffix=".new")
    with os.fdopen(handle, "wb") as out:
        out.write(compiled)
    Path(name).chmod(0o644)
    Path(name).replace(target)
