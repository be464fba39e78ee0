"""Whatever a program sends, the API answers with one of a few statuses, and never breaks."""

import copy
import json
from typing import Any, Final

import pytest
from django.core.cache import cache
from django.db import transaction

from helpline.declared import RESOURCES
from tests.access.addresses import Address, every_address, path_of
from tests.access.walk import Walker
from tests.access.world import World

pytestmark = pytest.mark.django_db

_LONG: Final = "x" * 100_000
# Bodies that no operation asks for; each is sent to each. The first is no JSON at all.
BODIES: Final[tuple[Any, ...]] = (
    b"{",
    [],
    None,
    {"\u202e\x00": _LONG},
    {name: [[{}]] for name in ("body", "text", "reason", "summary", "codes", "state", "case")},
    {name: -1.5 for name in ("body", "client_key", "outcome", "route", "field", "row", "purpose")},
)
ANSWERS: Final = {200, 201, 204, 400, 403, 404, 405, 409, 415}


def _operations() -> list[Address]:
    return [one for one in every_address() if one.name.startswith("api-")]


def _ask(walker: Walker, method: str, one: Address, body: Any) -> int:
    client = walker.world.browser("-")
    client.cookies = copy.deepcopy(walker.cookies)
    cache.clear()
    sent = body if isinstance(body, bytes) else json.dumps(body)
    with transaction.atomic(), transaction.atomic(using="keys"):
        path = path_of(one, walker.world)
        answer = client.generic(method, path, sent, content_type="application/json")
        transaction.set_rollback(True)
        transaction.set_rollback(True, using="keys")
    return answer.status_code


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_k1_no_body_breaks_an_operation(here: World, method: str) -> None:
    walker = Walker.of(here, "amina")
    wrong = {
        f"{method} {one.row}: {status}"
        for one in _operations()
        for body in BODIES
        if (status := _ask(walker, method, one, body)) not in ANSWERS
    }
    assert wrong == set()


def test_k1_methods_that_nobody_declared_are_not_answered(here: World) -> None:
    walker = Walker.of(here, "amina")
    answered = {
        f"{method} {one.row}"
        for one in _operations()
        for method in ("PUT", "DELETE")
        if _ask(walker, method, one, {}) not in (404, 405)
    }
    assert answered == set()


def test_k1_every_operation_declares_whose_it_is() -> None:
    unknown = {one.name for one in _operations() if one.name.rpartition("-")[0] not in RESOURCES}
    assert unknown == set()
