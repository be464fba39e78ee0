"""The threat model names tests; each of them is there."""

import re
from pathlib import Path

from django.conf import settings

from tests.mutants.catalogue import ROOT, names_of_tests

PAGE = Path(settings.BASE_DIR) / "docs" / "threat-model.md"
THREATS = 8


def test_every_test_the_threat_model_names_is_there() -> None:
    known = {name for path in ROOT.glob("tests/**/test_*.py") for name in names_of_tests(path)}
    named = set(re.findall(r"`(test_\w+)`", PAGE.read_text()))
    assert len(named) > 30
    assert sorted(named - known) == []


def test_each_threat_says_what_holds_and_what_does_not() -> None:
    parts = re.split(r"^## \d\. ", PAGE.read_text(), flags=re.MULTILINE)[1:]
    assert len(parts) == THREATS
    assert [part for part in parts if "**Holds.**" not in part or "**Does not.**" not in part] == []
