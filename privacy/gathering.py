"""Rows written together: in a batch, one INSERT for each table instead of one for each row.

Inside `gathered()` new rows, changed fields, audit events and new keys wait in memory. They are
written before the transaction can end; earlier when a statement names a table that rows wait for,
so that nobody reads past them, and before a savepoint, which could take them back.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, TypeVar

from django.db import DatabaseError, connection, models

T = TypeVar("T")


class Gathering:
    """What one batch has yet to write, and what it need not ask twice."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self._depth = len(connection.savepoint_ids)
        self._new: dict[type[models.Model], dict[Any, models.Model]] = {}
        self._changed: dict[int, tuple[models.Model, set[str]]] = {}
        self._tables: set[str] = set()
        self._last: list[Callable[[], None]] = []

    @property
    def takes(self) -> bool:
        """Whether a write may wait now; inside a savepoint, which may be undone, it may not."""
        return len(connection.savepoint_ids) == self._depth

    def add(self, row: models.Model) -> None:
        """A new row; it is written as it then is."""
        self._new.setdefault(type(row), {})[row.pk] = row
        self._tables.add(row._meta.db_table)

    def change(self, row: models.Model, fields: set[str]) -> None:
        """Fields of a row that changed; of a row that is not yet written, it writes itself."""
        if self._new.get(type(row), {}).get(row.pk) is row:
            return
        self._changed.setdefault(id(row), (row, set()))[1].update(fields)
        self._tables.add(row._meta.db_table)

    def at_the_end(self, write: Callable[[], None]) -> None:
        """Called after the last row, still in the transaction."""
        self._last.append(write)

    def write(self) -> None:
        """Write every row that waits (foreign keys are judged when the transaction ends)."""
        new, changed = self._new, self._changed
        self._new, self._changed, self._tables = {}, {}, set()
        for model, rows in new.items():
            model._base_manager.bulk_create(rows.values())
        alike: dict[tuple[type[models.Model], frozenset[str]], list[models.Model]] = {}
        for row, fields in changed.values():
            alike.setdefault((type(row), frozenset(fields)), []).append(row)
        for (model, names), some in alike.items():
            _update(model, names, some)

    def finish(self) -> None:
        """Write everything: rows, then what was promised for the end."""
        self.write()
        for write in self._last:
            write()

    def before(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Django's hook around each statement: rows it could miss are written first."""
        if self._tables and (sql.startswith("SAVEPOINT") or any(t in sql for t in self._tables)):
            self.write()
        return execute(sql, params, many, context)


def _update(model: type[models.Model], names: frozenset[str], rows: list[models.Model]) -> None:
    """Write the same fields of many rows in one exchange. Raises DatabaseError: a row is gone."""
    about = model._meta
    fields = [one for one in about.concrete_fields if {one.name, one.attname} & names]
    sets = ", ".join(f'"{field.column}" = %s' for field in fields)
    values = [
        [field.get_db_prep_save(field.pre_save(row, False), connection) for field in fields]
        + [row.pk]
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(f'UPDATE "{about.db_table}" SET {sets} WHERE id = %s', values)  # noqa: S608
        if cursor.rowcount != len(rows):
            raise DatabaseError("a row that changed is not there")


_now: Final[ContextVar[Gathering | None]] = ContextVar("gathering", default=None)


@contextmanager
def gathered() -> Iterator[Gathering]:
    """Gather until the end of the block, then write. Inside a transaction, around its work.

    What is raised inside, or by the writing, must undo the transaction: nothing is written then.
    """
    gathering = Gathering()
    token = _now.set(gathering)
    try:
        with connection.execute_wrapper(gathering.before):
            yield gathering
            gathering.finish()
    finally:
        _now.reset(token)


def current() -> Gathering | None:
    """The gathering that takes writes now, if there is one."""
    gathering = _now.get()
    return gathering if gathering is not None and gathering.takes else None


def once(name: str, ask: Callable[[], T]) -> T:
    """An answer that is the same for all of a batch: asked once in it, outside one each time."""
    gathering = _now.get()
    if gathering is None:
        return ask()
    if name not in gathering.answers:
        gathering.answers[name] = ask()
    answer: T = gathering.answers[name]
    return answer


def remember(name: str, answer: object) -> None:
    """Give a batch an answer before it is asked for, or another than it had."""
    gathering = _now.get()
    if gathering is not None:
        gathering.answers[name] = answer


def known(name: str) -> Any:
    """An answer that this batch has had already, else None."""
    gathering = _now.get()
    return None if gathering is None else gathering.answers.get(name)


def keep(row: models.Model, *, new: bool, fields: set[str]) -> bool:
    """Take a row's saving into the present gathering; False when it must be saved now."""
    gathering = current()
    if gathering is None:
        return False
    if new:
        gathering.add(row)
    elif fields:
        gathering.change(row, fields)
    else:
        gathering.write()
        return False
    return True
