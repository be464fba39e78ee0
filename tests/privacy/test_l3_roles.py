"""Each process has a database role of its own, which may do exactly its work."""
# ruff: noqa: S608 (the statements are those of somebody who holds a role's password)

import os
from typing import Any, Final
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection

from privacy.wall import case_models
from tests.privacy.roles import URLS, connected

pytestmark = pytest.mark.django_db

ROLES: Final = tuple(URLS)
EVENTS, LINKS = "privacy_auditevent", "privacy_auditlink"
ROW: Final = (
    f"INSERT INTO {EVENTS} (id, at, actor_kind, actor, verb, subject, classes, reason)"
    " VALUES (gen_random_uuid(), now(), 'part', 'triage', 'test', '', '', '')"
)
LINK: Final = f"INSERT INTO {LINKS} (seq, event_id, digest) VALUES (999, gen_random_uuid(), 'x')"

# Who may write what of the record; everything that is not here is refused.
MAY: Final = {
    ROW: {"web", "worker"},
    LINK: {"audit"},
    f"SELECT count(*) FROM {EVENTS}": {"web", "worker", "audit", "backup"},
    f"SELECT count(*) FROM {LINKS}": {"web", "worker", "audit", "backup"},
    "SELECT count(*) FROM insight_publishedfigure": {"web", "worker", "stats", "backup"},
    "SELECT count(*) FROM accounts_user": {"web", "worker", "backup"},
    "SELECT count(*) FROM reference_dailyfact": {"web", "worker", "backup"},
    "SELECT count(*) FROM cases_case": {"web", "worker", "backup"},
    "DELETE FROM intake_message": {"worker"},
    "DELETE FROM cases_case": {"worker"},
}
NOBODY: Final = (
    *(
        f"UPDATE {table} SET {column} = 'x'"
        for table, column in ((EVENTS, "verb"), (LINKS, "digest"))
    ),
    *(f"DELETE FROM {table}" for table in (EVENTS, LINKS)),
    *(f"TRUNCATE {table}" for table in (EVENTS, LINKS, "cases_case", "intake_message")),
    *(f"DROP TABLE {table}" for table in (EVENTS, LINKS, "cases_case")),
    *(f"ALTER TABLE {table} DISABLE TRIGGER ALL" for table in (EVENTS, LINKS)),
    f"ALTER TABLE {EVENTS} DISABLE TRIGGER never_emptied",
    f"DROP TRIGGER append_only ON {EVENTS}",
    "DROP FUNCTION privacy_append_only() CASCADE",
    "CREATE OR REPLACE FUNCTION privacy_append_only() RETURNS trigger LANGUAGE plpgsql"
    " AS $$ BEGIN RETURN NEW; END $$",
    "SET session_replication_role = replica",  # would silence triggers
    "ALTER TABLE cases_case DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE cases_case NO FORCE ROW LEVEL SECURITY",
    "CREATE TABLE mine (x int)",
    "COPY (SELECT 1) TO PROGRAM 'cat'",
    "SELECT pg_read_file('postgresql.conf')",
    "SET ROLE amaan_owner",
)


@pytest.mark.parametrize("role", ROLES)
def test_l3_each_role_may_do_its_work_and_no_other_roles(role: str) -> None:
    with connected(role) as raw:
        allowed = {statement for statement in MAY if _works(raw, statement)}
    assert allowed == {statement for statement, roles in MAY.items() if role in roles}


@pytest.mark.parametrize("role", ROLES)
def test_d3_no_role_of_a_process_changes_empties_or_disarms_the_record(role: str) -> None:
    with connected(role) as raw:
        assert [statement for statement in NOBODY if _works(raw, statement)] == []


@pytest.mark.parametrize("role", ROLES)
def test_l3_no_role_becomes_another_or_passes_the_wall(role: str) -> None:
    others = [other for other in (*ROLES, "owner", "admin") if other != role]
    with connected(role) as raw:
        assert not any(_works(raw, f"SET ROLE amaan_{other}") for other in others)
        powers = raw.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls"
            " FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        owned = raw.execute(
            "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner"
            " WHERE r.rolname = current_user"
        ).fetchone()
    assert powers == (False, False, False, False, role == "backup")
    assert owned == (0,)


@pytest.mark.parametrize(
    ("role", "tables"),
    [
        ("audit", {(EVENTS, "SELECT"), (LINKS, "SELECT"), (LINKS, "INSERT")}),
        ("stats", {("insight_publishedfigure", "SELECT")}),
    ],
)
def test_l3_what_chains_and_what_counts_reach_exactly_their_tables(
    role: str, tables: set[tuple[str, str]]
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, privilege_type FROM information_schema.role_table_grants"
            " WHERE grantee = %s",
            [f"amaan_{role}"],
        )
        assert set(cursor.fetchall()) == tables


def test_l3_the_backup_reads_every_row_and_writes_none() -> None:
    with connected("backup") as raw:
        for model in case_models():
            table = model._meta.db_table
            assert _works(raw, f"SELECT count(*) FROM {table}")
            assert not _works(raw, f"DELETE FROM {table}")


@pytest.mark.parametrize("role", ["audit", "stats"])
def test_l3_who_chains_or_counts_does_not_even_enter_the_database_of_keys(role: str) -> None:
    url = urlsplit(os.environ[URLS[role]])
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(
            host=url.hostname,
            port=url.port,
            user=url.username,
            password=url.password,
            dbname="amaan_keys",
        )


def test_l3_no_view_of_ours_looks_past_the_wall() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('v', 'm')"
            " AND relnamespace = 'public'::regnamespace"
            " AND NOT coalesce(reloptions::text LIKE '%security_invoker=true%', false)"
        )
        assert cursor.fetchall() == []


def _works(raw: "psycopg.Connection[Any]", statement: str) -> bool:
    """Whether the role may run this; what it did is taken back. Another fault than that fails."""
    try:
        raw.execute(statement)
    except psycopg.errors.InsufficientPrivilege:
        return False
    except psycopg.errors.ForeignKeyViolation:
        return True  # it was let in, and stumbled over another table
    finally:
        raw.rollback()
    return True
