"""A running desk: real servers and real processes that a test may kill, freeze and start again.

`real_desk` is one for the whole session, with the demo's people:

    def test_a_message_survives(real_desk):
        with real_desk.broker_frozen():
            real_desk.world.send_whatsapp(leaks.whatsapp(1), leaks.marked("hello"))
        real_desk.kill("worker")          # -9, with everything it started
        real_desk.start("worker")

Processes have the names of `script/start` (web, worker, sweep, mail door, practice world)
and "web 2". What they print is in `desk.logs()`. Whoever stops one starts it again.
"""

from __future__ import annotations

import os
import signal
import smtplib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sized
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, Self

import httpx
import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from helpline import local
from helpline.embedded import postgres, valkey
from helpline.embedded.home import Home, free_port
from tests import leaks
from tests.counterparts import World
from tests.installation import (
    ROOT,
    descendants,
    environment,
    postmaster,
    share_programs,
    start_guard,
    wrong_clock,
)

PATIENCE = float(os.environ.get("AMAAN_PATIENCE", "1"))
STARTED = ("practice world", "web", "mail door", "sweep", "record", "worker")


class Nothing(NamedTuple):
    """True when what was found is nothing; shows what was found."""

    found: Sized

    def __bool__(self) -> bool:
        return not len(self.found)


@dataclass
class Process:
    """One process of the desk, in a session of its own; its output is kept in a file."""

    name: str
    command: list[str]
    env: Mapping[str, str]
    log: Path
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; what it prints is added to its log."""
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=dict(self.env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self.running is not None and self.running.poll() is None

    def signal(self, number: int) -> None:
        """Send a signal to it and to everything it started."""
        if self.running is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.running.pid, number)

    def kill(self) -> None:
        """End it as a power cut does."""
        self.signal(signal.SIGKILL)
        if self.running is not None:
            self.running.wait()


class Desk:
    """One installation in a scratch folder; `guard` removes all of it, whatever becomes of us."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = Home.open(folder / "home")
        self.guard = start_guard(folder)
        share_programs(self.home)
        self.env = environment(self.home.path)
        (folder / "logs").mkdir()
        self.processes = {
            made.name: made for made in local.children(self.env, sys.executable, self._process)
        }
        self.second_url = self._second_web()
        sweep = self.processes["sweep"]
        self.processes["sweep 2"] = self._process("sweep 2", sweep.command, sweep.env)
        self.world = World(int(self.env["WORLD_PORT"]), int(self.env["WORLD_SMTP_PORT"]))
        self.opened_at = datetime.now(UTC)
        self.world.public = self.web_url

    @classmethod
    def open(cls) -> Self:
        """Servers, tables, wall and people, then every process; ready for the first word."""
        folder = Path(tempfile.mkdtemp(prefix="amaan-desk-"))
        folder.chmod(0o711)
        desk = cls(folder)
        try:
            desk.manage("prepare")
            desk.manage("demo")
            for name in STARTED:
                desk.processes[name].start()
            desk.opened_at = desk.rows("SELECT clock_timestamp()")[0][0]
            desk.wait_for(lambda: desk.world.about()["connected"], 30)
            for name in STARTED:
                desk.wait_until_ready(name)
        except BaseException:
            print(desk.logs())
            desk.close()
            raise
        return desk

    @property
    def web_url(self) -> str:
        """Where the web process listens, and what providers sign for."""
        return self.env["PUBLIC_BASE_URL"]

    def manage(self, *command: str, **env: str) -> str:
        """What a management command prints, run as the owner; its complaints are in the logs."""
        with (self.folder / "logs" / "manage.log").open("ab") as log:
            done = subprocess.run(
                [sys.executable, "manage.py", *command],
                cwd=ROOT,
                env={**self.env, "AMAAN_PROCESS": "owner", **env},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                check=False,
            )
        if done.returncode:
            raise RuntimeError(f"manage.py {command[0]} failed:\n{self.logs()}")
        return done.stdout.decode()

    @cached_property
    def password(self) -> str:
        """The one password of the demo's people."""
        told = self.manage("demo", "--sign-ins")
        return told.rpartition("password: ")[2].strip()

    def start(self, name: str) -> None:
        """Start a process that was killed; a door is waited for, and the sweep's first round."""
        heart = self.processes[name].env["SWEEP_HEARTBEAT_FILE"]
        Path(heart).unlink(missing_ok=True)
        self.processes[name].start()
        self.wait_until_ready(name)

    def kill(self, name: str) -> None:
        """Kill -9 a process and everything it started."""
        self.processes[name].kill()

    @contextmanager
    def without(self, name: str) -> Iterator[None]:
        """Work without a process: killed now, started again afterwards."""
        self.kill(name)
        try:
            yield
        finally:
            self.start(name)

    @contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """A process and all it started stand still (SIGSTOP), and go on afterwards."""
        self.processes[name].signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.processes[name].signal(signal.SIGCONT)

    @contextmanager
    def other_clock(self, name: str, shift: str) -> Iterator[None]:
        """A process whose clock is wrong, such as "+3d" (what it waits for passes as ever)."""
        process = self.processes[name]
        right = process.env
        process.kill()
        process.env = {**right, **wrong_clock(shift)}
        self.start(name)
        try:
            yield
        finally:
            process.kill()
            process.env = right
            self.start(name)

    def power_cut(self) -> list[str]:
        """Everything of ours ends at once, servers too; the names of the processes that ran."""
        world = "practice world"  # other people's machines
        ran = [name for name, made in self.processes.items() if made.alive and name != world]
        servers = [*descendants(postmaster(self.home.path)), self._broker()]
        for pid in servers:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for name in ran:
            self.processes[name].signal(signal.SIGKILL)
        for name in ran:
            self.processes[name].kill()
        self.wait_for(lambda: not any(Path(f"/proc/{pid}/exe").exists() for pid in servers), 10)
        return ran

    def power_on(self, names: list[str]) -> None:
        """Servers first, then these processes."""
        with self.home.locked():
            postgres.ensure(self.home)
            valkey.ensure(self.home)
        for name in names:
            self.processes[name].start()
        for name in names:
            self.wait_until_ready(name)

    def broker(self) -> redis.Redis:
        """A connection to the broker."""
        retry = Retry(NoBackoff(), 0)
        return redis.Redis.from_url(self.env["REDIS_URL"], socket_timeout=5, retry=retry)

    @contextmanager
    def broker_frozen(self) -> Iterator[None]:
        """The broker takes connections and says nothing (SIGSTOP)."""
        pid = self._broker()
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    @contextmanager
    def broker_dead(self) -> Iterator[None]:
        """The broker is killed, and afterwards another starts that knows nothing of before."""
        pid = self._broker()
        os.kill(pid, signal.SIGKILL)
        self.wait_for(lambda: not Path(f"/proc/{pid}/exe").exists(), 5)
        try:
            yield
        finally:
            with self.home.locked():
                valkey.ensure(self.home)

    @contextmanager
    def database_down(self) -> Iterator[None]:
        """PostgreSQL ends at once, as in a crash; afterwards it recovers: its log is all it has."""
        pid = postmaster(self.home.path)
        os.kill(pid, signal.SIGQUIT)
        self.wait_for(lambda: not Path(f"/proc/{pid}").exists(), 20)
        try:
            yield
        finally:
            with self.home.locked():
                postgres.ensure(self.home)

    def database(self, name: str = "amaan") -> psycopg.Connection:
        """A connection that no rule hides rows from, for those who check the product."""
        return psycopg.connect(
            host="127.0.0.1",
            port=self.home.remembered()["port_postgres"],
            user=postgres.ADMIN,
            password=self.home.password(postgres.ADMIN),
            dbname=name,
            connect_timeout=5,
            autocommit=True,
        )

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """The answer to one question in SQL."""
        with self.database() as connection:
            return connection.execute(query, values).fetchall()

    def logs(self) -> str:
        """Everything that every process printed, and the servers' own logs."""
        return "\n".join(
            f"== {log.name}\n{log.read_text(errors='replace')}" for log in self.files()
        )

    def files(self) -> list[Path]:
        """The log files there are."""
        servers = (self.home.path / "postgres" / "server.log", self.home.path / "valkey")
        found = [*(self.folder / "logs").iterdir(), servers[0], *servers[1].glob("*.log")]
        return [log for log in found if log.is_file()]

    def wait_for(self, fact: Callable[[], object], seconds: float) -> float:
        """Wait until something is so; returns how many seconds it took, or fails the test.

        A machine that does other things besides is given more time by AMAAN_PATIENCE.
        """
        seconds *= PATIENCE
        began, found = time.monotonic(), None
        while True:
            with suppress(OSError, httpx.HTTPError, psycopg.Error, smtplib.SMTPException):
                found = fact()
                if found:
                    return time.monotonic() - began
            if time.monotonic() - began > seconds:
                logs = self.logs()[-8000:]
                pytest.fail(f"not so within {seconds} s ({found!r}); the logs end:\n{logs}")
            time.sleep(0.05)

    def wait_until_none(self, wrong: Callable[[], Sized], seconds: float) -> float:
        """Wait until a question finds nothing wrong; else the test fails and tells what it is."""
        return self.wait_for(lambda: Nothing(wrong()), seconds)

    def wait_until_ready(self, name: str) -> None:
        """Wait until it answers: a web process with its database, the mail door, the sweep."""
        if name.startswith("web"):
            url = self.second_url if name == "web 2" else self.web_url
            self.wait_for(lambda: httpx.get(f"{url}/health/", timeout=2).status_code == 200, 30)
        elif name == "mail door":
            port = int(self.env["MAIL_DOOR_PORT"])
            self.wait_for(lambda: smtplib.SMTP("127.0.0.1", port, timeout=2).quit(), 30)
        elif name in ("sweep", "record"):
            heart = self.processes[name].env["SWEEP_HEARTBEAT_FILE"]
            self.wait_for(Path(heart).exists, 30)

    def close(self) -> None:
        """Have the guard end everything and remove the folder."""
        self.world.close()
        assert self.guard.stdin is not None
        self.guard.stdin.close()
        self.guard.wait(60)

    def _process(self, name: str, command: list[str], env: Mapping[str, str]) -> Process:
        return Process(name, command, env, self.folder / "logs" / f"{name}.log")

    def _second_web(self) -> str:
        """Another web process beside the first, on a port of its own; returns its address."""
        first, port = self.processes["web"], free_port()
        command = [f"--port={port}" if p.startswith("--port=") else p for p in first.command]
        self.processes["web 2"] = self._process("web 2", command, first.env)
        return f"http://localhost:{port}"

    def _broker(self) -> int:
        return int((self.home.path / "valkey" / "valkey.pid").read_text())


@pytest.fixture(scope="session")
def real_desk() -> Iterator[Desk]:
    """One running desk for all tests that need the real thing."""
    desk = Desk.open()
    yield desk
    try:
        assert leaks.find(desk) == []
    finally:
        desk.close()
