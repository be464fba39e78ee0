"""The facts the product ships with, as tables that a translator or a lawyer can read."""

import json
from importlib.resources import files
from typing import Any


def read(name: str) -> Any:
    """The parsed content of one seed file, named without its ending."""
    return json.loads(files(__package__).joinpath(f"{name}.json").read_text(encoding="utf-8"))


def codes(name: str) -> list[dict[str, Any]]:
    """The codes of one file: kind, code, place in its list and the labels, ready to be rows."""
    content = read(name)
    columns = content.pop("columns")
    return [
        {"kind": kind, "position": position}
        | {
            column if column == "code" else f"label_{column}": cell
            for column, cell in zip(columns, row, strict=True)
        }
        for kind, rows in content.items()
        for position, row in enumerate(rows, start=1)
    ]
