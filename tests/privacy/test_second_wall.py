"""The database itself refuses: a raw connection as the web role, nothing of ours in between."""

import os
import uuid
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import ProgrammingError, connection
from django.db.models import Model

from accounts.models import Team, User
from cases.models import Case, Task
from privacy import wall
from privacy.access import acting, grant
from privacy.models import AuditEvent, Folder, Grant
from privacy.policy import CAPACITIES, PARTS
from tests import people

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def case(amina: User, team: Team) -> Case:
    return people.case_of(amina, team=team, text="words", summary="words")


@pytest.fixture
def web() -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A connection as the web processes have it, to the test's database."""
    url = urlsplit(os.environ["DATABASE_URL"])
    with psycopg.connect(
        host=url.hostname,
        port=url.port,
        user=url.username,
        password=url.password,
        dbname=connection.settings_dict["NAME"],
    ) as raw:
        yield raw


def _count(raw: psycopg.Connection[tuple[object, ...]], table: str) -> object:
    row = raw.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
    assert row
    return row[0]


def _tables() -> list[str]:
    models: list[type[Model]] = [*wall.case_models(), Folder, Grant]
    return [model._meta.db_table for model in models]


def test_c11_a_raw_connection_as_the_web_role_finds_every_case_table_empty(
    case: Case, web: psycopg.Connection[tuple[object, ...]]
) -> None:
    with acting(part="counting"):
        assert Case.objects.count() == 1
    assert {table: _count(web, table) for table in _tables()} == dict.fromkeys(_tables(), 0)


def test_with_amina_as_actor_the_same_connection_sees_her_case_only(
    case: Case, amina: User, ben: User, web: psycopg.Connection[tuple[object, ...]]
) -> None:
    for who, count in ((amina, 1), (ben, 0)):
        web.execute("SELECT set_config('amaan.user', %s, false)", [str(who.pk)])
        assert _count(web, "cases_case") == count
        assert _count(web, "intake_message") == count


def test_c11_the_web_role_owns_nothing_and_bypasses_nothing(
    web: psycopg.Connection[tuple[object, ...]],
) -> None:
    owned = web.execute(
        "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner"
        " WHERE r.rolname = current_user"
    ).fetchone()
    powers = web.execute(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles"
        " WHERE rolname = current_user"
    ).fetchone()
    assert owned == (0,)
    assert powers == (False, False, False, False)


REFUSED = (
    "UPDATE privacy_auditevent SET verb = 'x'",
    "DELETE FROM privacy_auditevent",
    "TRUNCATE privacy_auditevent",
    "INSERT INTO privacy_auditlink (seq, event_id, digest) VALUES (1, gen_random_uuid(), 'x')",
    "DROP TABLE privacy_auditevent",
    "ALTER TABLE privacy_auditevent DISABLE TRIGGER ALL",
    "ALTER TABLE cases_case DISABLE ROW LEVEL SECURITY",
    "TRUNCATE cases_case",
    "DELETE FROM intake_message",
    "SET ROLE amaan_owner",
    "SET ROLE amaan_backup",
)


def test_c11_the_web_role_is_refused_what_only_the_owner_may(
    team: Team, web: psycopg.Connection[tuple[object, ...]]
) -> None:
    for statement in REFUSED:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            web.execute(statement)
        web.rollback()


def test_c11_every_table_in_a_folder_is_forced_behind_the_wall(team: Team) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE c.relkind = 'r' AND a.attname = 'folder_id'"
            " AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"
        )
        assert cursor.fetchall() == []


def test_c1_the_copy_of_the_policy_in_the_database_is_the_table_in_python(team: Team) -> None:
    with connection.cursor() as cursor:
        for scope, table in (("capacity", CAPACITIES), ("part", PARTS)):
            for name, cells in table.items():
                for klass, letters in cells.items():
                    cursor.execute(
                        "SELECT array_agg(l) FROM unnest(ARRAY['r', 'w', 'm', 'p', 's', 'y']) l"
                        " WHERE privacy_gives(%s, %s, %s, l)",
                        [scope, name, klass],
                    )
                    assert set(cursor.fetchone()[0] or ()) == set(letters), (scope, name, klass)


def test_a_partner_link_reaches_one_folder_only_while_it_lasts(
    case: Case, amina: User, team: Team, web: psycopg.Connection[tuple[object, ...]]
) -> None:
    people.case_of(amina, team=team)
    door = uuid.uuid4()
    with acting(part="referrals"):
        grant(Folder.objects.get(pk=case.folder_id), "partner", link=door, by=None)
    web.execute("SELECT set_config('amaan.link', %s, false)", [str(door)])
    assert _count(web, "privacy_folder") == 1
    assert _count(web, "intake_message") == 0
    assert AuditEvent.objects.filter(verb="grant", reason="partner").exists()


def test_c11_a_foreign_key_tells_nobody_that_a_row_they_may_not_know_of_is_there(
    case: Case, ben: User, team: Team
) -> None:
    own = people.case_of(ben, team=team, text="words")
    for asked in (case.pk, uuid.uuid4()):
        with pytest.raises(ProgrammingError, match="row-level security"), acting(user=ben):
            Task.objects.create(
                folder_id=own.folder_id, case_id=asked, what="words", created_by=ben
            )
