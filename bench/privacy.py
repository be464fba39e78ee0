"""`script/bench privacy`: what the second wall and search cost, with cases of years; JSON last."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from bench import desk_of_years
from bench.desk import ROOT, Desk, say, scratch_desk

FEW, MANY = 10_000, 100_000
LEAST = 7_000  # four counsellors' open cases


def main() -> None:
    """Measure with few cases and with many; a smaller `--scale` is for trying the bench itself."""
    asked = argparse.ArgumentParser(prog="script/bench privacy")
    asked.add_argument("--scale", type=float, default=1.0, help="share of the full size")
    scale = asked.parse_args().scale
    say(f"{os.cpu_count()} cores; load before: {os.getloadavg()[0]:.1f}")
    with scratch_desk() as desk:
        told = desk.logs.parent / "told.json"
        _run(desk, "worker", "manage.py", "index_words")  # what the demo wrote, to copy from
        desk_of_years.fill(desk, max(LEAST, int(FEW * scale)))
        _run(desk, "worker", "-m", "bench.searching", "prepare", str(told))
        few = _measure(desk, told)
        desk_of_years.fill(desk, int(MANY * scale))
        many = _measure(desk, told)
    figures = many | {
        "search_p95_ms_10k": few["search_p95_ms"],
        "search_growth": many["search_p95_ms"] / few["search_p95_ms"],
        "load": os.getloadavg()[0],
    }
    told_figures = {name: round(value, 3) for name, value in figures.items()}
    print(json.dumps({"bench": "privacy", **told_figures}))


def _measure(desk: Desk, told: Path) -> dict[str, float]:
    answer = _run(desk, "web", "-m", "bench.searching", "measure", str(told))
    figures: dict[str, float] = json.loads(answer.strip().splitlines()[-1])
    for name, value in figures.items():
        say(f"{name} {value:.2f}")
    return figures


def _run(desk: Desk, role: str, *command: str) -> str:
    """Run one of our programs on the desk as a process of that role; returns what it printed."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**desk.env, "AMAAN_PROCESS": role},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=True,
    )
    return done.stdout.decode()


if __name__ == "__main__":
    main()
