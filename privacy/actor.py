"""On whose behalf the present request or task acts."""

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from django.db import connection, transaction


class Person(Protocol):
    """Whatever signs in: privacy knows a person only by key."""

    @property
    def pk(self) -> Any: ...


class Noted:
    """Something was put on record once: so long as the transaction that wrote it is not undone.

    A service that refuses takes its savepoint back, and with it what was recorded inside. Django
    then forgets what was to be done on commit there; the next look writes the event again.
    """

    def __init__(self) -> None:
        self._kept = False
        transaction.on_commit(self._keep)

    def _keep(self) -> None:
        self._kept = True

    @property
    def stands(self) -> bool:
        """Whether the event is written, or will be when the transaction ends."""
        return self._kept or any(one[1] == self._keep for one in connection.run_on_commit)


@dataclass
class Actor:
    """On whose behalf this request or task touches case data: one person, part, or link."""

    user: UUID | None = None
    part: str = ""
    link: UUID | None = None
    behind: "Actor | None" = None
    noted: dict[tuple[UUID, str], Noted] = field(default_factory=dict)
    held: dict[tuple[UUID, UUID], frozenset[str]] = field(default_factory=dict)
    refused: bool = False  # an attempt of this request is on record already
    unrecorded: bool = False  # something of this request could not be put on record

    @property
    def answerable(self) -> "Actor":
        """Who stands in the record: the person behind a machine part that works for them."""
        return self.behind.answerable if self.part and self.behind else self

    @property
    def kind(self) -> str:
        if self.user:
            return "person"
        if self.part:
            return "part"
        return "link" if self.link else "nobody"

    @property
    def name(self) -> str:
        return str(self.user or self.part or self.link or "")


acting_now: ContextVar[Actor | None] = ContextVar("actor", default=None)


def current_actor() -> Actor:
    """Who acts now; nobody, outside `acting`."""
    return acting_now.get() or Actor()
