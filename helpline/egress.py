"""Where our processes may send anything at all: the providers and servers that are configured.

Written as rules of nftables for a network namespace in which web, worker, sweep and mail processes
run. A program of ours that was turned against us reaches nobody else with what it has read.
"""

import ipaddress
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

TABLE: Final = "inet amaan_egress"
_META: Final = "https://graph.facebook.com"
_TWILIO: Final = "https://api.twilio.com"
_PORTS: Final = {"https": 443, "http": 80, "redis": 6379, "rediss": 6379}


@dataclass(frozen=True)
class Door:
    """A server that we speak with: what for, and where."""

    what: str
    host: str
    port: int


Resolve = Callable[[str, int], list[str]]


def doors() -> list[Door]:
    """Every server the settings name, and no other. What is not configured is not reached."""
    found = [*_providers(), *_mail(), *_servers()]
    return sorted(set(found), key=lambda one: (one.what, one.host, one.port))


def addresses(host: str, port: int) -> list[str]:
    """The addresses of a name, now; the rules are written anew as often as these change."""
    told = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return sorted({str(one[4][0]) for one in told})


def ruleset(resolve: Resolve = addresses, *, resolvers: list[str] | None = None) -> str:
    """The rules, to be loaded with `nft -f -` in the namespace; loading them again replaces them.

    Whatever is not named is refused at once, so that nothing waits for it. Names are asked of the
    resolvers in `resolvers` (by default those of this machine) and of nobody else.
    """
    allowed = [
        f"        {_family(address)} daddr {address} tcp dport {door.port} accept"
        f' comment "{door.what}"'
        for door in doors()
        for address in resolve(door.host, door.port)
        if not ipaddress.ip_address(address).is_loopback
    ]
    names = [
        f"        {_family(one)} daddr {one} meta l4proto {{ tcp, udp }} th dport 53 accept"
        for one in (_resolvers() if resolvers is None else resolvers)
        if not ipaddress.ip_address(one).is_loopback
    ]
    return "\n".join(
        [
            f"table {TABLE}",  # so that there is one to delete
            f"delete table {TABLE}",
            f"table {TABLE} {{",
            "    chain output {",
            "        type filter hook output priority filter; policy drop;",
            '        oifname "lo" accept',
            "        ct state established,related accept",
            "        icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept",
            *names,
            *allowed,
            "        meta l4proto tcp reject with tcp reset",
            "        reject",
            "    }",
            "    chain forward {",
            "        type filter hook forward priority filter; policy drop;",
            "    }",
            "}",
            "",
        ]
    )


def _providers() -> Iterator[Door]:
    if settings.TWILIO_ACCOUNT_SID:
        yield _of("twilio", settings.TWILIO_API_BASE or _TWILIO)
    if settings.META_ACCESS_TOKEN:
        yield _of("meta", settings.META_API_BASE or _META)
    for url in (settings.IWF_REPORT_URL, settings.IWF_LINK_URL):
        if url:
            yield _of("iwf", url)


def _mail() -> Iterator[Door]:
    if settings.EMAIL_HOST:
        yield Door("smtp", settings.EMAIL_HOST, settings.EMAIL_PORT)
    if settings.IMAP_HOST:
        yield Door("imap", settings.IMAP_HOST, settings.IMAP_PORT)


def _servers() -> Iterator[Door]:
    for name in settings.DATABASES:
        where = settings.DATABASES[name]
        yield Door("database", where["HOST"], int(where["PORT"] or 5432))
    yield _of("bell", settings.CELERY_BROKER_URL)


def _of(what: str, url: str) -> Door:
    parts = urlsplit(url)
    return Door(what, parts.hostname or "", parts.port or _PORTS[parts.scheme])


def _family(address: str) -> str:
    return "ip6" if ipaddress.ip_address(address).version == 6 else "ip"


def _resolvers() -> list[str]:
    lines = Path("/etc/resolv.conf").read_text().splitlines()
    words = [line.split() for line in lines]
    return [one[1].partition("%")[0] for one in words if one[:1] == ["nameserver"]]
