"""Numbers of fault runs: written down where AMAAN_FIGURES names a file, one JSON object a line.

`script/soak` gathers them. Without that variable nothing is written. AMAAN_SOAK makes every load
and every fault so many times as long.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

LONGER: Final = float(os.environ.get("AMAAN_SOAK", "1"))


def note(kind: str, **facts: Any) -> None:
    """Write down one thing that was measured: numbers and names of faults, nothing else."""
    if name := os.environ.get("AMAAN_FIGURES"):
        with Path(name).open("a") as file:
            file.write(json.dumps({"kind": kind, **facts}) + "\n")
