"""What of a row one person sees: the only way from a record to a page, the API or a push."""

import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from privacy import keys, marking
from privacy.access import capacities
from privacy.actor import Person
from privacy.classes import OPERATIONAL, SECRET
from privacy.clock import database_now
from privacy.crypto import CannotOpen
from privacy.fields import Sealed, SealedField
from privacy.models import CaseData, Reveal
from privacy.policy import CAPACITIES, level

DOT = "•"


class Minimised:
    """A row as one person may see it: fields they may not read do not exist here.

    Masked fields give their shape; `is_masked(name)` tells so, `may_write(name)` whether a form may
    offer the field. Sealed text is opened on first use and that reading recorded.
    """

    def __init__(self, row: CaseData, letters: dict[str, str], revealed: frozenset[str]) -> None:
        self._row = row
        self._letters = letters
        self._revealed = revealed
        self._open: dict[str, Any] = {}

    @property
    def pk(self) -> UUID:
        return self._row.pk

    @property
    def id(self) -> UUID:
        return self.pk

    def may_read(self, name: str) -> bool:
        return self._letter(name) in ("r", "m")

    def may_write(self, name: str) -> bool:
        return "w" in self._letters.get(_class_of(self._row, name), "")

    def is_masked(self, name: str) -> bool:
        return self._letter(name) == "m"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        shown = re.fullmatch(r"get_(\w+)_display", name)
        base = shown[1] if shown else name
        if base.endswith("_id"):
            base = base[:-3]
        letter = self._letter(base)
        if letter not in ("r", "m"):
            raise AttributeError(name)
        if name not in self._open:
            self._open[name] = self._value(name, letter)
            marking.handed(f"{self._row._meta.label}.{base}", self._row.folder_id, letter)
        return self._open[name]

    def _letter(self, name: str) -> str:
        """`r`, `m`, or nothing: what this person gets of one field."""
        klass = _class_of(self._row, name)
        letters = self._letters.get(klass, "")
        if "r" in letters or self._row.addressed.get(name, "-") in letters:
            return "r"
        if "m" in letters:
            return "r" if name in self._revealed else "m"
        return ""

    def _value(self, name: str, letter: str) -> Any:
        value = getattr(self._row, name)
        if isinstance(value, Sealed):
            value = self._unsealed(name, value)
        if isinstance(value, CaseData):
            return value.pk
        return shape(value) if letter == "m" else value

    def _unsealed(self, name: str, sealed: Sealed) -> str | None:
        field = self._row._meta.get_field(name)
        assert isinstance(field, SealedField)  # noqa: S101
        try:
            return field.open(self._row, sealed)
        except CannotOpen:
            return None  # forgotten, or damaged: show nothing rather than something wrong


def minimised(row: CaseData, user: Person | None, *, link: UUID | None = None) -> Minimised:
    """One row as the person (or a partner's link) may see it."""
    return minimised_all([row], user, link=link)[0]


def minimised_all(
    rows: Iterable[CaseData], user: Person | None, *, link: UUID | None = None
) -> list[Minimised]:
    """Many rows as one person may see them, with three queries whatever their number."""
    kept = list(rows)
    folders = {row.folder_id for row in kept}
    held = capacities(user, folders, link=link)
    letters = {folder: _letters(held[folder]) for folder in folders}
    sealed = {
        f.data_class for row in kept[:1] for f in row._meta.fields if isinstance(f, SealedField)
    }
    keys.open_many(folders, sealed)
    revealed = _revealed(user, folders) if user else {}
    return [
        Minimised(row, letters[row.folder_id], revealed.get(row.pk, frozenset())) for row in kept
    ]


def shape(value: Any) -> str:
    """The shape of a value, giving nobody the value: `+91 •••• ••42`, `a•••`."""
    text = str(value or "")
    if not text:
        return ""
    if digits := re.fullmatch(r"(?:\w+:)?(\+\d\d)?[\d\s().-]*(\d\d)", text):
        return f"{digits[1] or ''} {DOT * 4} {DOT * 2}{digits[2]}".strip()
    return " ".join(f"{word[0]}{DOT * 3}" for word in text.split()[:3])


def _letters(held: frozenset[str]) -> dict[str, str]:
    return {klass: level(held, klass) for klass in CAPACITIES["own"]}


def _revealed(user: Person, folders: set[UUID]) -> dict[UUID, frozenset[str]]:
    live: dict[UUID, set[str]] = {}
    for subject_id, name in Reveal.objects.filter(
        folder__in=folders, user=user.pk, until__gt=database_now()
    ).values_list("subject_id", "field"):
        live.setdefault(subject_id, set()).add(name)
    return {key: frozenset(names) for key, names in live.items()}


def _class_of(row: models.Model, name: str) -> str:
    if name in ("id", "pk"):
        return OPERATIONAL
    try:
        field = row._meta.get_field(name)
    except FieldDoesNotExist:
        return SECRET
    return getattr(field, "db_comment", None) or SECRET
