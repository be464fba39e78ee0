"""docs/access.md: who sees what, from the tables the service itself goes by."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from django.apps import apps
from django.conf import settings
from django.db.models import Model
from django.utils import translation

from accounts.access import PAGES
from accounts.models import Role
from privacy.checks import OURS
from privacy.classes import DATA_CLASSES
from privacy.explained import CLASSES, JOBS, LETTERS, STANDINGS
from privacy.policy import CAPACITIES, PARTS, TEAM_CAPACITIES, Levels

PATH: Final = Path(settings.BASE_DIR) / "docs" / "access.md"

_HEAD: Final = """\
# Who sees what

This page is made from the tables the service goes by (`privacy/policy.py`, `accounts/access.py` and
the class that every field of every model names). Do not edit it: change the table, then run
`manage.py access_page`. A stale page fails the tests.

How to check it: read the first two tables and ask of each cell "does this person's work need that?"
A cell with `.` means that the field is absent for this person from pages, API, search, history,
export, print and live updates. The same table is kept as row-level security inside the database.
"""


def page() -> str:
    """The whole page, in English."""
    with translation.override("en"):
        return "\n".join([_HEAD, *_sections()])


def _sections() -> Iterator[str]:
    yield "## Classes of data\n"
    rows = [(f"`{name}`", str(kind.name), str(kind.examples)) for name, kind in CLASSES.items()]
    yield _table(("class", "in words", "for example"), rows)
    yield "## What a person may see of a case, by what they are to it\n"
    yield "\n".join(f"- `{letter}` {words}" for letter, words in LETTERS.items())
    yield "- `.` nothing\n"
    yield _levels(CAPACITIES)
    yield "Whoever is two things to one case has the sum of both rows, for that case only.\n"
    yield "## Who is what, and for how long\n"
    yield _table(("capacity", "who", "when", "held for"), _standings())
    yield "## Which pages a role opens\n"
    yield "A role opens pages; what stands on them is decided by the table above.\n"
    yield _table(("role", "pages"), _roles())
    yield "## What machine parts may see, in every case\n"
    yield _levels(PARTS)
    yield _table(("part", "its one job"), [(f"`{one}`", str(JOBS[one])) for one in PARTS])
    yield "## Every field of every model, by class\n"
    yield "Fields of protected classes are stored encrypted, or as keyed hashes (`…_hash`).\n"
    for app in OURS:
        yield f"### {app}\n"
        yield _table(("model", "class", "fields"), _fields(app))


def _levels(table: Levels) -> str:
    classes = DATA_CLASSES[:-1]
    rows = [
        (f"`{name}`", *(f"`{cells[klass] or '.'}`" for klass in classes))
        for name, cells in table.items()
    ]
    return _table(("", *classes), rows)


def _standings() -> Iterator[tuple[str, str, str, str]]:
    for name in CAPACITIES:
        one = STANDINGS[name]
        held = "all cases of the team" if name in TEAM_CAPACITIES else "one case"
        yield f"`{name}`", str(one.name), str(one.when), held


def _roles() -> Iterator[tuple[str, str]]:
    for role in Role:
        opened = [f"`{name}`" for name, roles in PAGES.items() if role in roles]
        yield str(role.label), ", ".join(opened) or "only their own page"


def _fields(app: str) -> Iterator[tuple[str, str, str]]:
    for model in sorted(apps.get_app_config(app).get_models(), key=lambda one: one.__name__):
        for klass, names in _by_class(model).items():
            yield f"`{model.__name__}`", klass, ", ".join(f"`{name}`" for name in names)


def _by_class(model: type[Model]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for field in model._meta.local_fields:
        if not field.primary_key:
            found.setdefault(field.db_comment or "", []).append(field.name)
    return {klass: found[klass] for klass in DATA_CLASSES if klass in found}


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    titles = list(head)
    lines = [titles, ["---"] * len(titles), *(list(row) for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
