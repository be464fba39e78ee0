"""`script/bench entrance`: does the time of an answer tell who has an account? Last line JSON.

Known and unknown addresses take turns, each try from a browser that nobody knows, so that a busy
minute of the machine meets both. Statement A6: the medians differ by a tenth at most.
"""

import argparse
import json
import re
import time
from statistics import median

import httpx

from bench.desk import Desk, say, scratch_desk

PAIRS = 28  # one address may be wrong 60 times in a quarter of an hour
A_MINUTE = 9  # pairs: twenty letters a minute are sent for one address
PATHS = {"sign_in": "/accounts/login/", "reset": "/accounts/password/reset/"}
PASSWORD = "seven quiet herons"  # noqa: S105 (of invented people)
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_PEOPLE = (
    "from accounts.services import create_person\n"
    "for n in range({count}):\n"
    "    create_person(f'c{{n}}@helpline.example', name='C', password='{password}', by=None)"
)


def main() -> None:
    """Both doors, turn by turn."""
    asked = argparse.ArgumentParser(prog="script/bench entrance")
    asked.add_argument("--pairs", type=int, default=PAIRS, help="tries of each kind")
    pairs = asked.parse_args().pairs
    figures: dict[str, float] = {}
    with scratch_desk() as desk:
        desk.manage("shell", "--no-imports", "-c", _PEOPLE.format(count=pairs, password=PASSWORD))
        desk.start_web()
        for door in PATHS:
            known, unknown = _turns(desk, door, pairs)
            figures[f"{door}_known_ms"] = median(known)
            figures[f"{door}_unknown_ms"] = median(unknown)
            figures[f"{door}_ratio"] = median(known) / median(unknown)
            say(f"{door}: known {median(known):.0f} ms, unknown {median(unknown):.0f} ms")
    told = {name: round(value, 3) for name, value in figures.items()}
    print(json.dumps({"bench": "entrance", **told}))


def _turns(desk: Desk, door: str, pairs: int) -> tuple[list[float], list[float]]:
    """Milliseconds of answers to known and to unknown addresses; a few first ones are left out."""
    known, unknown = [], []
    for number in range(pairs):
        if door == "reset" and number and number % A_MINUTE == 0:
            time.sleep(61)
        # Each account once: more tries on one would have to wait.
        known.append(_ask(desk, door, f"c{number}@helpline.example"))
        unknown.append(_ask(desk, door, f"x{number}@helpline.example"))
    return known[5:], unknown[5:]


def _ask(desk: Desk, door: str, address: str) -> float:
    base = f"http://localhost:{desk.port}"
    with httpx.Client(base_url=base, timeout=30) as browser:
        (token,) = _TOKEN.findall(browser.get(PATHS[door]).text)[:1]
        said = {"csrfmiddlewaretoken": token, "login": address, "email": address}
        said["password"] = "not the one of anybody"  # noqa: S105 (as it says)
        began = time.perf_counter()
        answer = browser.post(PATHS[door], data=said)
        took = (time.perf_counter() - began) * 1000
    if answer.status_code not in (200, 302):
        raise RuntimeError(f"{door} answered {answer.status_code}")
    return took


if __name__ == "__main__":
    main()
