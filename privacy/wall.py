"""The second wall: row-level security and privileges, written from what the models declare.

`manage.py wall` runs after every `migrate`, as the owner. It is idempotent. Each table of case data
gets the same four policies over one SQL predicate, `privacy_reach`, which `visible_to` uses too:
forgetting `visible_to` returns nothing, and no row is reached by two different rules.
"""

from collections.abc import Iterator
from typing import Final

from django.apps import apps
from django.db import connections

from privacy import periods, predicate
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

_APPEND_ONLY: Final = """
CREATE OR REPLACE FUNCTION privacy_append_only() RETURNS trigger
LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME; END $$;
"""
# As the predicate was asked before; dropped when no policy names them any more.
_FORMER: Final = (
    "DROP FUNCTION IF EXISTS privacy_sees(uuid, text, text)",
    "DROP FUNCTION IF EXISTS privacy_sees_folder(uuid, uuid, timestamptz, text, text)",
)
# Asked once in a statement, not of every row.
_SOMEBODY: Final = (
    "(SELECT coalesce(current_setting('amaan.user', true), '') <> ''"
    " OR coalesce(current_setting('amaan.part', true), '') <> '')"
)
_GRANT: Final = _SOMEBODY + " OR link = (SELECT privacy_now_link())"


def build() -> None:
    """Write functions, policies and privileges to both databases. Needs the owner's connection."""
    _run("default", statements())
    periods.seed()
    _run("keys", list(_key_statements()))


def statements() -> list[str]:
    """Everything that makes the wall in the main database, in order."""
    made = [predicate.functions(_policy()), _APPEND_ONLY]
    made += [line for model in case_models() for line in _table_policies(model)]
    made += _folder_policies() + _grant_policies() + _exclusion_policies()
    made += _append_only(AuditEvent._meta.db_table) + _append_only(AuditLink._meta.db_table)
    made += [*_FORMER, *_privileges()]
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
    read = predicate.of_row(table, model.row_class, predicate.SEE)
    write = predicate.of_row(table, model.row_class, "w")
    insert = " AND ".join([f"({write})", *_parents_seen(model)])
    yield from _protect(table, read=read, insert=insert, update=write, delete=write)


def _parents_seen(model: type[CaseData]) -> Iterator[str]:
    """What a new row points at is looked up through that table's own policy.

    Whether a foreign key holds tells nobody that a row is there which they may not know of: the
    keys are checked by the owner, past every policy; this is asked before, and refuses both alike.
    Only of new rows: a key that is changed later is not looked up.
    """
    table = model._meta.db_table
    for field in model._meta.concrete_fields:
        parent = field.related_model
        if isinstance(parent, type) and issubclass(parent, CaseData):
            key = f"{table}.{field.column}"
            there = f"SELECT 1 FROM {parent._meta.db_table} p WHERE p.id = {key}"  # noqa: S608
            yield f"({key} IS NULL OR EXISTS ({there}))"


def _folder_policies() -> list[str]:
    read, write = predicate.of_folder(predicate.SEE), predicate.of_folder("w")
    opening = _is_part(OPENING_PARTS)
    return list(
        _protect(Folder._meta.db_table, read=read, insert=opening, update=write, delete=write)
    )


def _grant_policies() -> list[str]:
    granting = _is_part(GRANTING_PARTS)
    table = Grant._meta.db_table
    return list(_protect(table, read=_GRANT, insert=granting, update=granting, delete=granting))


def _exclusion_policies() -> list[str]:
    """Who is kept out is asked by the predicate, so whoever acts may read it; one part writes.

    The rows go with their folder, and not before.
    """
    table, writing = Exclusion._meta.db_table, _is_part(("glass",))
    gone = _is_part(("forgetting",))
    return list(_protect(table, read=_SOMEBODY, insert=writing, update=writing, delete=gone))


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
        if getattr(model, "for_statistics", False):
            yield f"GRANT SELECT ON {table} TO {STATS}"
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
