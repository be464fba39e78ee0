"""What every connector promises, and the one way in which they speak to the outside."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import httpx

TOTAL_SECONDS: Final = 10.0
_CONNECT_SECONDS: Final = 4.0
_TIMEOUT: Final = httpx.Timeout(TOTAL_SECONDS, connect=_CONNECT_SECONDS)
_LARGEST_ANSWER: Final = 100_000

# What fails before a byte of the request has left: nobody can have taken it.
_NEVER_LEFT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.InvalidURL,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)


class ConnectorError(Exception):
    """It was not sent (`may_have_arrived` false), or nobody knows. `code` is the reason, a code."""

    def __init__(self, code: str, *, may_have_arrived: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.may_have_arrived = may_have_arrived


@dataclass(frozen=True, repr=False)
class Notice:
    """What one request says about one place: no person is in it."""

    kind: str
    locator: str
    origin: str = "unknown"
    medium: str = "unknown"
    place: str = "public"
    minor: bool = True


@dataclass(frozen=True, repr=False)
class Receipt:
    """What proves a sending: the other side's number, and the SHA-256 of what was sent."""

    reference: str
    sha256: str


class Connector(ABC):
    """A way to carry a request. `carrier` names its carrier in the outbox; none: by hand."""

    code: ClassVar[str]
    carrier: ClassVar[str] = ""

    @abstractmethod
    def trouble(self, notice: Notice) -> str:
        """A code for what keeps this notice from being sent this way; empty when nothing does."""

    @abstractmethod
    def send(self, notice: Notice) -> Receipt:
        """Send once. Never tries again by itself. Raises ConnectorError."""


@dataclass(frozen=True, repr=False)
class Answer:
    """Status and body of an answer that came whole and in time."""

    status: int
    body: bytes


def post(url: str, **what: Any) -> Answer:
    """POST once and wait ten seconds in all, redirects not followed. Raises ConnectorError.

    What may have been taken and was not answered in time is "may have arrived".
    """
    if not url:
        raise ConnectorError("not_configured")
    # In a thread of its own, so that it also works where an event loop already runs.
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, _post(url, what)).result()


async def _post(url: str, what: Mapping[str, Any]) -> Answer:
    try:
        async with (
            asyncio.timeout(TOTAL_SECONDS),
            httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False) as client,
            client.stream("POST", url, **what) as response,
        ):
            body = b""
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > _LARGEST_ANSWER:
                    raise ConnectorError("odd_answer", may_have_arrived=True)
            return Answer(response.status_code, body)
    except _NEVER_LEFT:
        raise ConnectorError("not_reached") from None
    except TimeoutError:
        raise ConnectorError("no_answer_in_time", may_have_arrived=True) from None
    except httpx.HTTPError:
        raise ConnectorError("cut_off", may_have_arrived=True) from None


def refuse_failure(status: int) -> None:
    """Raise for an answer that is no success: 4xx was not taken, anything else may have been."""
    if 400 <= status < 500:
        raise ConnectorError(f"http_{status}")
    if status != 200:
        raise ConnectorError(f"http_{status}", may_have_arrived=True)
