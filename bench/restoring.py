"""`script/bench restoring`: how long a backup of a desk of years takes, and bringing it back.

The restore is the nightly test's own: open, fill scratch databases, count every row, write the
wall, replay what was erased.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

from bench.desk import ROOT, Desk, say, scratch_desk
from bench.desk_of_years import fill
from privacy import recovery


def main() -> None:
    """The last line is one JSON object: seconds and megabytes."""
    parser = argparse.ArgumentParser(prog="script/bench restoring")
    parser.add_argument("--cases", type=int, default=100_000)
    cases = parser.parse_args().cases
    with scratch_desk() as desk:
        fill(desk, cases)
        _drop_strangers(desk)
        place = desk.home.path / "backups"
        identity = recovery.new_identity()
        recipients = desk.home.path / "recipients"
        recipients.write_text(f"{recovery.recipient_of(identity)} bench\n")
        (desk.home.path / "identity").write_text(identity)
        desk.env |= {"BACKUP_FOLDER": str(place), "BACKUP_RECIPIENTS_FILE": str(recipients)}
        say("backup …")
        made, _told = _timed(desk, "backup", "backup")
        say("restore …")
        back, told = _timed(
            desk, "owner", "restore_test", f"--identity={desk.home.path / 'identity'}"
        )
        report = json.loads(told)
        figures = {
            "cases": cases,
            "rows": report["rows"],
            "sound": report["sound"],
            "backup_seconds": round(made, 1),
            "restore_seconds": round(back, 1),
            "sealed_megabytes": round(_size(place) / 1e6),
        }
    print(json.dumps(figures))


def _drop_strangers(desk: Desk) -> None:
    """The copies' grants name colleagues who are not there: no restore would take them back."""
    with desk.database() as database:
        database.execute("SET session_replication_role = replica")
        database.execute(
            "DELETE FROM privacy_grant WHERE user_id NOT IN (SELECT id FROM accounts_user)"
        )


def _timed(desk: Desk, role: str, *command: str) -> tuple[float, str]:
    """How long a management command takes, and what it says."""
    env = {**desk.env, "AMAAN_PROCESS": role}
    if role == "backup":
        env["AMAAN_MASTER_KEY_FILE"] = ""  # who makes backups has none
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return time.monotonic() - began, done.stdout.strip()


def _size(place: Path) -> int:
    return sum(path.stat().st_size for path in place.rglob("*.age"))


if __name__ == "__main__":
    main()
