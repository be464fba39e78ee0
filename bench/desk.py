"""A scratch installation to measure: PostgreSQL, Valkey, tables, people and processes."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from helpline.embedded import postgres
from helpline.embedded.home import Home, free_port

ROOT = Path(__file__).resolve().parents[1]
TOKEN = "bench-token"  # noqa: S105 (signs the bench's own webhooks)
# What the environment says of other installations must not reach this one.
_OURS = (
    *("DATABASE_", "REDIS_URL", "SECRET_KEY", "AMAAN_", "PRODUCTION", "PRACTICE", "HOST", "PORT"),
    *("TWILIO_", "META_", "IWF_", "MAIL_", "EMAIL_", "DJANGO_", "PUBLIC_BASE_URL"),
)
# Prints the environment that `script/start` gives every process.
_COMPLETE = (
    "import os; from helpline import embedded, local;"
    "env = local.environment({**os.environ, **embedded.ensure()});"
    "print('\\0'.join(f'{name}={value}' for name, value in env.items()))"
)


class Desk:
    """One installation in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.home = Home.open(folder / "home")
        self.logs = folder / "logs"
        self.logs.mkdir()
        self.port, self.mail_port = free_port(), free_port()
        bare = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        wishes = {
            "AMAAN_HOME": str(self.home.path),
            "PRACTICE": "0",
            "PORT": str(self.port),
            "MAIL_DOOR_PORT": str(self.mail_port),
            "MAIL_REPLY_DOMAIN": "helpline.example",
            "DEFAULT_FROM_EMAIL": "hello@helpline.example",
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_WHATSAPP_FROM": "whatsapp:+15005550006",
        }
        told = subprocess.run(
            [sys.executable, "-c", _COMPLETE],
            cwd=ROOT,
            env={**bare, **wishes},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            check=True,
        ).stdout.decode()
        self.env = dict(line.split("=", 1) for line in told.strip().split("\0"))
        self.running: list[subprocess.Popen[bytes]] = []

    def manage(self, *command: str) -> None:
        """A management command, as the owner."""
        self._run([sys.executable, "manage.py", *command], "owner")

    def start(self, name: str, command: list[str], role: str) -> subprocess.Popen[bytes]:
        """A process of the desk's; its output is kept until the end."""
        with (self.logs / f"{name}.log").open("ab") as log:
            made = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**self.env, "AMAAN_PROCESS": role},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.running.append(made)
        return made

    def start_web(self) -> None:
        """The web process as `helpline.local` starts it, with the bare view beside the product."""
        command = [sys.executable, "-m", "uvicorn", "bench.asgi:application", "--lifespan=off"]
        command += ["--host=127.0.0.1", f"--port={self.port}", "--no-access-log"]
        command += ["--no-server-header"]
        self.start("web", command, "web")
        wait_for_port(self.port)

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        """Have one process end, and everything it started."""
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    def stop_all(self) -> None:
        """Have every process end; the servers stay."""
        for process in self.running:
            self.stop(process)
        self.running.clear()

    def database(self, name: str = "amaan") -> psycopg.Connection:
        """A connection that no rule hides rows from, for filling and for counting."""
        return psycopg.connect(
            host="127.0.0.1",
            port=self.home.remembered()["port_postgres"],
            user=postgres.ADMIN,
            password=self.home.password(postgres.ADMIN),
            dbname=name,
            autocommit=True,
        )

    def database_cpu(self) -> float:
        """The processors' time PostgreSQL has taken so far, in seconds (Linux)."""
        pid = (self.home.path / "postgres" / "postmaster.pid").read_text().split()[0]
        ticks = 0
        for path in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                facts = path.read_text().rpartition(") ")[2].split()
                own, of_children = facts[11:13], facts[13:15]
                if path.parent.name == pid:
                    ticks += sum(map(int, own + of_children))
                elif facts[1] == pid:
                    ticks += sum(map(int, own))
        return ticks / os.sysconf("SC_CLK_TCK")

    def complaints(self) -> str:
        """The ends of all logs."""
        return "\n".join(f"== {log.name}\n{log.read_text()[-1500:]}" for log in self.logs.iterdir())

    def close(self) -> None:
        """End everything."""
        self.stop_all()
        self._run([sys.executable, "-m", "helpline.embedded", "stop"], "owner")

    def _run(self, command: list[str], role: str) -> None:
        subprocess.run(
            command,
            cwd=ROOT,
            env={**self.env, "AMAAN_PROCESS": role},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=True,
        )


@contextmanager
def scratch_desk() -> Iterator[Desk]:
    """An installation that is gone afterwards; its logs are printed when something fails."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as Ctrl-C: with the cleaning up
    folder = Path(tempfile.mkdtemp(prefix="amaan-bench-"))
    folder.chmod(0o711)
    desk = Desk(folder)
    try:
        desk.manage("prepare")
        desk.manage("demo")
        yield desk
    except BaseException:
        print(desk.complaints(), file=sys.stderr)
        raise
    finally:
        desk.close()
        shutil.rmtree(folder, ignore_errors=True)


def say(text: str) -> None:
    """One line of progress, at once."""
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def wait_for_port(port: int, seconds: float = 60) -> None:
    """Wait until something listens. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise TimeoutError(f"nothing listens on {port}")
