"""How many arrivals a second two workers turn into messages, with few and with many stored."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg

from bench.desk import Desk, say

WORKERS = 2
ARRIVALS = 3000  # of one measurement; every second one is from somebody who wrote before
PATIENCE = 300.0  # seconds


def warm(desk: Desk) -> None:
    """People write for the first and the second time, so that there are rows of both kinds.

    What the doors' measurements left waiting is nobody's, and goes.
    """
    with desk.database() as database:
        database.execute("DELETE FROM intake_inboundevent WHERE state = 'waiting'")
    for known in ("0", "1"):
        _put(desk, "warm", 200, known)
        _work(desk)


@dataclass
class Speed:
    """Arrivals a second, and the processors' milliseconds that one costs (database included)."""

    per_second: float
    cost_ms: float


def measure(desk: Desk, name: str, *, arrivals: int = ARRIVALS) -> Speed:
    """Half from new senders, half from senders who wrote once before."""
    _put(desk, f"{name} known", arrivals // 2, "0")
    _work(desk)  # their first message; not measured
    _put(desk, f"{name} known", arrivals // 2, "1")
    _put(desk, f"{name} new", arrivals // 2, "0")
    seconds, spent = _work(desk)
    found = Speed(arrivals / seconds, spent / arrivals * 1000)
    say(f"{name}: {found.per_second:.0f} arrivals a second, {found.cost_ms:.1f} ms of CPU each")
    return found


def _put(desk: Desk, name: str, count: int, turn: str) -> None:
    """Store arrivals as the web process does, sealed; nobody processes them meanwhile."""
    made = desk.start("put", [sys.executable, "-m", "bench.put", name, str(count), turn], "web")
    if made.wait(PATIENCE):
        raise RuntimeError("arrivals could not be stored")


def _work(desk: Desk) -> tuple[float, float]:
    """Have WORKERS processes run the workers' own task until nothing waits.

    Returns how long that took, and the processors' time that it took of them and of PostgreSQL.

    They are started before the clock is: it runs from the moment the first may take an arrival.
    """
    with desk.database() as database:
        database.execute("CHECKPOINT")
        since = datetime.now(UTC)
        database.execute("SELECT pg_advisory_lock(1, 1)")
        command = [sys.executable, "-m", "bench.worker"]
        workers = [desk.start(f"worker {n}", command, "worker") for n in range(WORKERS)]
        _wait(lambda: _waiting_workers(database) == WORKERS)
        before, began = desk.database_cpu(), time.perf_counter()
        database.execute("SELECT pg_advisory_unlock(1, 1)")
        _wait(lambda: not _some_wait(database))
        took = time.perf_counter() - began
        for worker in workers:
            if worker.wait(PATIENCE):
                raise RuntimeError("a worker ended with an error")
        _everything_became_a_message(database, since)
    return took, desk.database_cpu() - before + sum(_cpu_of(desk, n) for n in range(WORKERS))


def _cpu_of(desk: Desk, number: int) -> float:
    """What the last run of a worker said that it cost."""
    return float((desk.logs / f"worker {number}.log").read_text().split()[-1])


def _waiting_workers(database: psycopg.Connection) -> int:
    found = database.execute(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 1 AND NOT granted"
    ).fetchone()
    return int(found[0]) if found else 0


def _some_wait(database: psycopg.Connection) -> bool:
    asked = "SELECT EXISTS (SELECT FROM intake_inboundevent WHERE state = 'waiting')"
    found = database.execute(asked).fetchone()
    return bool(found and found[0])


def _everything_became_a_message(database: psycopg.Connection, since: datetime) -> None:
    """Each arrival is done, has its message, and no step was left unanswered."""
    found = database.execute(
        "SELECT count(*) FROM intake_inboundevent e WHERE done_at > %s AND (state <> 'done'"
        " OR NOT EXISTS (SELECT FROM intake_message m WHERE m.event_id = e.id)"
        " OR NOT EXISTS (SELECT FROM intake_message m JOIN intake_outboundmessage o"
        "  ON o.message_id = m.id WHERE m.conversation_id ="
        "  (SELECT conversation_id FROM intake_message WHERE event_id = e.id)))",
        [since],
    ).fetchone()
    if found is None or found[0]:
        raise RuntimeError(f"{found} arrivals did not become answered messages")


def _wait(fact: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not fact():
        if time.monotonic() > end:
            raise TimeoutError("the workers do not come to an end")
        time.sleep(0.05)
