"""One request of one person, taken back afterwards so that the next finds the same world."""

import copy
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse

from tests.access.addresses import Address, path_of
from tests.access.bodies import body_of
from tests.access.world import World

# What differs between two answers of the same page by chance.
_CHANCE = re.compile(r'(value|nonce)="[^"]*"|<link[^>]*>|<script[^>]*>|\?next=[^"]*')


@dataclass
class Walker:
    """A person walking through the world."""

    world: World
    name: str
    cookies: SimpleCookie

    @classmethod
    def of(cls, world: World, name: str) -> "Walker":
        return cls(world, name, world.browser(name).cookies)

    def ask(
        self,
        method: str,
        address: Address,
        *,
        absent: bool = False,
        look: Callable[[], None] = lambda: None,
    ) -> HttpResponse:
        """The answer to a request with a right body; nothing it changed stays.

        `look` is called while what it changed is still there.
        """
        path = path_of(address, self.world, absent=absent)
        client = self.world.browser("-")
        client.cookies = copy.deepcopy(self.cookies)
        cache.clear()
        with transaction.atomic(), transaction.atomic(using="keys"):
            if method == "GET":
                answer: Any = client.get(path)
            elif address.name.startswith("api-"):
                body = json.dumps(body_of(address.row, self.world))
                answer = client.generic(method, path, body, content_type="application/json")
            elif method != "POST":
                answer = client.generic(method, path)
            else:
                answer = client.post(path, body_of(address.row, self.world))
            look()
            transaction.set_rollback(True)
            transaction.set_rollback(True, using="keys")
        found: HttpResponse = answer
        return found


def shape(answer: HttpResponse) -> tuple[int, str]:
    """Status and body, without what differs by chance."""
    return answer.status_code, _CHANCE.sub("", answer.content.decode())
