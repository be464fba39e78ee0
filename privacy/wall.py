"""The second wall: row-level security and privileges, written from what the models declare.

`manage.py wall` runs after every `migrate`, as the owner. It is idempotent. Each table of case data
gets the same four policies over one SQL predicate, `privacy_reach`, which `visible_to` uses too:
forgetting `visible_to` returns nothing, and no row is reached by two different rules.
"""

import json
from collections.abc import Iterator
from typing import Final

from django.apps import apps
from django.db import connections

from privacy import periods
from privacy.models import (
    AuditEvent,
    AuditLink,
    CaseData,
    DataKey,
    Exclusion,
    Folder,
    Grant,
    KeepPeriod,
)
from privacy.policy import (
    CAPACITIES,
    GRANTING_PARTS,
    OPENING_PARTS,
    PACKET,
    PARTS,
    Levels,
)

WEB: Final = "amaan_web"
WORKER: Final = "amaan_worker"
BACKUP: Final = "amaan_backup"
AUDIT: Final = "amaan_audit"  # puts events into the chain; writes nothing else
STATS: Final = "amaan_stats"  # reads published figures; nothing else

# Tables of our own whose rows the programs may delete; everything else is forgotten by a service.
_DELETABLE_APPS: Final = frozenset({"account", "mfa", "accounts", "privacy"})

# In PL/pgSQL on purpose: an inlined body would be planned anew with every statement, at 35 ms each.
_FUNCTIONS: Final = """
CREATE OR REPLACE FUNCTION privacy_gives(scope text, name text, klass text, need text)
RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN coalesce(('{policy}'::jsonb -> scope -> name ->> klass) ~ need, false);
END $$;

CREATE OR REPLACE FUNCTION privacy_now_user() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('amaan.user', true), '')::uuid $$;

CREATE OR REPLACE FUNCTION privacy_now_link() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('amaan.link', true), '')::uuid $$;

-- Whether the machine part that acts, if one does, may: the same for every folder.
CREATE OR REPLACE FUNCTION privacy_part_may(klass text, need text)
RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT privacy_gives('part', current_setting('amaan.part', true), klass, need) $$;

-- THE predicate: the folders and teams an actor's live grants give a class of. Whoever asks it
-- looks at the folder too: a hidden one is reached by no grant and by no duty, only by parts.
CREATE OR REPLACE FUNCTION privacy_standing(who uuid, door uuid, klass text, need text)
RETURNS TABLE (folder_id uuid, team_id uuid) LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT g.folder_id, g.team_id
    FROM privacy_grant g
    WHERE (g.user_id = who OR g.link = door)
      AND (g.until IS NULL OR g.until > clock_timestamp())
      AND privacy_gives(  -- asked of the few grants that are left, not of every permission
          'capacity',
          (SELECT p.codename FROM auth_permission p WHERE p.id = g.permission_id),
          klass,
          need)
$$;

-- … as the set of folders, for lists (`visible_to`) …
CREATE OR REPLACE FUNCTION privacy_reach_of(who uuid, door uuid, klass text, need text)
RETURNS TABLE (folder_id uuid) LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT f.id FROM privacy_folder f JOIN privacy_standing(who, door, klass, need) s
      ON s.folder_id = f.id
    WHERE f.hidden_at IS NULL
    UNION ALL
    SELECT f.id FROM privacy_folder f JOIN privacy_standing(who, door, klass, need) s
      ON s.team_id = f.team_id
    WHERE f.hidden_at IS NULL
$$;

-- … and as an answer about one row, for the policies: of a folder, and of what lies in it.
DROP FUNCTION IF EXISTS privacy_sees_folder(uuid, uuid, text, text) CASCADE;
CREATE OR REPLACE FUNCTION privacy_sees_folder(
    folder uuid, team uuid, hidden timestamptz, klass text, need text)
RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN hidden IS NULL AND EXISTS (
        SELECT 1 FROM privacy_standing(privacy_now_user(), privacy_now_link(), klass, need) s
        WHERE s.folder_id = folder OR s.team_id = team);
END $$;

CREATE OR REPLACE FUNCTION privacy_sees(folder uuid, klass text, need text)
RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM privacy_standing(privacy_now_user(), privacy_now_link(), klass, need) s
        WHERE s.folder_id = folder)
    THEN  -- a hidden folder's own row is out of reach too, so this looks for what may be seen
        RETURN EXISTS (
            SELECT 1 FROM privacy_folder f WHERE f.id = folder AND f.hidden_at IS NULL);
    END IF;
    RETURN EXISTS (
        SELECT 1 FROM privacy_standing(privacy_now_user(), privacy_now_link(), klass, need) s
        WHERE s.team_id = (
            SELECT f.team_id FROM privacy_folder f WHERE f.id = folder AND f.hidden_at IS NULL));
END $$;

CREATE OR REPLACE FUNCTION privacy_append_only() RETURNS trigger
LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME; END $$;
"""

_ROW: Final = (
    "(SELECT privacy_part_may('{klass}', '{need}'))"
    " OR privacy_sees({table}.folder_id, '{klass}', '{need}')"
)
_FOLDER: Final = (
    "(SELECT privacy_part_may('operational', '{need}'))"
    " OR privacy_sees_folder(privacy_folder.id, privacy_folder.team_id, privacy_folder.hidden_at,"
    " 'operational', '{need}')"
)
_SOMEBODY: Final = (
    "coalesce(current_setting('amaan.user', true), '') <> ''"
    " OR coalesce(current_setting('amaan.part', true), '') <> ''"
)
_GRANT: Final = _SOMEBODY + " OR link = nullif(current_setting('amaan.link', true), '')::uuid"


def build() -> None:
    """Write functions, policies and privileges to both databases. Needs the owner's connection."""
    _run("default", statements())
    periods.seed()
    _run("keys", list(_key_statements()))


def statements() -> list[str]:
    """Everything that makes the wall in the main database, in order."""
    made = [_FUNCTIONS.replace("{policy}", json.dumps(_policy()))]
    made += [line for model in case_models() for line in _table_policies(model)]
    made += _folder_policies() + _grant_policies() + _exclusion_policies()
    made += _append_only(AuditEvent._meta.db_table) + _append_only(AuditLink._meta.db_table)
    made += list(_privileges())
    return made


def case_models() -> list[type[CaseData]]:
    """Every concrete model of case data in the project."""
    return [model for model in apps.get_models() if issubclass(model, CaseData)]


def _policy() -> dict[str, Levels]:
    """The policy as the database keeps it, with the packet's own column."""
    return {
        scope: {name: {**cells, PACKET: _packet(cells)} for name, cells in table.items()}
        for scope, table in (("capacity", CAPACITIES), ("part", PARTS))
    }


def _packet(cells: dict[str, str]) -> str:
    reads_packets = any("p" in cell for cell in cells.values())
    letters = {"r"} if reads_packets else set()
    return "".join(sorted(letters | (set(cells["narrative"]) & set("rw"))))


def _table_policies(model: type[CaseData]) -> Iterator[str]:
    table = model._meta.db_table
    read = _ROW.format(klass=model.row_class, need="[rm]", table=table)
    write = _ROW.format(klass=model.row_class, need="w", table=table)
    yield from _protect(table, read=read, insert=write, update=write, delete=write)


def _folder_policies() -> list[str]:
    read, write = _FOLDER.format(need="[rm]"), _FOLDER.format(need="w")
    opening = _is_part(OPENING_PARTS)
    return list(
        _protect(Folder._meta.db_table, read=read, insert=opening, update=write, delete=write)
    )


def _grant_policies() -> list[str]:
    granting = _is_part(GRANTING_PARTS)
    table = Grant._meta.db_table
    return list(_protect(table, read=_GRANT, insert=granting, update=granting, delete=granting))


def _exclusion_policies() -> list[str]:
    """Who is kept out is asked by the predicate, so whoever acts may read it; one part writes."""
    table, writing = Exclusion._meta.db_table, _is_part(("glass",))
    return list(_protect(table, read=_SOMEBODY, insert=writing, update=writing, delete="false"))


def _is_part(parts: tuple[str, ...]) -> str:
    named = ", ".join(f"'{part}'" for part in parts)
    return f"current_setting('amaan.part', true) IN ({named})"


def _protect(table: str, *, read: str, insert: str, update: str, delete: str) -> Iterator[str]:
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
    for name in ("read", "insert", "change", "remove"):
        yield f"DROP POLICY IF EXISTS {name}_rule ON {table}"
    yield f"CREATE POLICY read_rule ON {table} FOR SELECT USING ({read})"
    yield f"CREATE POLICY insert_rule ON {table} FOR INSERT WITH CHECK ({insert})"
    yield f"CREATE POLICY change_rule ON {table} FOR UPDATE USING ({update}) WITH CHECK ({update})"
    yield f"CREATE POLICY remove_rule ON {table} FOR DELETE USING ({delete})"


def _append_only(table: str) -> list[str]:
    return [
        f"DROP TRIGGER IF EXISTS append_only ON {table}",
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION privacy_append_only()",
        f"DROP TRIGGER IF EXISTS never_emptied ON {table}",
        f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION privacy_append_only()",
    ]


def _privileges() -> Iterator[str]:
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {WEB}, {WORKER}, {AUDIT}, {STATS}"
    yield f"GRANT USAGE ON SCHEMA public TO {WEB}, {WORKER}, {AUDIT}, {STATS}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {WEB}, {WORKER}"
    for model in apps.get_models(include_auto_created=True):
        if model is DataKey or not model._meta.managed:
            continue
        table = model._meta.db_table
        if model in (AuditEvent, AuditLink):
            continue
        if model is KeepPeriod:  # dated rows: a change is another one
            yield f"GRANT SELECT, INSERT ON {table} TO {WEB}, {WORKER}"
            continue
        yield f"GRANT SELECT, INSERT, UPDATE ON {table} TO {WEB}, {WORKER}"
        yield f"GRANT DELETE ON {table} TO {WORKER}"
        if model._meta.app_label in _DELETABLE_APPS:
            yield f"GRANT DELETE ON {table} TO {WEB}"
    yield from _record_privileges()
    yield from _backup()


def _record_privileges() -> Iterator[str]:
    """Whoever does something writes events, one role of its own writes links, nobody changes any.

    In a table of which one may only read and insert, PostgreSQL refuses the rest by itself.
    """
    events, links = AuditEvent._meta.db_table, AuditLink._meta.db_table
    yield f"GRANT SELECT, INSERT ON {events} TO {WEB}, {WORKER}"
    yield f"GRANT SELECT ON {links} TO {WEB}, {WORKER}"
    yield f"GRANT SELECT ON {events} TO {AUDIT}"
    yield f"GRANT SELECT, INSERT ON {links} TO {AUDIT}"


def _key_statements() -> Iterator[str]:
    table = DataKey._meta.db_table
    yield f"REVOKE ALL ON {table} FROM {WEB}, {WORKER}"
    yield f"GRANT SELECT, INSERT, UPDATE ON {table} TO {WEB}, {WORKER}"
    yield from _backup()


def _backup() -> Iterator[str]:
    """Whoever makes backups reads every row as it is sealed, and changes none."""
    yield f"GRANT USAGE ON SCHEMA public TO {BACKUP}"
    yield f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {BACKUP}"
    yield f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {BACKUP}"


def _run(alias: str, lines: list[str]) -> None:
    with connections[alias].cursor() as cursor:
        for line in lines:
            cursor.execute(line)
