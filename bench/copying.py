"""Many rows like one that the product wrote, so that every column, index and size is what it is."""

from dataclasses import dataclass

import psycopg


@dataclass(frozen=True)
class Copies:
    """Copies of one row of a table that the product wrote, with some columns of their own."""

    table: str
    sample: str
    source: str
    own: dict[str, str]


def statement(database: psycopg.Connection, copies: Copies) -> bytes:
    """The statement that makes the copies; every column there is, whatever it is called."""
    asked = "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
    rows = database.execute(f"{asked} AND NOT attisdropped".encode(), [copies.table]).fetchall()
    names = [str(name) for (name,) in rows]
    values = [copies.own.get(name, f'one."{name}"') for name in names]
    columns = ", ".join(f'"{name}"' for name in names)
    return (
        f"INSERT INTO {copies.table} ({columns})"  # noqa: S608 (names of our own)
        f" WITH one AS MATERIALIZED (SELECT * FROM {copies.table} WHERE {copies.sample} LIMIT 1)"
        f" SELECT {', '.join(values)} FROM one, {copies.source}"
    ).encode()
