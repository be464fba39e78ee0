"""The list of deliberate breaks: what is in tests/mutants/*.toml, and what is wrong with it."""

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
HERE: Final = Path(__file__).resolve().parent
OPEN: Final = HERE / "open.txt"

# The statements of security and reliability that each need a test named after them and a break.
_GROUPS: Final = {
    "A": range(1, 9),
    "B": range(1, 7),
    "C": range(1, 13),
    "D": range(1, 8),
    "E": range(1, 9),
    "F": (1, 2, 4, 5, 6),
    "J": range(1, 7),
    "K": (1, 2, 3, 6),
    "L": range(1, 8),
    "M": range(1, 4),  # the minimiser: finds, leaves alone, and offers without sending (its docs)
    "R": (3,),
}
STATEMENTS: Final = tuple(f"{letter}{one}" for letter, all_ in _GROUPS.items() for one in all_)
_NAMED: Final = re.compile(r"test_((?:[a-m]\d{1,2}_|r\d_)+)")


@dataclass(frozen=True)
class Mutant:
    """One break: in this file this text becomes that one, and one of these tests must fail."""

    id: str
    statement: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    group: str = field(default="", compare=False)

    @property
    def path(self) -> Path:
        return ROOT / self.file


def mutants(folder: Path = HERE) -> list[Mutant]:
    """All of them, in the order of their files. Raises TypeError where an entry is not one."""
    return [
        Mutant(**entry | {"tests": tuple(entry["tests"])}, group=path.stem)
        for path in sorted(folder.glob("*.toml"))
        for entry in tomllib.loads(path.read_text()).get("mutant", [])
    ]


def wrong_with(all_of_them: list[Mutant]) -> list[str]:
    """What a person must put right: each line names a break and says why it cannot be one."""
    ids = Counter(one.id for one in all_of_them)
    twice = [f"{name}: there are two of this id" for name, count in ids.items() if count > 1]
    return twice + [f"{one.id}: {why}" for one in all_of_them for why in _wrong(one)]


def _wrong(one: Mutant) -> Iterator[str]:
    if one.statement not in STATEMENTS:
        yield f"no statement {one.statement}"
    if not one.path.is_file():
        yield f"no file {one.file}"
    elif (times := one.path.read_text().count(one.old)) != 1:
        yield f"its old text stands {times} times in {one.file}"
    if one.old == one.new:
        yield "it changes nothing"
    if not one.tests:
        yield "it names no test"
    for test in one.tests:
        path, _, name = test.partition("::")
        if name.partition("[")[0] not in names_of_tests(ROOT / path):
            yield f"no test {test}"


@cache
def names_of_tests(path: Path) -> frozenset[str]:
    """The names of a file's tests, those in classes too; none where there is no such file."""
    if not path.is_file():
        return frozenset()
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    tree = ast.walk(ast.parse(path.read_text()))
    return frozenset(
        node.name for node in tree if isinstance(node, functions) and node.name.startswith("test_")
    )


def named_statements() -> set[str]:
    """The statements that some test bears in its name: `test_c1_c2_…` bears two."""
    names = {name for path in ROOT.glob("tests/**/test_*.py") for name in names_of_tests(path)}
    found = [match[1].upper() for match in map(_NAMED.match, names) if match]
    return {statement for run in found for statement in run.strip("_").split("_")}


def missing(all_of_them: Iterable[Mutant]) -> dict[str, str]:
    """Statements that lack a test of their name, a break, or both: `test`, `mutant`."""
    named, broken = named_statements(), {one.statement for one in all_of_them}
    lacks = {
        one: " ".join(
            word for word, has in (("test", one in named), ("mutant", one in broken)) if not has
        )
        for one in STATEMENTS
    }
    return {one: lack for one, lack in lacks.items() if lack}


def known_open() -> dict[str, str]:
    """What open.txt admits is missing: the statement, and what it lacks."""
    lines = [line for line in OPEN.read_text().splitlines() if line and not line.startswith("#")]
    return {line.split()[0]: " ".join(line.split()[1:]) for line in lines}
