"""One HTTP call to a provider: ten seconds in all, no redirects, no proxy, nothing logged."""

import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import httpx

from intake.registry import CarrierError, NotKnown

TOTAL_SECONDS: Final = 10.0
LONGEST_ANSWER: Final = 8 * 1024 * 1024  # octets: the longest page of a provider's own list


@dataclass(frozen=True)
class Answer:
    """What a provider answered; header names in lower case."""

    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def facts(self) -> dict[str, Any]:
        """The answer's JSON object; empty for anything else."""
        try:
            found = json.loads(self.text) if self.text else {}
        except ValueError:
            found = {}
        return found if isinstance(found, dict) else {}

    @property
    def wait(self) -> float | None:
        """The wait that a Retry-After header names in seconds; None for anything else."""
        told = self.headers.get("retry-after", "")
        return float(told) if told.isdecimal() and len(told) < 9 else None


def fetch(method: str, url: str, **what: Any) -> Answer:
    """One request (`what`: params, data, json, headers, auth as httpx names them).

    Raises CarrierError when nothing was sent, NotKnown when it may have been.
    """
    deadline = time.monotonic() + TOTAL_SECONDS
    limits = httpx.Timeout(TOTAL_SECONDS * 0.6, connect=3.0)
    try:
        with (
            httpx.Client(timeout=limits, trust_env=False, verify=_tls()) as client,
            client.stream(method, url, **what) as answer,
        ):
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return Answer(answer.status_code, _read(answer, deadline), headers)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
        raise CarrierError("unreachable", permanent=False) from None
    except httpx.HTTPError:
        raise NotKnown("no_answer") from None


@cache
def _tls() -> ssl.SSLContext:
    """Which authorities we trust: read once, because reading takes longer than a request."""
    return httpx.create_ssl_context()


def _read(answer: httpx.Response, deadline: float) -> str:
    """The whole body, unless it trickles past the deadline or does not end."""
    chunks, size = [], 0
    for chunk in answer.iter_bytes():
        chunks.append(chunk)
        size += len(chunk)
        if time.monotonic() > deadline or size > LONGEST_ANSWER:
            raise NotKnown("too_slow")
    return b"".join(chunks).decode(errors="replace")
