"""All that one person can reach of one case, found by really asking every address."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.access import pages_of
from accounts.models import User
from cases.models import Case
from insight.asking import NO_SUCH_METHOD, Answer, ask
from insight.surfaces import KIND_NAMES, Surface, folders_of, surfaces
from privacy import audit
from privacy.access import acting, capacities
from privacy.classes import DATA_CLASSES, OPERATIONAL, SEALED_CLASSES
from privacy.clock import database_now
from privacy.marking import Marks, Place, marking
from privacy.models import CaseData, Reveal
from privacy.policy import level
from privacy.services import NotPossible
from privacy.wall import case_models

_PACKET: Final = "referrals.Packet."  # what was agreed to leave us


@dataclass(frozen=True)
class Found:
    """What the person got of the case at one address: fields by name, never a value."""

    surface: Surface
    names_case: bool
    read: set[Place]
    shapes: set[Place]

    @property
    def fields(self) -> list[str]:
        """The fields whose words were there, by name."""
        return sorted({name for name, _folder in self.read})


@dataclass
class Reach:
    """The whole answer: what the person is to the case, what the table gives, what was found."""

    case: Case
    person: User
    held: dict[UUID, frozenset[str]]
    revealed: frozenset[str]
    asked: int = 0
    found: list[Found] = field(default_factory=list)

    @property
    def read(self) -> set[Place]:
        """Fields whose very words the person can read somewhere."""
        return {place for one in self.found for place in one.read}

    @property
    def shapes(self) -> set[Place]:
        """Fields of which they see the shape and nowhere more."""
        return {place for one in self.found for place in one.shapes} - self.read

    @property
    def beyond(self) -> list[str]:
        """Fields that were found and that the table does not give: a leak, if there are any."""
        return sorted({place[0] for place in self.read | self.shapes if not self._allows(place)})

    @property
    def by_kind(self) -> list[tuple[str, list[Found]]]:
        """What was found, by kind of surface, each kind in words."""
        kinds = {one.surface.kind for one in self.found}
        return [
            (str(words), [one for one in self.found if one.surface.kind == kind])
            for kind, words in KIND_NAMES.items()
            if kind in kinds
        ]

    @property
    def capacities(self) -> list[str]:
        """What the person is to the case, or to one of its conversations."""
        return sorted({name for names in self.held.values() for name in names})

    def by_class(self) -> list[tuple[str, str, list[str], list[str]]]:
        """Each class: what the table gives of it, the fields read, those seen as a shape."""
        held = frozenset(self.capacities)
        return [
            (klass, level(held, klass), _of(klass, self.read), _of(klass, self.shapes))
            for klass in DATA_CLASSES[:-1]
        ]

    def _allows(self, place: Place) -> bool:
        name, folder = place
        letters = level(self.held[folder], class_of(name))
        model, short = _named(name)
        if "r" in letters or model.addressed.get(short, "-") in letters:
            return True
        if place in self.read:
            return ("p" in letters and name.startswith(_PACKET)) or name in self.revealed
        return "m" in letters


def reach(case: Case, person: User, *, by: User | None) -> Reach:
    """Ask every address as the person. One row goes on record; everything else is undone.

    Values are never shown to anybody here: what an opened field gives is a mark (privacy.marking),
    and only field names come out. Raises NotPossible for oneself: one's own pages say it better.
    """
    if person == by:
        raise NotPossible(_("Choose somebody else: what you reach yourself, your pages show."))
    audit.record(
        "self_test", folder=case.folder_id, subject="user", subject_id=person.pk, reason="reach"
    )
    folders = folders_of(case)
    with acting(user=person):
        answer = Reach(case, person, capacities(person, folders), _revealed(person, folders))
    with marking(folders) as marks:
        for surface, got in _answers(surfaces(case), person):
            answer.asked += 1
            if got.shows and (one := _look(surface, got, case, marks)):
                answer.found.append(one)
            marks.handed.clear()
    return answer


def _answers(asked: list[Surface], person: User) -> Iterator[tuple[Surface, Answer]]:
    """Each question with its answer.

    What refuses whoever asks, whatever the key, is asked once: a page that the person's duties do
    not open, an address that answers no GET.
    """
    opened, closed = set(pages_of(person)), set()
    for surface in asked:
        if surface.name in closed and not surface.posted:
            continue
        got = ask(surface.path, person, posted=dict(surface.posted))
        if got.status == NO_SUCH_METHOD or (surface.page and surface.page not in opened):
            closed.add(surface.name)
        yield surface, got


def _look(surface: Surface, got: Answer, case: Case, marks: Marks) -> Found | None:
    # What the asker sent is theirs already: a page that repeats its address has not told it.
    text = got.text.replace(surface.path, "")
    names = str(case.pk) in text or (case.code in text and not surface.posted)
    read = {place for mark, place in marks.places.items() if mark in text}
    read |= {place for place, letter in marks.handed if letter == "r" and _is_plain(place[0])}
    shapes = {place for place, letter in marks.handed if letter == "m"} - read
    return Found(surface, names, read, shapes) if names or read or shapes else None


def _revealed(person: User, folders: set[UUID]) -> frozenset[str]:
    """Fields this person has opened for themselves, with a purpose, for a few minutes."""
    rows = Reveal.objects.filter(folder__in=folders, user=person.pk, until__gt=database_now())
    labels = {model._meta.label_lower: model._meta.label for model in case_models()}
    return frozenset(
        f"{labels[label]}.{name}" for label, name in rows.values_list("subject", "field")
    )


@cache
def class_of(name: str) -> str:
    """The class of a field, by its full name `app.Model.field`."""
    model, short = _named(name)
    return getattr(model._meta.get_field(short), "db_comment", None) or OPERATIONAL


def _named(name: str) -> tuple[type[CaseData], str]:
    label, _dot, short = name.rpartition(".")
    return next(model for model in case_models() if model._meta.label == label), short


def _is_plain(name: str) -> bool:
    return class_of(name) not in SEALED_CLASSES


def _of(klass: str, places: set[Place]) -> list[str]:
    return sorted({name for name, _folder in places if class_of(name) == klass})
