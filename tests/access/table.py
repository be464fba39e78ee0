"""The table of addresses and people, read from table.txt."""

from functools import cache
from pathlib import Path
from typing import Final

from tests.access.world import ANONYMOUS, NAMES

TABLE: Final = Path(__file__).with_name("table.txt")
PEOPLE: Final = (ANONYMOUS, *NAMES)


@cache
def table() -> dict[tuple[str, str], dict[str, int]]:
    """(method, address) to each person's status."""
    rows = {}
    for line in TABLE.read_text().splitlines():
        if line and not line.startswith("#"):
            method, *name = line.split()[: -len(PEOPLE)]
            cells = [int(cell) for cell in line.split()[-len(PEOPLE) :]]
            rows[method, " ".join(name)] = dict(zip(PEOPLE, cells, strict=True))
    return rows
