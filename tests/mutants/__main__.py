"""What `script/mutants` runs: every break, two at a time; the last line is one JSON object."""

import argparse
import json
import os
import pwd
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from typing import Final

from tests.mutants.catalogue import Mutant, mutants, wrong_with
from tests.mutants.lane import Lane

LANES: Final = 2


def main() -> int:
    """Try the breaks that are asked for; 0 when each was noticed."""
    parser = argparse.ArgumentParser(prog="script/mutants")
    parser.add_argument("only", nargs="*", help="ids, statements or groups; none: all")
    parser.add_argument("--committed", action="store_true", help="the source of the last commit")
    parser.add_argument("--lanes", type=int, default=LANES)
    parser.add_argument("--no-baseline", action="store_true", help="trust that the tests are green")
    asked = parser.parse_args()
    chosen = [one for one in mutants() if not asked.only or {*asked.only} & _names(one)]
    if wrong := [] if asked.committed else wrong_with(chosen):
        print("\n".join(wrong))
        return 2
    lanes = [Lane(_folder(n), committed=asked.committed) for n in range(asked.lanes)]
    try:
        verdicts = _judge(lanes, chosen, baseline=not asked.no_baseline)
    finally:
        for lane in lanes:
            lane.stop()
    survivors = [one.id for one in chosen if verdicts[one.id] != "killed"]
    for name in survivors:
        print(f"not noticed: {name} ({verdicts[name]})")
    killed = len(chosen) - len(survivors)
    print(json.dumps({"mutants": len(chosen), "killed": killed, "survivors": survivors}))
    return 1 if survivors or not chosen else 0


def _names(one: Mutant) -> set[str]:
    return {one.id, one.statement, one.group}


def _folder(n: int) -> Path:
    """Where a lane lies: kept between runs, so that its servers need not be made again."""
    usual = str(Path(tempfile.gettempdir()) / f"amaan-{pwd.getpwuid(os.getuid()).pw_name}")
    return Path(f"{os.environ.get('AMAAN_HOME', usual)}-mutants-{n}")


def _judge(lanes: list[Lane], chosen: list[Mutant], *, baseline: bool) -> dict[str, str]:
    """Each break's verdict. A test that is red without any break can notice none."""
    free: Queue[Lane] = Queue()
    with ThreadPoolExecutor(len(lanes)) as pool:
        list(pool.map(Lane.warm, lanes))
        for lane in lanes:
            free.put(lane)
        red = set(_red(lanes, chosen, pool)) if baseline else set()
        for test in sorted(red):
            print(f"red without any break: {test}", flush=True)
        tried = [one for one in chosen if not red & set(one.tests)]
        verdicts = {one.id: "red already" for one in chosen}
        for number, (one, verdict) in enumerate(
            pool.map(lambda one: _try(free, one), tried), start=1
        ):
            verdicts[one.id] = verdict
            print(f"{number}/{len(tried)} {one.statement} {one.id}: {verdict}", flush=True)
    return verdicts


def _try(free: "Queue[Lane]", one: Mutant) -> tuple[Mutant, str]:
    lane = free.get()
    try:
        return one, lane.try_out(one)
    finally:
        free.put(lane)


def _red(lanes: list[Lane], chosen: list[Mutant], pool: ThreadPoolExecutor) -> list[str]:
    """The named tests that do not pass as things are; each file's run together."""
    tests = sorted({test for one in chosen for test in one.tests})
    half = -(-len(tests) // len(lanes))  # neighbours stay together: they share their worlds
    shares = [tests[n * half : (n + 1) * half] for n in range(len(lanes))]
    began = time.monotonic()
    red: list[str] = []
    for share, ended in zip(shares, pool.map(_run_share, lanes, shares), strict=True):
        for test in share:
            mine = [how for name, how in ended.items() if name.partition("[")[0] == test]
            mine += [ended[test]] if "[" in test and test in ended else []
            if not mine or set(mine) != {"passed"}:
                red.append(test)
    print(f"{len(tests)} tests, {len(red)} red, in {time.monotonic() - began:.0f} s", flush=True)
    return red


def _run_share(lane: Lane, tests: list[str]) -> dict[str, str]:
    return lane.run(tests, longest=None) if tests else {}


if __name__ == "__main__":
    sys.exit(main())
