"""The page of the verification standard names tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_test_and_file_the_page_names_is_there() -> None:
    page = (ROOT / "docs" / "security-asvs.md").read_text("utf-8")
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    known = set(re.findall(r"def (test_\w+)\(", sources))
    named = set(re.findall(r"`(test_\w+)`", page))
    assert len(named) > 80
    assert sorted(named - known) == []
    files = set(
        re.findall(r"\b((?:tests|docs|accounts|privacy|helpline)/[\w/.-]+\.(?:py|md))", page)
    )
    assert [name for name in sorted(files) if not (ROOT / name).exists()] == []
