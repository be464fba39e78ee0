"""Every address, every person: what they get stands in table.txt, and nothing is left out."""

from typing import Final

import pytest

from tests.access.addresses import Address, every_address, names_something
from tests.access.table import PEOPLE, table
from tests.access.walk import Walker, shape
from tests.access.world import ANONYMOUS, NAMES, World

pytestmark = pytest.mark.django_db

METHODS: Final = ("GET", "POST")
OTHERS: Final = ("PUT", "PATCH", "DELETE")  # only where the table has a row for them

# What answers somebody who has not signed in; everything else sends them away.
FOR_ANYBODY: Final = {
    "health",
    "policy_report",
    "set_language",
    "account_login",
    "account_inactive",
    "account_signup",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "accounts:hidden",
    "intake:kept",
    "referrals:door",
    "referrals:packet",
    "referrals:accept",
    "referrals:decline",
    "referrals:report",
    "practice_hours",
    "practice:page",
    "practice:devices",
    "practice:say",
    "practice:write",
    "practice:ring",
    "practice:act",
}
# The providers' doors: they answer who signs as the provider, and 403 to everybody else.
SIGNED: Final = "intake:"


def test_every_address_stands_in_the_table_and_nothing_else_does() -> None:
    known = {(method, one.row) for one in every_address() for method in METHODS}
    rows = set(table())
    assert sorted(known - rows) == [], "add their rows to tests/access/table.txt"
    assert sorted({row for _method, row in rows} - {row for _method, row in known}) == []


def test_no_two_addresses_share_a_name() -> None:
    rows = [one.row for one in every_address()]
    assert sorted(row for row in set(rows) if rows.count(row) > 1) == []


@pytest.mark.parametrize("name", PEOPLE)
def test_everybody_gets_what_the_table_says(here: World, name: str) -> None:
    told, walker, wrong = table(), Walker.of(here, name), []
    for one in every_address():
        for method in (*METHODS, *OTHERS):
            if (method, one.row) not in told:
                continue
            expected = told[method, one.row][name]
            if (got := walker.ask(method, one).status_code) != expected:
                wrong.append(f"{method} {one.row}: {got}, not {expected}")
    assert wrong == []


def test_no_other_method_does_anything(here: World) -> None:
    told, walker, done = table(), Walker.of(here, "amina"), []
    for one in every_address():
        if one.name.startswith(("account_", "mfa_")):
            continue  # a form of the library takes PUT as it takes POST
        for method in OTHERS:
            refused = (302, 401, 403, 404, 405) if one.name == "set_language" else (403, 404, 405)
            if (method, one.row) not in told and walker.ask(method, one).status_code not in refused:
                done.append(f"{method} {one.row}")
    assert done == []


@pytest.mark.parametrize("name", NAMES)
def test_c2_what_is_not_for_somebody_looks_like_what_is_not_there(here: World, name: str) -> None:
    told, walker, differ = table(), Walker.of(here, name), []
    for one in filter(names_something, every_address()):
        for method in METHODS:
            if told[method, one.row][name] == 404:
                refused, absent = walker.ask(method, one), walker.ask(method, one, absent=True)
                if shape(refused) != shape(absent):
                    differ.append(f"{method} {one.row}")
    assert differ == []


def test_a1_nobody_signed_in_gets_further_than_the_door(here: World) -> None:
    walker, open_doors = Walker.of(here, ANONYMOUS), []
    for one in every_address():
        if one.name in FOR_ANYBODY:
            continue
        for method in (*METHODS, *OTHERS):
            answer = walker.ask(method, one)
            to_sign_in = answer.headers.get("Location", "").startswith("/accounts/login/")
            refused = one.name.startswith(SIGNED) and answer.status_code == 405
            leaving = one.name == "account_logout" and answer.headers.get("Location") == "/"
            refused |= method in OTHERS and answer.status_code == 405
            if answer.status_code not in (401, 403, 404) and not (to_sign_in or refused or leaving):
                open_doors.append(f"{method} {one.row}")
    assert open_doors == []


def test_the_table_lets_nobody_without_a_grant_near_the_case() -> None:
    """A second look at the table itself, so that no slip of a pen opens a case."""
    for one in filter(_of_the_case, every_address()):
        for method in METHODS:
            for name, status in table()[method, one.row].items():
                if name in ("ben", "anil", "adil", "aude", "lea"):
                    assert status in (404, 405), f"{name} {method} {one.row}"
                assert status < 500, f"{name} {method} {one.row}"


def _of_the_case(one: Address) -> bool:
    of_work = one.name.startswith(("cases:", "takedowns:", "referrals:", "api-"))
    # Services are everybody's; a glass is its own breaker's, who says why they broke it.
    own = ("api-services", "api-glass", "cases:glass_why")
    shared = one.name.startswith(own) or "token" in one.keys
    return of_work and not shared and names_something(one)
