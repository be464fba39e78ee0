"""What later stages put on the case page and do when a case closes; filled in their `apps.py`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from accounts.models import User
from cases.models import Case

CardOf = Callable[[Case, User], "Card | None"]
OnClose = Callable[[Case, User | None], None]


@dataclass(frozen=True)
class Card:
    """One short card on the right of the case page.

    `template` is the fragment of its body, rendered with `card`, `case` (a Minimised) and the
    request; `context` holds only what the person may see: build it from `visible_to` and
    `minimised`. `key` becomes the anchor `#card-<key>`; `gist` is one line of operational words
    (counts, clocks), never a quote. `sign` is (kind, word) from docs/interface.md, shown in front.
    """

    key: str
    title: str
    gist: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)
    sign: tuple[str, str] | None = None


# Asked in this order for every case page; None means: nothing for this person here.
cards: list[CardOf] = []


@dataclass(frozen=True)
class Way:
    """One way to have a picture dealt with that nobody here may see: whose it is, and its steps."""

    name: str
    steps: list[str]
    url: str = ""
    """A page of ours where it begins."""


# Asked for the line that says that a picture or file came and was not opened; in this order.
ways: list[Callable[[Case, User], list[Way]]] = []

# Asked by search: the cases with a place (link, account, hash) of which one may know, by what was
# typed. Nothing is opened for it: a keyed hash is compared.
found_by_locator: list[Callable[[str, User], set[UUID]]] = []

# Called inside `close`, in its transaction, before any grant is revoked. Cancel what is open and
# unsent; act as your own part where the person may not do it. NotPossible stops the closing.
on_close: list[OnClose] = []


def cards_for(case: Case, user: User) -> list[Card]:
    """The cards of later stages that this person sees on this case."""
    return [card for make in cards if (card := make(case, user)) is not None]


def ways_for(case: Case, user: User) -> list[Way]:
    """What this person can offer about a picture that was not opened."""
    return [way for offer in ways for way in offer(case, user)]
