"""F9, F22, F23, and what starts meanwhile: the database crashes, or its disks are full."""

from __future__ import annotations

import time

import httpx
import psycopg
import pytest

from practice.signing import twilio_signature
from tests.faults import oracle, small_disks
from tests.faults.judging import Report, assert_it_holds, assert_load_holds
from tests.faults.load import Load, under_load
from tests.faults.sending import Post, senders
from tests.leaks import number
from tests.processes import Desk

pytestmark = pytest.mark.faults

AWAY_SECONDS = 3  # a provider hears within this time that it should come again
HOME_SECONDS = 10
ALLOWED = {0, 200, 503}


def assert_it_came_home(load: Load, report: Report, name: str) -> None:
    """No webhook waited long, none was said to be taken that was not, and all is well soon."""
    began = time.monotonic()
    load.desk.wait_until_ready("web")
    report(f"{name}: web well after", f"{time.monotonic() - began:.1f} s")
    assert time.monotonic() - began <= HOME_SECONDS


def test_f09_database_crash(real_desk: Desk, report: Report) -> None:
    mails = oracle.entries(real_desk, "email")
    processes = {name: made.running for name, made in real_desk.processes.items() if made.alive}
    with under_load(real_desk) as load:
        with real_desk.database_down():
            assert_the_telephone_is_refused_soon(real_desk)
            time.sleep(3)
        assert_it_came_home(load, report, "F9")
    report("F9: webhook", load.post.figures())
    assert set(load.post.statuses) <= {200, 503}
    assert 503 in load.post.statuses
    assert max(load.post.seconds) <= 5
    assert set(load.counsellor.statuses) <= {200, 302, 503}
    healed = assert_load_holds(load, mails)
    report("F9: healed in", f"{healed:.1f} s")
    for name, running in processes.items():
        assert running is not None
        assert real_desk.processes[name].running is running, name
        assert running.poll() is None, f"{name} died"


def assert_the_telephone_is_refused_soon(desk: Desk) -> None:
    """While the database is away a call's webhook is answered so that its fallback speaks."""
    form = {"CallSid": "CA" + "0" * 32, "From": number(9500), "CallStatus": "ringing"}
    url = f"{desk.web_url}/hooks/phone/"
    headers = {"X-Twilio-Signature": twilio_signature(url, form, desk.env["TWILIO_AUTH_TOKEN"])}
    began = time.monotonic()
    answer = httpx.post(url, data=form, headers=headers, timeout=15)
    assert answer.status_code == 503
    assert time.monotonic() - began <= AWAY_SECONDS


def test_f09_what_starts_while_the_database_is_away_waits_for_it(real_desk: Desk) -> None:
    post = Post(real_desk, (real_desk.web_url,))
    names = ("web", "mail door", "sweep", "worker")
    assert post.carry(senders(1)[0], "hello")
    for name in names:
        real_desk.kill(name)
    with real_desk.database_down():
        for name in names:
            real_desk.processes[name].start()
        time.sleep(6)
        assert [name for name in names if not real_desk.processes[name].alive] == []
    for name in names:
        real_desk.wait_until_ready(name)
    assert post.carry(senders(1)[0], "hello")
    assert_it_holds(real_desk, post, leaking=False)
    assert [name for name in names if not real_desk.processes[name].alive] == []


def test_f01_what_starts_while_the_broker_is_away_waits_for_it(real_desk: Desk) -> None:
    post = Post(real_desk, (real_desk.web_url,))
    for name in ("sweep", "worker"):
        real_desk.kill(name)
    with real_desk.broker_dead():
        for name in ("sweep", "worker"):
            real_desk.processes[name].start()
        time.sleep(5)
    real_desk.wait_until_ready("sweep")
    real_desk.kill("sweep")
    try:  # now only the bell can bring anything forward
        time.sleep(12)  # after a failure it is silent so long
        assert post.carry(senders(1)[0], "hello")
        real_desk.wait_for(lambda: oracle.arrived(real_desk, post.sent), 30)
    finally:
        real_desk.start("sweep")
    assert_it_holds(real_desk, post, leaking=False)


@pytest.mark.faults_long
def test_f22_the_disk_of_the_arrivals_is_full(real_desk: Desk, report: Report) -> None:
    mails, dead = oracle.entries(real_desk, "email"), oracle.dead(real_desk)
    with small_disks.disk(real_desk, "small", 24) as place, real_desk.database() as admin:
        admin.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
        admin.execute("VACUUM FULL intake_inboundevent")  # no room is left in its pages
        admin.execute("ALTER TABLE intake_inboundevent SET TABLESPACE small")
        try:
            with under_load(real_desk) as load:
                with small_disks.full(place):
                    time.sleep(5)
                    assert load.counsellor.look("/") == 200  # reads go on
                real_desk.wait_for(lambda: load.post.statuses[-1] == 200, HOME_SECONDS)
            report("F22: webhook", load.post.figures())
            assert set(load.post.statuses) <= {200, 503}
            assert 503 in load.post.statuses  # refused, and not taken and lost
            healed = assert_load_holds(load, mails)
            assert oracle.dead(real_desk) == dead
            report("F22: healed in", f"{healed:.1f} s")
        finally:
            admin.execute("ALTER TABLE intake_inboundevent SET TABLESPACE pg_default")
            admin.execute("DROP TABLESPACE small")


@pytest.mark.faults_long
def test_f23_the_disk_of_the_log_is_full(real_desk: Desk, report: Report) -> None:
    mails = oracle.entries(real_desk, "email")
    with small_disks.disk(real_desk, "log", 320) as place, small_disks.log_on(real_desk, place):
        real_desk.wait_until_ready("web")
        with under_load(real_desk) as load:
            with small_disks.full(place):
                write_until_it_panics(real_desk)
                time.sleep(3)
            real_desk.power_on([])  # room again: the database starts, and has forgotten nothing
            assert_it_came_home(load, report, "F23")
            with real_desk.database() as admin:
                admin.execute("DROP TABLE oracle_filler")
        report("F23: webhook", load.post.figures())
        assert set(load.post.statuses) <= ALLOWED
        healed = assert_load_holds(load, mails)
        report("F23: healed in", f"{healed:.1f} s")


def write_until_it_panics(desk: Desk) -> None:
    """Write what nobody needs until the log has no room: PostgreSQL ends itself then."""
    try:
        with desk.database() as connection:
            connection.execute("SET statement_timeout = '20s'")
            connection.execute("CREATE TABLE oracle_filler (words text)")
            connection.execute(
                "INSERT INTO oracle_filler SELECT repeat(md5(n::text), 30)"
                " FROM generate_series(1, 600000) n"
            )
    except psycopg.Error:
        return
    pytest.fail("the log did not fill: the test proves nothing")


def test_f11_when_connections_run_out_arrivals_are_stored_all_the_same(real_desk: Desk) -> None:
    post = Post(real_desk, (real_desk.web_url,))
    real_desk.kill("web")  # its pool is empty: what it needs, it must get now
    idle = all_there_are(real_desk)
    try:
        real_desk.start("web")
        post.crowd(senders(24), 1, at_once=8, pause=0)
        assert set(post.statuses) == {200}
    finally:
        for one in idle:
            one.close()
    assert len(idle) > 10
    assert_it_holds(real_desk, post, leaking=False)


def all_there_are(desk: Desk) -> list[psycopg.Connection]:
    """Every connection that a worker can have."""
    idle: list[psycopg.Connection] = []
    for _ in range(200):
        try:
            idle.append(worker_connection(desk))
        except psycopg.OperationalError:
            return idle
    pytest.fail("there are always more")


def worker_connection(desk: Desk) -> psycopg.Connection:
    """A connection as the workers have it."""
    return psycopg.connect(
        host="127.0.0.1",
        port=desk.home.remembered()["port_postgres"],
        user="amaan_worker",
        password=desk.home.password("amaan_worker"),
        dbname="amaan",
        connect_timeout=5,
    )
