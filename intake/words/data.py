"""The lists of this folder, as they are read."""

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def read(name: str) -> Any:
    """One list, by its file's name."""
    return json.loads(files("intake.words").joinpath(name).read_text(encoding="utf-8"))
