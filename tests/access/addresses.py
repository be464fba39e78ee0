"""Every address the resolver knows, and how to fill in its keys."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from cases.reporter import VERBS
from cases.revealing import REVEALABLE
from cases.steps import STEPS
from tests.access.world import World


@dataclass(frozen=True)
class Address:
    """One pattern of the resolver: its full name, or itself where it has none, and its keys."""

    name: str
    keys: frozenset[str]
    word: str = ""

    @property
    def row(self) -> str:
        """How the table names it: with its word, where one address stands for many verbs."""
        return f"{self.name} {self.word}".strip()


# Addresses that are many verbs: the key that says which, and all its words.
_WORDS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "cases:change": ("card", tuple(STEPS)),
    "cases:reveal": ("what", tuple(REVEALABLE)),
    "cases:writer": ("verb", tuple(VERBS)),
}


def every_address() -> list[Address]:
    """All of them, in the order in which they are tried."""
    return [
        Address(one.name, one.keys, word)
        for one in _walk(get_resolver().url_patterns, "", frozenset())
        for word in _WORDS.get(one.name, ("", ("",)))[1]
    ]


def _walk(
    patterns: list[URLPattern | URLResolver], space: str, keys: frozenset[str]
) -> Iterator[Address]:
    for entry in patterns:
        pattern: Any = entry.pattern
        mine = keys | set(pattern.converters or pattern.regex.groupindex)
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _walk(entry.url_patterns, inner, mine)
        else:
            yield Address(f"{space}{entry.name}" if entry.name else str(pattern), mine)


# What each key of an address stands for; a longer beginning of a name wins over a shorter one.
_STANDS_FOR: Final[dict[str, dict[str, str]]] = {
    "accounts:person": {"key": "ben"},
    "accounts:duty_end": {"key": "duty"},
    "accounts:duty_decide": {"key": "asked"},
    "account_reset_password_from_key": {"uidb36": "=1", "key": "=set-password"},
    "mfa_": {"pk": "=1"},
    "intake:": {"key": "outbound"},
    "intake:letter": {"key": "letter"},
    "intake:own_copy": {"token": "=none"},
    "intake:number": {"key": "number"},
    "intake:approved_text": {"key": "text"},
    "accounts:shift": {"key": "shift"},
    "accounts:holiday": {"key": "holiday"},
    "cases:page_answer": {"key": "page"},
    "cases:": {
        "key": "case",
        "task": "task",
        "consent": "consent",
        "row": "case",
        "talk": "conversation",
    },
    "cases:reveal address": {"row": "identity"},
    "cases:reveal document": {"row": "needed"},
    "cases:advise": {"key": "case", "asked": "advice"},
    "cases:document": {"key": "case", "filing": "=police"},
    "cases:document_sent": {"key": "case", "filing": "=police"},
    "cases:glass_why": {"key": "glass"},
    "insight:review": {"word": "=glass", "key": "glass"},
    "takedowns:": {"key": "request"},
    "takedowns:place": {"key": "content"},
    "takedowns:prepare": {"key": "content"},
    "takedowns:send_link": {"key": "link"},
    "takedowns:link_outcome": {"key": "link"},
    "takedowns:add_place": {"key": "case"},
    "takedowns:make_link": {"key": "case"},
    "referrals:renew": {"key": "sent"},
    "referrals:revoke": {"key": "sent"},
    "referrals:outcome": {"key": "sent"},
    "referrals:": {"key": "referral", "case": "case", "service": "service", "token": "token"},
    "insight:alert_": {"key": "alert"},
    "insight:custodian_retire": {"key": "custodian"},
    "insight:": {"event": "reveal", "code": "=opened"},
    "practice:": {"call_id": "=CA0"},
    "api-cases": {"pk": "case"},
    "api-cases-consent_withdraw": {"pk": "case", "consent": "consent"},
    "api-glass": {"pk": "glass"},
    "api-reviews": {"pk": "glass"},
    "api-conversations": {"pk": "conversation"},
    "api-takedowns": {"pk": "request"},
    "api-takedown-places": {"pk": "content"},
    "api-referrals": {"pk": "referral"},
    "api-referrals-outcome": {"pk": "sent"},
    "api-referrals-renew": {"pk": "sent"},
    "api-services": {"pk": "service"},
}


def path_of(address: Address, world: World, *, absent: bool = False) -> str:
    """The path of an address in this world; `absent`: with keys of things that do not exist."""
    told = {_WORDS[address.name][0]: address.word} if address.word else {}
    asked = address.keys - told.keys()
    found = {key: _value(address.row, key, world, absent=absent) for key in asked}
    return reverse(address.name, kwargs=found | told)


def names_something(address: Address) -> bool:
    """Whether an address has keys of things that could be somebody's."""
    word = _WORDS.get(address.name, ("", ()))[0]
    keys = address.keys - {word}
    return any(not _meant(address.row, key).startswith("=") for key in keys)


def _meant(name: str, key: str) -> str:
    fitting = [
        start for start, meant in _STANDS_FOR.items() if name.startswith(start) and key in meant
    ]
    if not fitting:
        raise LookupError(f"say in _STANDS_FOR what {key} of {name} is")
    return _STANDS_FOR[max(fitting, key=len)][key]


def _value(name: str, key: str, world: World, *, absent: bool) -> Any:
    meant = _meant(name, key)
    if meant.startswith("="):
        return meant[1:]
    if absent:
        return "x" * 43 if meant == "token" else uuid.uuid4()
    return world.keys[meant]
