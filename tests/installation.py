"""A scratch installation for tests: its environment and servers, and a guard that removes it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from helpline.embedded import default_path
from helpline.embedded.home import Home, free_port
from tests.counterparts import SECRETS

ROOT = Path(__file__).resolve().parents[1]
# What the surrounding environment says of other installations must not reach this one.
OURS = (
    *("DATABASE_", "REDIS_URL", "SECRET_KEY", "AMAAN_", "PRODUCTION", "PRACTICE", "WORLD_", "HOST"),
    *("TWILIO_", "META_", "IWF_", "MAIL_", "EMAIL_", "DEFAULT_FROM_EMAIL", "DJANGO_"),
    "PUBLIC_BASE_URL",
)
# Prints the environment that `script/start` gives every process.
COMPLETE = (
    "import os; from helpline import embedded, local;"
    "env = local.environment({**os.environ, **embedded.ensure()});"
    "print('\\0'.join(f'{name}={value}' for name, value in env.items()))"
)


def share_programs(home: Home) -> None:
    """Use the servers' programs that the tests' own installation copied already."""
    known = default_path() / "programs"
    if home.account is not None and known.is_dir():
        (home.path / "programs").symlink_to(known)


def environment(home: Path) -> dict[str, str]:
    """The whole environment of the desk's processes; starts its servers."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    (home / "tmp").mkdir()
    wishes = SECRETS | {
        "AMAAN_HOME": str(home),
        "PORT": str(free_port()),
        "MAIL_DOOR_PORT": str(free_port()),
        "WORLD_PORT": str(free_port()),
        "WORLD_SMTP_PORT": str(free_port()),
        "WORLD_STATUS_DELAY": "0.02",
        "SWEEP_SECONDS": "2",
        "HEALTH_TOKEN": "monitoring",
        "TMPDIR": str(home / "tmp"),
    }
    told = subprocess.run(
        [sys.executable, "-c", COMPLETE],
        cwd=ROOT,
        env={**bare, **wishes},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=True,
    ).stdout.decode()
    env = dict(line.split("=", 1) for line in told.strip().split("\0"))
    # `local` keeps ports for the world's address; here they were chosen above.
    world = f"http://127.0.0.1:{env['WORLD_PORT']}"
    return env | {
        "TWILIO_API_BASE": world,
        "META_API_BASE": f"{world}/graph",
        "IWF_REPORT_URL": f"{world}/iwf/report",
        "IWF_LINK_URL": f"{world}/iwf/case",
        "IWF_CHILD_PAGE": f"{world}/iwf/link",
        "EMAIL_PORT": env["WORLD_SMTP_PORT"],
    }


def start_guard(folder: Path) -> subprocess.Popen[bytes]:
    """A process that outlives us by a moment: when our end of its pipe closes, it cleans up."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.installation", str(folder)],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        stdin=subprocess.PIPE,
        start_new_session=True,
    )


def clean_up(folder: Path) -> None:
    """End every process whose command or environment names the folder, then remove it."""
    with suppress(OSError, ValueError, IndexError):  # the database frees its shared memory itself
        os.kill(postmaster(folder / "home"), signal.SIGQUIT)
        time.sleep(0.5)
    named = os.fsencode(folder)
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (path / "cmdline").read_bytes() + (path / "environ").read_bytes()
            if named in words and int(path.name) != os.getpid():
                os.kill(int(path.name), signal.SIGKILL)
    time.sleep(0.3)
    shutil.rmtree(folder, ignore_errors=True)


def postmaster(home: Path) -> int:
    """The process id of a home's PostgreSQL. Raises OSError when it does not run."""
    return int((home / "postgres" / "postmaster.pid").read_text().split()[0])


def descendants(pid: int) -> list[int]:
    """A process and all that it started, itself first."""
    found = [pid]
    for one in found:
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            with suppress(OSError):
                found += [int(child) for child in task.read_text().split()]
    return found


def wrong_clock(shift: str) -> dict[str, str]:
    """The environment in which a program reads a wrong time of day; what it waits for passes.

    Raises LookupError where Debian's package libfaketime is not installed (`script/test` does).
    """
    for path in Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"):
        return {
            "LD_PRELOAD": str(path),
            "FAKETIME": shift,
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }
    raise LookupError("faketime is needed (Debian: apt-get install faketime)")


if __name__ == "__main__":
    sys.stdin.read()
    clean_up(Path(sys.argv[1]))
