"""The record cannot be changed without showing it: chain, anchors, and who may write what."""
# ruff: noqa: S608 (the statements are those of a thief, written here)

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction
from pytest_django import Settings

from accounts.models import Team, User
from privacy import anchors, audit, chain, retention
from privacy.access import acting
from privacy.clock import database_now
from privacy.models import AuditEvent, AuditLink, Due, Folder
from tests import people
from tests.privacy.roles import connected


@pytest.fixture
def anchored(tmp_path: Path, settings: Settings) -> Path:
    """Where anchors are written in this test, with a key of its own."""
    key = tmp_path / "anchor.key"
    key.write_text("AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=")
    settings.AMAAN_ANCHOR_FILE = str(tmp_path / "elsewhere.anchors")
    settings.AMAAN_ANCHOR_KEY_FILE = str(key)
    return Path(settings.AMAAN_ANCHOR_FILE)


def _write(count: int, by: User) -> None:
    with acting(user=by):
        for _ in range(count):
            audit.record("test")


def _anchor() -> None:
    """An anchor now, however old the last one is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(anchors, "EVERY", timedelta())
        assert anchors.write_if_due()


def _as_a_thief(*statements: str) -> None:
    """What somebody does who owns the database: nothing refuses them any more."""
    with connection.cursor() as cursor:
        for table in ("privacy_auditevent", "privacy_auditlink"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        for statement in statements:
            cursor.execute(statement)


def _stamp_anew(count: int) -> None:
    """Make every link fit again, from the first."""
    digest = chain.START
    for link in AuditLink.objects.order_by("seq")[:count]:
        digest = chain._digest(digest, link.event)
        _as_a_thief(f"UPDATE privacy_auditlink SET digest = '{digest}' WHERE seq = {link.seq}")


def test_d4_events_are_chained_and_the_chain_holds(amina: User) -> None:
    _write(5, amina)
    chain.chain()
    assert not chain.waiting(everything=True).exists()
    verdict = chain.verify()
    assert verdict.whole
    assert verdict.sound == AuditEvent.objects.count()
    assert chain.chain() == 0


EVENT = "(SELECT event_id FROM privacy_auditlink WHERE seq = 4)"
SHIFT_UP = "UPDATE privacy_auditlink SET seq = -seq - 1 WHERE seq >= 4"
TURN = "UPDATE privacy_auditlink SET seq = -seq WHERE seq < 0"
FORGE = (
    "INSERT INTO privacy_auditevent"
    " (id, at, actor_kind, actor, verb, subject, classes, reason)"
    " SELECT '00000000-0000-4000-8000-000000000000', at, actor_kind, actor, verb, '', '', ''"
    f" FROM privacy_auditevent WHERE id = {EVENT}"
)
TAMPERING = {
    "edit": ((f"UPDATE privacy_auditevent SET verb = 'x' WHERE id = {EVENT}",), "changed"),
    "delete an event": ((f"DELETE FROM privacy_auditevent WHERE id = {EVENT}",), "missing"),
    "delete both": (
        (
            f"DELETE FROM privacy_auditevent WHERE id = {EVENT}",
            "DELETE FROM privacy_auditlink WHERE seq = 4",
        ),
        "out_of_order",
    ),
    "delete both and close the gap": (
        (
            f"DELETE FROM privacy_auditevent WHERE id = {EVENT}",
            "DELETE FROM privacy_auditlink WHERE seq = 4",
            "UPDATE privacy_auditlink SET seq = 1 - seq WHERE seq > 4",
            TURN,
        ),
        "changed",
    ),
    "reorder": (
        (
            "UPDATE privacy_auditlink SET seq = -4 WHERE seq = 5",
            "UPDATE privacy_auditlink SET seq = 5 WHERE seq = 4",
            TURN,
        ),
        "changed",
    ),
    "insert": (
        (
            SHIFT_UP,
            TURN,
            FORGE.replace("seq = 4", "seq = 5"),
            "INSERT INTO privacy_auditlink (seq, event_id, digest)"
            " SELECT 4, '00000000-0000-4000-8000-000000000000', digest"
            " FROM privacy_auditlink WHERE seq = 5",
        ),
        "changed",
    ),
}


@pytest.mark.parametrize("how", TAMPERING)
def test_d4_verify_names_the_first_bad_row(amina: User, how: str) -> None:
    _write(6, amina)
    chain.chain()
    statements, why = TAMPERING[how]
    _as_a_thief(*statements)
    verdict = chain.verify()
    assert (verdict.broken_at, verdict.why, verdict.sound) == (4, why, 3)


def test_d4_rows_cut_off_at_the_end_are_missed_by_their_anchor(amina: User, anchored: Path) -> None:
    _write(6, amina)
    _anchor()
    count, _head = chain.head()
    _as_a_thief(
        f"DELETE FROM privacy_auditevent WHERE id IN (SELECT event_id FROM privacy_auditlink"
        f" WHERE seq > {count - 2})",
        f"DELETE FROM privacy_auditlink WHERE seq > {count - 2}",
    )
    assert chain.verify().whole  # by itself it looks whole
    with pytest.raises(CommandError, match=f"row {count - 1}: the links end before"):
        call_command("audit", "verify", anchors=anchored)


def test_d4_a_chain_made_anew_does_not_fit_its_anchors(amina: User, anchored: Path) -> None:
    _write(3, amina)
    _anchor()
    first, _head = chain.head()
    _write(3, amina)
    _anchor()
    _as_a_thief(
        f"UPDATE privacy_auditevent SET verb = 'x' WHERE id ="
        f" (SELECT event_id FROM privacy_auditlink WHERE seq = {first + 2})"
    )
    _stamp_anew(100)
    assert chain.verify().whole
    with pytest.raises(CommandError, match=f"row {first + 1}: the links were made anew"):
        call_command("audit", "verify", anchors=anchored)


def test_d4_an_event_written_in_later_and_dated_back_is_named(amina: User, anchored: Path) -> None:
    _write(2, amina)
    _anchor()
    count, _head = chain.head()
    with acting(user=amina):
        AuditEvent(
            at=database_now() - timedelta(hours=3),
            actor_kind="person",
            actor=str(amina.pk),
            verb="test",
        ).save(force_insert=True)
    chain.chain(everything=True)
    with pytest.raises(CommandError, match=f"row {count + 1}: the event was written later"):
        call_command("audit", "verify", anchors=anchored)


@pytest.mark.parametrize("how", ["changed", "left out", "another key"])
def test_d4_an_anchor_that_was_meddled_with_does_not_hold(
    amina: User, anchored: Path, tmp_path: Path, how: str
) -> None:
    for _ in range(3):
        _write(1, amina)
        _anchor()
    lines = anchored.read_bytes().split(b"\n")
    second = next(place for place, line in enumerate(lines) if b'"count"' in line) + 2
    if how == "changed":
        lines[second] = lines[second].replace(b'"head": "', b'"head": "0')
    if how == "left out":
        del lines[second]
    if how == "another key":
        other = tmp_path / "anchor.key"
        other.write_text("ISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+P0A=")
        _anchor()
    else:
        anchored.write_bytes(b"\n".join(lines))
    with pytest.raises(CommandError, match="does not hold"):
        call_command("audit", "verify", anchors=anchored)


def test_d4_an_anchor_is_written_every_five_minutes_and_survives_a_cut_line(
    amina: User, anchored: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert anchors.write_if_due()
    assert not anchors.write_if_due()
    assert timedelta(minutes=5) == anchors.EVERY
    with anchored.open("ab") as file:
        file.write(b'{"count": 7, "he')  # the power went
    _write(2, amina)
    _anchor()
    call_command("audit", "verify", anchors=anchored)
    assert "2 anchors hold" in capsys.readouterr().out


def test_d6_the_record_stays_whole_when_a_person_is_forgotten(amina: User, team: Team) -> None:
    case = people.case_of(amina, team=team, summary="words")
    with acting(user=amina):
        audit.note_viewed(case.folder_id)
    chain.chain()
    with acting(part="forgetting"):
        for due in Due.objects.filter(folder=case.folder_id):
            retention.forget(due)
        retention.destroy(Folder.objects.get(pk=case.folder_id))
    chain.chain()
    assert AuditEvent.objects.filter(verb="destroyed", folder=case.folder_id).exists()
    verdict = chain.verify()
    assert verdict.whole
    assert verdict.sound == AuditEvent.objects.count()


@pytest.mark.django_db(transaction=True)
def test_d5_fifty_writers_at_once_give_one_unbroken_chain(amina: User) -> None:
    before = AuditEvent.objects.count()

    def write(_number: int) -> None:
        try:
            with acting(user=amina):
                audit.record("test")
                audit.record("test")
        finally:
            connections.close_all()

    def chained(_number: int) -> int:
        try:
            return chain.chain()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(50) as many, ThreadPoolExecutor(3) as few:
        writing = many.map(write, range(50))
        counts = list(few.map(chained, range(12)))
        list(writing)
    counts.append(chain.chain(everything=True))
    assert sum(counts) == AuditLink.objects.count() == before + 100
    assert chain.verify() == chain.Verdict(before + 100)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("killed", ["who writes events", "who writes links"])
def test_d5_a_killed_writer_leaves_no_gap(amina: User, killed: str) -> None:
    _write(3, amina)
    chain.chain(limit=2)
    role, statement = {
        "who writes events": ("web", FORGE),
        "who writes links": (
            "audit",
            "INSERT INTO privacy_auditlink (seq, event_id, digest)"
            " SELECT 3, id, 'half done' FROM privacy_auditevent e WHERE NOT EXISTS"
            " (SELECT FROM privacy_auditlink l WHERE l.event_id = e.id) LIMIT 1",
        ),
    }[killed]
    with connected(role) as raw:
        raw.execute(statement.replace("seq = 4", "seq = 1"))
        pid = raw.info.backend_pid
        _kill(raw, pid)
    chain.chain(everything=True)
    assert chain.verify() == chain.Verdict(AuditEvent.objects.count())


def _kill(raw: "psycopg.Connection[Any]", pid: int) -> None:
    """The process of this connection ends as if its power went: its role may say so itself."""
    with connected("web" if raw.info.user.endswith("web") else "audit") as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    with pytest.raises(psycopg.OperationalError):
        raw.execute("SELECT 1")
    raw.close()


def test_d3_a_row_is_neither_changed_nor_deleted_even_by_the_owner(amina: User) -> None:
    _write(1, amina)
    chain.chain()
    for table in ("privacy_auditevent", "privacy_auditlink"):
        column = "verb" if table.endswith("event") else "digest"
        for statement in (f"UPDATE {table} SET {column} = 'x'", f"DELETE FROM {table}"):
            _refused(statement)


def test_d3_the_owner_does_not_empty_the_record_either(amina: User) -> None:
    _write(1, amina)
    with connection.cursor() as cursor:  # off in tests, which empty tables (conftest.py)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("privacy_auditevent", "privacy_auditlink"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER never_emptied")
    _refused("TRUNCATE privacy_auditevent CASCADE")
    _refused("TRUNCATE privacy_auditlink")


def _refused(statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
