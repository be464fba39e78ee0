"""Fault after fault for as long as asked; then the numbers to publish. `script/soak` runs this."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
FULL_LENGTH: Final = "4"  # times the length that CI has: 60 s of load, 20 s of fault
KNOWN: Final = (
    *("F1", "F2", "F3", "F4", "F5", "F7", "F8", "F9", "F10", "F12", "F13", "F14", "F15", "F16"),
    *("F11", "F17", "F18", "F19", "F20", "F21", "F22", "F23", "F24", "F26", "F27", "F31", "F32"),
)

Note = dict[str, Any]


def main() -> int:
    """Rounds of all chosen faults until the time is up, at least one; 1 when anything failed."""
    asked = _asked()
    notes, rounds, failed = [], 0, 0
    ends = time.monotonic() + asked.minutes * 60
    while rounds == 0 or time.monotonic() < ends:
        found, status = _round(asked.only)
        notes += found
        rounds, failed = rounds + 1, failed + (status != 0)
    summary = summed_up(notes) | {"rounds": rounds, "failed_rounds": failed}
    for line in _told(notes, summary):
        print(line)
    print(json.dumps(summary))
    return int(failed > 0)


def summed_up(notes: Iterable[Note]) -> dict[str, Any]:
    """The numbers of all rounds together."""
    runs = [note for note in notes if note["kind"] == "run"]
    doubts = [note for note in notes if note["kind"] == "doubts"]
    were = sum(note["were"] for note in doubts)
    left = sum(note["left"] for note in doubts)
    return {
        "bench": "soak",
        "runs": len(runs),
        "messages": sum(note["carried"] for note in runs),
        "taken": sum(note["taken"] for note in runs),
        "lost": sum(note["lost"] for note in runs),
        "doubled": sum(note["doubled"] for note in runs),
        "longest_heal_seconds": max((note["healed_seconds"] for note in runs), default=0.0),
        "unknown_sends": were,
        "unknown_settled_percent": round(100 * (were - left) / were, 1) if were else None,
        "webhook_ms": _webhooks(notes),
    }


def _webhooks(notes: Iterable[Note]) -> dict[str, dict[str, int]]:
    """Milliseconds until a webhook was answered, by the state of the broker."""
    seconds: dict[str, list[float]] = defaultdict(list)
    for note in notes:
        if note["kind"] == "webhook":
            seconds[note["broker"]] += note["seconds"]
    return {
        broker: {
            "requests": len(all_of),
            "p50": round(sorted(all_of)[len(all_of) // 2] * 1000),
            "p99": round(sorted(all_of)[int(len(all_of) * 0.99)] * 1000),
            "max": round(max(all_of) * 1000),
        }
        for broker, all_of in seconds.items()
    }


def _told(notes: Iterable[Note], summary: dict[str, Any]) -> Iterable[str]:
    for note in notes:
        if note["kind"] == "told":
            yield f"{note['name']:48} {note['value']}"
    yield ""
    for name, value in summary.items():
        if name != "webhook_ms":
            yield f"{name:28} {value}"
    for broker, figures in summary["webhook_ms"].items():
        yield f"webhook, broker {broker:12} {figures}"


def _round(only: list[str]) -> tuple[list[Note], int]:
    """One round on a helpline of its own; what was noted, and pytest's exit status."""
    names = " or ".join(f"f{int(name[1:]):02}" for name in only or KNOWN)
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / "figures"
        command = [sys.executable, "-m", "pytest", "-q", "-k", names]
        command += ["tests/faults", "tests/intake", "tests/helpline"]
        env = {"AMAAN_SOAK": FULL_LENGTH, **os.environ, "AMAAN_FIGURES": str(figures)}
        done = subprocess.run(command, cwd=ROOT, env=env, stdout=sys.stderr, check=False)
        lines = figures.read_text().splitlines() if figures.exists() else []
    return [json.loads(line) for line in lines], done.returncode


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30, help="how long (default: 30)")
    parser.add_argument("--only", default="", help="faults by name, such as F5,F27")
    asked = parser.parse_args()
    asked.only = [name.strip().upper() for name in asked.only.split(",") if name.strip()]
    if unknown := [name for name in asked.only if name not in KNOWN]:
        parser.error(f"not among {', '.join(KNOWN)}: {', '.join(unknown)}")
    return asked


if __name__ == "__main__":
    sys.exit(main())
