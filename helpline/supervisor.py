"""Starts and keeps the whole helpline on one machine: `script/start` runs this.

Servers, migrations, the second wall, the demo helpline; then web, workers, sweep, the
mail door and, in practice mode, the other side. INT or TERM stops all of it, in order.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NoReturn

from helpline import embedded, local

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
READY_SECONDS = 120
STOP_SECONDS = 20


class Stopped(Exception):
    """INT or TERM arrived."""


class StopAsked:
    """The signals' handler: interrupts what runs, or, inside `later()`, waits for its end."""

    def __init__(self) -> None:
        self.asked = False
        self.waits = False

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        """Raises Stopped, now or at the end of `later()`."""
        self.asked = True
        if not self.waits:
            raise Stopped

    @contextlib.contextmanager
    def later(self) -> Iterator[None]:
        """Let the block finish first."""
        self.waits = True
        yield
        self.waits = False
        if self.asked:
            raise Stopped


_asked = StopAsked()


@dataclass
class Child:
    """One process of the helpline, restarted with growing patience when it dies."""

    name: str
    command: list[str]
    env: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    patience: float = field(default=0.5)

    def start(self) -> None:
        """Start it in its own session: a terminal's Ctrl-C reaches the supervisor only."""
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env=dict(self.env),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_supervisor,  # noqa: PLW1509 (no threads run here)
        )
        self.started_at = time.monotonic()

    def keep(self) -> None:
        """Start it again if it died, waiting longer (0.5 s to 30 s) each time it died young."""
        if self.process is None or self.process.poll() is None:
            return
        lived = time.monotonic() - self.started_at
        if lived > READY_SECONDS:
            self.patience = 0.5
        if lived < self.patience:
            return
        say(f"{self.name} ended; starting it again.")
        self.patience = min(self.patience * 2, 30)
        self.start()

    def ask_to_stop(self) -> None:
        """Send TERM."""
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def end(self) -> None:
        """Wait for the end; after STOP_SECONDS, kill it and everything it started."""
        if self.process is None:
            return
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            say(f"{self.name} does not stop; killing it.")
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def main() -> int:
    """Run until INT or TERM. 0 after an orderly stop, 1 when the start failed."""
    listen_for_stop(_asked)  # explicit: a shell's `&` starts us with INT ignored
    children: list[Child] = []
    try:
        run(children)
    except Stopped:
        return 0
    except (embedded.EmbeddedError, subprocess.CalledProcessError, TimeoutError) as error:
        say(_reason(error))
        return 1
    finally:
        listen_for_stop(signal.SIG_IGN)
        say("Stopping …")
        for child in children:
            child.ask_to_stop()
        for child in children:
            child.end()
        embedded.stop()


def run(children: list[Child]) -> NoReturn:
    """Prepare, start all processes (added to `children`), and keep them alive."""
    env = prepare()
    children += local.children(env, PYTHON, Child)
    for child in children:
        child.start()
    wait_until_ready(children, env)
    welcome(env)
    while True:
        time.sleep(0.5)
        for child in children:
            child.keep()


def listen_for_stop(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    """What happens on Ctrl-C, TERM, or when the terminal goes."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handler)


def prepare() -> dict[str, str]:
    """Servers, tables, wall and (unless PRODUCTION) the demo helpline; returns the environment."""
    say("Starting the database and the bell …")
    with _asked.later():  # a server caught half started would be left behind
        servers = embedded.ensure()
    env = {**os.environ, **servers}
    env = local.environment(env)
    manage(env, "prepare")
    if not local.is_on(env, "PRODUCTION"):
        say("Loading the demo helpline …")
        manage(env, "demo")
    return env


def manage(env: Mapping[str, str], *command: str) -> None:
    """One management command as the owner; raises CalledProcessError if it fails."""
    subprocess.run(
        [PYTHON, "manage.py", *command],
        cwd=ROOT,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        check=True,
    )


def wait_until_ready(children: list[Child], env: Mapping[str, str]) -> None:
    """Until the web process says it is well. Raises TimeoutError after READY_SECONDS."""
    deadline = time.monotonic() + READY_SECONDS
    address = f"http://{env['HOST']}:{env['PORT']}/health/"
    request = urllib.request.Request(address, headers={"Host": local.host_of(env)})
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(request, timeout=2):  # noqa: S310 (our own address)
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        for child in children:
            child.keep()
    raise TimeoutError("The web process did not become ready; its messages are above.")


def welcome(env: Mapping[str, str]) -> None:
    """Tell the person at the terminal where to go and, in a demo, who they can be."""
    say(f"\nAmaan is ready: {env['PUBLIC_BASE_URL']}/")
    if local.is_on(env, "PRACTICE"):
        say(f"Practice desk:  {env['PUBLIC_BASE_URL']}/practice/")
    if not local.is_on(env, "PRODUCTION"):
        manage(env, "demo", "--sign-ins")
    say("Ctrl-C stops everything. Your data stay in " + env["AMAAN_HOME"])


def say(text: str) -> None:
    """One line to the terminal at once, also when it is a pipe or a file."""
    print(text, flush=True)


def _reason(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        return f"`manage.py {error.cmd[2]}` failed; its messages are above."
    return str(error)


def _die_with_supervisor() -> None:
    """A supervisor killed outright takes its children with it (Linux), so none is left behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # 1 = PR_SET_PDEATHSIG


if __name__ == "__main__":
    sys.exit(main())
