"""What is left of a case in the databases, seen past every rule; and how a year passes."""

from __future__ import annotations

import subprocess
import sys

from tests.installation import ROOT
from tests.processes import Desk

PERSONAL = ["contact", "identity", "narrative", "content_locator", "legal", "staff_private"]


def folders_of(desk: Desk, path: str) -> list[str]:
    """The folders of a case, by its address: its own and those of its conversations."""
    key = path.strip("/").split("/")[1]
    found = desk.rows(
        "SELECT folder_id FROM cases_case WHERE id = %s UNION SELECT c.folder_id"
        " FROM cases_caseconversation l JOIN intake_conversation c ON c.id = l.conversation_id"
        " WHERE l.case_id = %s",
        key,
        key,
    )
    return [str(folder) for (folder,) in found]


def days_left(desk: Desk, folders: list[str]) -> dict[str, int]:
    """In how many days each class of these folders is forgotten."""
    return dict(
        desk.rows(
            'SELECT data_class, min("on" - current_date) FROM privacy_due'
            " WHERE folder_id = ANY(%s::uuid[]) GROUP BY 1",
            folders,
        )
    )


def a_year_passes(desk: Desk, folders: list[str]) -> None:
    """Move what was written in the calendar: nobody waits three years in a test."""
    with desk.database() as database:
        database.execute(
            'UPDATE privacy_due SET "on" = current_date - 1'
            " WHERE folder_id = ANY(%s::uuid[]) AND data_class = ANY(%s)",
            [folders, PERSONAL],
        )
        database.execute(
            "UPDATE reference_dailyfact"
            " SET day = day - (current_date - date_trunc('month', current_date)::date + 1)"
        )


def forget_what_is_due(desk: Desk, folders: list[str]) -> None:
    """Ring for the nightly task before its hour, and wait until the worker has done it."""
    subprocess.run(
        [sys.executable, "-m", "celery", "-A", "helpline", "call", "privacy.tasks.forget"],
        cwd=ROOT,
        env={**desk.env, "AMAAN_PROCESS": "worker"},
        check=True,
        capture_output=True,
    )
    left = (
        "SELECT id FROM privacy_due WHERE folder_id = ANY(%s::uuid[]) AND data_class = ANY(%s)"
        " AND forgotten_at IS NULL"
    )
    desk.wait_for(lambda: not desk.rows(left, folders, PERSONAL), 60)


def readable(desk: Desk, folders: list[str]) -> int:
    """How many sealed values of these folders are in the database, and keys that open them."""
    # A key of the class "secret" lives as long as its thing: a partner's link, which has ended.
    with desk.database("amaan_keys") as database:
        ((keys,),) = database.execute(
            "SELECT count(*) FROM privacy_datakey WHERE folder = ANY(%s::uuid[])"
            " AND wrapped IS NOT NULL AND data_class <> 'secret'",
            [folders],
        ).fetchall()
    values = 0
    columns = desk.rows(
        "SELECT a.attrelid::regclass::text, quote_ident(a.attname) FROM pg_attribute a"
        " JOIN pg_attribute f ON f.attrelid = a.attrelid AND f.attname = 'folder_id'"
        " JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r'"
        " WHERE a.atttypid = 'bytea'::regtype AND col_description(a.attrelid, a.attnum) = ANY(%s)",
        PERSONAL,
    )
    assert len(columns) > 10
    for table, column in columns:
        ((count,),) = desk.rows(
            f"SELECT count({column}) FROM {table} WHERE folder_id = ANY(%s::uuid[])",  # noqa: S608
            folders,
        )
        values += count
    return int(keys) + values
