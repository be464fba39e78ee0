"""Files as production serves them: each by a name made of its content, imports among them too."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import override_settings

IMPORT = re.compile(r"""(?:from|import)\s*\(?\s*["'](\.[^"']+)["']""")
NAMED = re.compile(r"\.[0-9a-f]{12}\.\w+$")


@pytest.fixture
def collected(tmp_path: Path) -> Iterator[Path]:
    files = {"staticfiles": {"BACKEND": "helpline.static_files.NamedByContent"}}
    with override_settings(STATIC_ROOT=str(tmp_path), STORAGES=settings.STORAGES | files):
        call_command("collectstatic", interactive=False, verbosity=0)
        yield tmp_path


def test_a_script_imports_the_others_by_what_is_in_them(collected: Path) -> None:
    page = collected / Path(staticfiles_storage.url("minimiser/load.js")).relative_to("/static")
    seen, waiting = set(), [page]
    while waiting:
        script = waiting.pop().resolve()
        if script in seen:
            continue
        seen.add(script)
        assert NAMED.search(script.name), script.name
        waiting += [script.parent / name for name in IMPORT.findall(script.read_text())]
    assert {path.name.split(".")[0] for path in seen} >= {"load", "page", "detect", "numbers"}
    assert any("libphonenumber" in path.name for path in seen)
