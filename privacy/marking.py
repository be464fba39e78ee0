"""For the self-test of who reaches what: marks in place of values, so that none is shown."""

import json
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final
from uuid import UUID

Place = tuple[str, UUID]
"""A field by its full name, `app.Model.field`, in one folder."""

_ELSEWHERE: Final = "zz"  # what stands for a value of a folder that is not asked about


class Marks:
    """What one self-test plants and hears, in the folders it asks about.

    `places` tells where each mark stands; `handed` what a page or program was given there by
    `minimised`, with the letter it was given by (`r` read, `m` its shape).
    """

    def __init__(self, folders: frozenset[UUID]) -> None:
        self.folders = folders
        self.places: dict[str, Place] = {}
        self.handed: set[tuple[Place, str]] = set()
        self._of: dict[Place, str] = {}

    def instead_of(self, place: Place, value: str) -> str:
        """The place's mark, in the shape of its value (fields may hold JSON)."""
        mark = self._mark(place) if place[1] in self.folders else _ELSEWHERE
        try:
            inside = json.loads(value)
        except ValueError:
            return mark
        return json.dumps(_marked(inside, mark)) if isinstance(inside, dict | list) else mark

    def _mark(self, place: Place) -> str:
        if place not in self._of:
            self._of[place] = "zq" + secrets.token_hex(8)
            self.places[self._of[place]] = place
        return self._of[place]


_now: ContextVar[Marks | None] = ContextVar("marks", default=None)


@contextmanager
def marking(folders: Iterable[UUID]) -> Iterator[Marks]:
    """Until the end, every sealed value that anything here opens is its field's mark instead."""
    marks = Marks(frozenset(folders))
    token = _now.set(marks)
    try:
        yield marks
    finally:
        _now.reset(token)


def opened(field: str, folder: UUID, value: str) -> str:
    """A value as it is given out: itself, or in a self-test its mark."""
    marks = _now.get()
    return value if marks is None else marks.instead_of((field, folder), value)


def handed(field: str, folder: UUID, letter: str) -> None:
    """A field was handed out by `minimised`; heard only in a self-test."""
    marks = _now.get()
    if marks is not None and folder in marks.folders:
        marks.handed.add(((field, folder), letter))


def _marked(inside: Any, mark: str) -> Any:
    if isinstance(inside, dict):
        return {key: _marked(value, mark) for key, value in inside.items()}
    if isinstance(inside, list):
        return [_marked(value, mark) for value in inside]
    return mark if isinstance(inside, str) else inside
