"""Conventions no linter knows, checked over the source itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STAGES = (
    "privacy",
    "reference",
    "accounts",
    "intake",
    "cases",
    "takedowns",
    "referrals",
    "insight",
)


def sources(*names: str) -> Iterator[Path]:
    """Our Python files of these names (all, if none is given), migrations left out."""
    for stage in (*STAGES, "helpline", "practice"):
        for path in sorted((ROOT / stage).rglob("*.py")):
            if "migrations" not in path.parts and (not names or path.name in names):
                yield path


def calls(path: Path) -> Iterator[str]:
    """Every call in a file, written out: `Case.objects.get`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def test_no_view_fetches_a_row_past_visible_to() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {call}"
        for path in sources("views.py", "api.py")
        for call in calls(path)
        if call.endswith(".objects.get")
    ]
    assert found == []


def test_no_module_is_a_drawer_for_everything() -> None:
    assert [path for path in sources("utils.py", "helpers.py", "common.py", "misc.py")] == []


def test_nothing_catches_every_exception() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"})
    ]
    assert found == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in sources()
        if path.read_text().strip() and ast.get_docstring(ast.parse(path.read_text())) is None
    ]
    assert silent == []


@pytest.mark.parametrize("stage", STAGES)
def test_no_manager_pulls_a_relation_backwards(stage: str) -> None:
    """A foreign key to an earlier stage makes no attribute there (`related_name='+'`)."""
    from django.apps import apps  # noqa: PLC0415
    from django.db import models  # noqa: PLC0415

    rank = {name: number for number, name in enumerate(STAGES)}
    backwards = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_app_config(stage).get_models()
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey)
        and rank.get(field.related_model._meta.app_label, rank[stage]) < rank[stage]
        and not field.remote_field.hidden
    ]
    assert backwards == []
