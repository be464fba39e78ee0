"""Everybody walks everywhere, and the record tells of it: whatever was shown, whatever refused."""

from dataclasses import dataclass
from typing import Final

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from helpline.declared import ADDRESSES, SIGNED, _of_group
from privacy.models import AuditEvent
from tests.access.addresses import every_address
from tests.access.table import table
from tests.access.test_minimisation import Planted, _found, _text, planted
from tests.access.walk import Walker
from tests.access.world import World

pytestmark = pytest.mark.django_db
__all__ = ["planted"]

WALKING: Final = ("amina", "ben")
METHODS: Final = ("GET", "POST")


@dataclass(frozen=True)
class Asked:
    """One request: what was answered, which planted words it showed, what it put on record."""

    who: str
    what: str
    status: int
    signed: bool  # a provider's door, where nobody signs in
    shown: set[str]
    rows: list[AuditEvent]


@pytest.fixture(scope="module")
def walked(here: World, planted: Planted, django_db_blocker: DjangoDbBlocker) -> list[Asked]:
    """What came of every address for a few people."""
    with django_db_blocker.unblock(), transaction.atomic():
        return [one for name in WALKING for one in _walk(here, planted, name)]


def _walk(here: World, planted: Planted, name: str) -> list[Asked]:
    told, walker, found = table(), Walker.of(here, name), []
    for address in every_address():
        for method in METHODS:
            if told[method, address.row][name] == 405:
                continue
            known = set(AuditEvent.objects.values_list("pk", flat=True))
            rows: list[AuditEvent] = []
            answer = walker.ask(
                method,
                address,
                look=lambda rows=rows, known=known: rows.extend(  # type: ignore[misc]
                    AuditEvent.objects.exclude(pk__in=known)
                ),
            )
            found.append(
                Asked(
                    name,
                    f"{method} {address.row}",
                    answer.status_code,
                    _of_group(address.name) == SIGNED or ADDRESSES.get(address.name) == SIGNED,
                    _found(_text(answer), planted),
                    rows,
                )
            )
    return found


def test_d1_nothing_sealed_is_shown_without_a_row_of_its_case_and_class(
    walked: list[Asked], planted: Planted
) -> None:
    silent = [
        f"{one.who} {one.what}: {planted[word][0]}"
        for one in walked
        for word in one.shown
        if not any(_tells_of(row, planted[word]) for row in one.rows)
    ]
    assert silent == []
    assert sum(len(one.shown) for one in walked) > 50  # they did see things


def _tells_of(row: AuditEvent, what: tuple[str, object, str]) -> bool:
    _field, folder, klass = what
    return row.verb == "read" and row.folder == folder and klass in row.classes.split(",")


def test_d1_a_case_that_was_opened_is_on_record_though_nothing_in_it_was_read(
    here: World, walked: list[Asked]
) -> None:
    opened = [one for one in walked if one.status == 200 and one.what.endswith("case_detail")]
    assert {one.who for one in opened} == {"amina"}
    for one in opened:
        viewed = [row for row in one.rows if row.verb == "viewed"]
        assert [(row.folder, row.reason) for row in viewed] == [(here.case.folder_id, "own")]


def test_d1_whatever_is_refused_to_somebody_signed_in_is_on_record(walked: list[Asked]) -> None:
    refused = [one for one in walked if one.status in (403, 404) and not one.signed]
    silent = [
        f"{one.who} {one.what}"
        for one in refused
        if not any(row.verb == "refused" for row in one.rows)
    ]
    assert silent == []
    assert {one.who for one in refused} == set(WALKING)


def test_d2_no_word_of_anybody_reaches_the_record(walked: list[Asked], planted: Planted) -> None:
    said = " ".join(str(vars(row)) for one in walked for row in one.rows)
    assert said
    assert _found(said, planted) == set()
