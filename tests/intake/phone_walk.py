"""Walks a call through every key, silence, hang-up and dialling at the real doors, to its ends.

What was reached is a graph: each place is what is said with where the call stands; each edge is
what somebody did. Every branch is tried from its own savepoint, so that none sees another.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from django.db import transaction

from intake.models import LiveCall
from practice import twiml
from tests.intake.calling import CALL, Caller, colleague
from tests.intake.conftest import Desk

ALL_KEYS: Final = (*"0123456789*", "")
SOME_KEYS: Final = (*"0125", "")
# What a dialled telephone may do: the provider's word, and whether the colleague pressed 1 before.
DIALS: Final = (
    ("no-answer", False),
    ("busy", False),
    ("failed", False),
    ("completed", False),  # a machine picked up
    ("completed", True),
)
SOME_DIALS: Final = (("no-answer", False), ("completed", True))
_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
_BASE: Final = "/hooks/phone/"


@dataclass
class Place:
    """What is said somewhere in a call, and what each thing somebody does leads to."""

    document: str
    stop: str
    state: str
    after: dict[str, str] = field(default_factory=dict)


@dataclass
class Walk:
    """Every place of a call that can be reached, by name."""

    desk: Desk
    number: str
    keys: Iterable[str] = ALL_KEYS
    languages: Iterable[str] = "1"
    dials: Iterable[tuple[str, bool]] = DIALS
    places: dict[str, Place] = field(default_factory=dict)

    def whole(self) -> str:
        """Walk all of it; the name of where it begins."""
        caller = Caller(self.desk, CALL, self.number)
        return self._enter(caller, caller.post("", CallStatus="ringing"))

    def _enter(self, caller: Caller, document: str) -> str:
        name = _name(document)
        if name not in self.places:
            walked = twiml.walk(twiml.read(document))
            self.places[name] = Place(document, walked.stop, _live().state)
            self._go_on(caller, self.places[name], walked)
        return name

    def _go_on(self, caller: Caller, place: Place, walked: twiml.Walk) -> None:
        verb = walked.verb
        if walked.stop == "gather" and verb is not None:
            path = verb.attributes["action"].removeprefix(_BASE)
            for key in self._keys_at(path):
                self._try(caller, place, key, path, {"Digits": key})
            self._hang_up(caller, place)
        elif walked.stop == "redirect" and verb is not None:
            self._try(caller, place, "on", verb.text.removeprefix(_BASE), {})
        elif walked.stop == "dial":
            for status, taken in self.dials:
                told = {"DialCallStatus": status}
                self._try(caller, place, f"{status} {taken}", "dialled/", told, taken=taken)
            self._hang_up(caller, place)

    def _keys_at(self, path: str) -> Iterable[str]:
        return [*self.languages, "0", "9", ""] if path == "language/" else self.keys

    def _try(
        self,
        caller: Caller,
        place: Place,
        done: str,
        path: str,
        form: dict[str, str],
        *,
        taken: bool = False,
    ) -> None:
        before = transaction.savepoint()
        if taken:
            colleague(self.desk, f"taken/{_live().pk}/", Digits="1")
        place.after[done] = self._enter(caller, caller.post(path, **form))
        transaction.savepoint_rollback(before)

    def _hang_up(self, caller: Caller, place: Place) -> None:
        before = transaction.savepoint()
        caller.post("dialled/", DialCallStatus="canceled", CallStatus="completed")
        caller.hang_up()
        assert _live().state == "ended"
        place.after["hang up"] = ""
        transaction.savepoint_rollback(before)


def silent_end(places: dict[str, Place], name: str, *, most: int) -> int:
    """How many steps somebody who never does anything goes from a place to the end."""
    for step in range(most):
        place = places[name]
        if place.stop == "ended":
            return step
        done = {"gather": "", "redirect": "on", "dial": "no-answer False"}[place.stop]
        name = place.after[done]
    raise AssertionError(f"a silent caller is kept for ever: {name}")


def _live() -> LiveCall:
    return LiveCall.objects.exclude(state="connected", key__startswith="busy").latest("started_at")


def _name(document: str) -> str:
    live = _live()
    stands = (live.state, live.language, live.danger, live.rounds, len(live.tried))
    return f"{stands} {_UUID.sub('…', document)}"
