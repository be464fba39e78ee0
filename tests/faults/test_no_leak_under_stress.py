"""R3: who sees what does not change while something is broken, nor afterwards."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import Final, NamedTuple

import pytest

from tests.faults.judging import Report
from tests.faults.load import Counsellor
from tests.processes import Desk

pytestmark = pytest.mark.faults

HOLDER: Final = "amina"
COLLEAGUES: Final = ("ben", "sofia", "tariq", "rana", "adil", "aude")
PATHS: Final = ("", "live/", "print/", "looked/")
PAGES: Final = ("/", "/team/", "/takedowns/", "/referrals/")
AWAY: Final = {0, 503}  # nobody answers; "come again soon"
HOME_SECONDS: Final = 15
PAUSE: Final = 1.0  # between two rounds: colleagues who turn pages faster are stopped (K3)


class Seen(NamedTuple):
    """One answer: its status, whether the words were in it, whether it named the case."""

    status: int
    words: bool
    named: bool


Matrix = dict[tuple[str, str], Seen]


@dataclass
class Asking:
    """Everybody asks for everything of one case, again and again."""

    people: dict[str, Counsellor]
    case: str
    words: str
    code: str
    rounds: list[Matrix] = field(default_factory=list)
    stop: Event = field(default_factory=Event)

    def once(self) -> Matrix:
        """What each person gets at each address now."""
        addresses = (*(f"/cases/{self.case}/{path}" for path in PATHS), *PAGES)
        apis = (f"/api/cases/{self.case}/", "/api/cases/")
        with ThreadPoolExecutor(len(self.people)) as pool:
            found = pool.map(lambda name: self._of(name, (*addresses, *apis)), self.people)
        return {place: seen for one in found for place, seen in one.items()}

    def _of(self, name: str, addresses: Iterable[str]) -> Matrix:
        return {(name, address): self._seen(self.people[name], address) for address in addresses}

    def _seen(self, person: Counsellor, address: str) -> Seen:
        status, text = person.read(address)
        return Seen(status, self.words in text, self.code in text or self.case in text)

    def go_on(self) -> None:
        """Ask until told to stop."""
        while not self.stop.is_set():
            self.rounds.append(self.once())
            self.stop.wait(PAUSE)

    @contextmanager
    def meanwhile(self) -> Iterator[None]:
        """Ask in the background."""
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(self.go_on)
            try:
                yield
            finally:
                self.stop.set()
            running.result()


@pytest.fixture
def asking(real_desk: Desk) -> Asking:
    """A case of amina's in which she has just written words that nobody else may read."""
    people = {name: _signed_in(real_desk, name) for name in (HOLDER, *COLLEAGUES)}
    holder = people[HOLDER]
    case = holder.work(0)
    assert holder.answered, "the holder could not answer: nothing is planted"
    ((code,),) = real_desk.rows("SELECT code FROM cases_case WHERE id = %s", case)
    return Asking(people, case, holder.answered[-1], code)


def _signed_in(desk: Desk, name: str) -> Counsellor:
    person = Counsellor(desk, f"{name}@helpline.example")
    person.sign_in()
    return person


def test_r3_who_sees_what_is_the_same_during_and_after_a_fault(
    asking: Asking, real_desk: Desk, report: Report
) -> None:
    before = asking.once()
    assert_it_is_not_blind(before, asking.case)
    with asking.meanwhile():
        with real_desk.broker_frozen():
            time.sleep(3)
        with real_desk.without("web"):
            time.sleep(1)
        with real_desk.database_down():
            time.sleep(3)
        real_desk.wait_until_ready("web")
    during = [(asked, seen) for matrix in asking.rounds for asked, seen in matrix.items()]
    report("R3: answers during the faults", len(during))
    assert [one for one in during if not _is_same_or_empty(before, *one)] == []
    assert {seen.status for _asked, seen in during} & AWAY, "no fault was felt: nothing is shown"
    # A connection that broke with the database answers "come again soon" once more, then is new.
    real_desk.wait_for(lambda: asking.once() == before, HOME_SECONDS)


def _is_same_or_empty(before: Matrix, asked: tuple[str, str], seen: Seen) -> bool:
    """As without a fault; or nothing at all."""
    away = seen.status in AWAY and not seen.words and not seen.named
    return away or seen == before[asked]


def assert_it_is_not_blind(matrix: Matrix, case: str) -> None:
    """The holder reads the words, the supervisor knows of the case, others get nothing of it."""
    page = f"/cases/{case}/"
    assert matrix[HOLDER, page] == Seen(200, words=True, named=True)
    assert matrix["sofia", page] == Seen(200, words=False, named=True)
    assert matrix["adil", page].status in (403, 404)
    assert [name for (name, _page), seen in matrix.items() if seen.words and name != HOLDER] == []
