"""`script/start` brings up the whole helpline, keeps it up, and takes all of it down again."""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from helpline.embedded.home import free_port

ROOT = Path(__file__).resolve().parents[2]
OURS = (
    *("DATABASE_", "REDIS_URL", "SECRET_KEY", "AMAAN_", "PRODUCTION", "PRACTICE", "WORLD_"),
    *("TWILIO_", "IWF_", "MAIL_", "EMAIL_", "DEFAULT_FROM_EMAIL", "DJANGO_", "PUBLIC_BASE_URL"),
)
READY_SECONDS = 120  # twice what is promised: a test machine does other things too


class Helpline:
    """One `script/start`, its home and its port."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.output = home.with_suffix(".out")
        self.process: subprocess.Popen[bytes] | None = None

    def launch(self) -> None:
        """As a shell's `&` starts it: INT ignored; and without a standard input."""
        bare = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                ["/bin/sh", "-c", "exec 0<&-; exec script/start"],
                cwd=ROOT,
                env={**bare, "AMAAN_HOME": str(self.home), "PORT": str(self.port)},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),  # noqa: PLW1509
            )

    def start(self) -> None:
        """Launch it and wait until it says it is ready."""
        self.launch()
        wait_for(lambda: "Amaan is ready" in self.said() or self.ended(), READY_SECONDS)
        assert not self.ended(), self.said()

    def stop(self, number: int) -> int:
        """Send a signal to the one process a person knows of; its exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(40)

    def said(self) -> str:
        """What the terminal shows so far."""
        return self.output.read_text(errors="replace")

    def ended(self) -> bool:
        """Whether the supervisor is gone."""
        return self.process is None or self.process.poll() is not None

    def get(self, path: str) -> int:
        """Status of a page, 0 while nobody answers."""
        try:
            with urllib.request.urlopen(f"http://localhost:{self.port}{path}", timeout=5) as page:
                return int(page.status)
        except urllib.error.HTTPError as error:
            return error.code
        except (urllib.error.URLError, OSError):
            return 0

    def processes(self) -> dict[int, str]:
        """Every process of this installation: its home is in its environment or arguments."""
        found = {}
        for path in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                state = (path / "stat").read_text().rpartition(")")[2].split()[0]
                words = (path / "cmdline").read_bytes()
                if (
                    state != "Z"
                    and os.fsencode(self.home) in words + (path / "environ").read_bytes()
                ):
                    found[int(path.name)] = words.replace(b"\0", b" ").decode()
        return found

    def database(self) -> str:
        """The owner's address of its database."""
        line = re.search(
            r"^DATABASE_OWNER_URL=(.*)$", (self.home / "service.env").read_text(), re.M
        )
        assert line is not None
        return line[1]


def wait_for(fact: Callable[[], object], seconds: float) -> None:
    """Until the fact is true; fails after so many seconds."""
    deadline = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.2)


@pytest.fixture(scope="module")
def helpline() -> Iterator[Helpline]:
    """A scratch home where the servers' own user may go; whatever is left at the end is killed."""
    folder = Path(tempfile.mkdtemp(prefix="amaan-start-"))
    folder.chmod(0o711)
    made = Helpline(folder / "home")
    yield made
    for pid in made.processes():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    shutil.rmtree(folder)


@pytest.mark.faults
def test_it_starts_heals_and_stops_and_the_data_stay(helpline: Helpline) -> None:
    helpline.start()
    assert helpline.get("/health/") == 200
    assert f"http://localhost:{helpline.port}/" in helpline.said()
    names = " ".join(helpline.processes().values())
    for part in ("uvicorn", "worker", "sweep", "mail_door", "practice.world", "postgres"):
        assert part in names
    with psycopg.connect(helpline.database()) as connection:
        connection.execute("CREATE TABLE stays AS SELECT 7 AS number")

    (web,) = (pid for pid, words in helpline.processes().items() if "uvicorn" in words)
    os.kill(web, signal.SIGKILL)
    wait_for(lambda: helpline.get("/health/") == 200, 30)

    assert helpline.stop(signal.SIGINT) == 0  # though the shell had INT ignored
    assert helpline.processes() == {}
    assert helpline.get("/health/") == 0

    helpline.start()
    with psycopg.connect(helpline.database()) as connection:
        assert connection.execute("SELECT number FROM stays").fetchone() == (7,)
    assert helpline.stop(signal.SIGTERM) == 0
    assert helpline.processes() == {}


@pytest.mark.faults
def test_a_stop_during_the_start_leaves_nothing_behind(helpline: Helpline) -> None:
    helpline.launch()
    wait_for((helpline.home / "postgres" / "postmaster.pid").exists, 30)
    assert helpline.stop(signal.SIGTERM) == 0
    assert "Amaan is ready" not in helpline.said()
    assert helpline.processes() == {}


@pytest.mark.faults
def test_a_taken_port_is_said_plainly(helpline: Helpline) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", helpline.port))
        other.listen()
        helpline.launch()
        wait_for(helpline.ended, 60)
    assert f"Port {helpline.port} is taken" in helpline.said()
    assert helpline.processes() == {}
