"""Twilio's two sides: proving that a webhook is theirs, and calling them within ten seconds."""

import json
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from functools import cache
from typing import Any, Final

import httpx
from django.conf import settings
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator, get_signature_algorithm
from twilio.rest import Client

from intake.channels.base import NotVerified, Webhook
from intake.registry import CarrierError, NotKnown

TOTAL_SECONDS: Final = 10.0
TWILIO: Final = "https://api.twilio.com"
LONGEST_NUMBER: Final = 9  # digits; Twilio's counts and codes have fewer
ASK_AGAIN: Final = 300.0  # seconds until we try again what only a person can put right

# Twilio's error numbers in our words; all others below 500 are our own fault.
BUSY: Final = frozenset({20429, 63018})
PROBLEMS: Final = {
    63016: "needs_template",
    21610: "opted_out",
    63003: "wrong_address",
    63024: "wrong_address",
    21211: "wrong_address",
    21614: "wrong_address",
    63032: "blocked",
    63049: "blocked",
}


class Fields(dict[str, list[str]]):
    """Form fields as Twilio's validator wants to ask for them."""

    def getall(self, name: str) -> list[str]:
        """Every value of a field, in order."""
        return self[name]

    def one(self, name: str) -> str:
        """The first value of a field, "" when it is not there; NUL is no letter of anybody's."""
        return self.get(name, [""])[0].replace("\0", "")

    def number(self, name: str, *, most: int) -> int:
        """A count or a code, at most `most`; 0 when the field holds no number.

        Only a few digits are ever reckoned with: Python refuses to read thousands of them.
        """
        word = self.one(name)
        if not word.isdecimal():
            return 0
        return min(int(word), most) if len(word) <= LONGEST_NUMBER else most


def verify(hook: Webhook) -> None:
    """Raise NotVerified unless Twilio signed exactly this request.

    The address that was signed is rebuilt from PUBLIC_BASE_URL, never from the Host header.
    """
    if not settings.TWILIO_AUTH_TOKEN:
        raise NotVerified
    validator = RequestValidator(settings.TWILIO_AUTH_TOKEN)
    algorithm = get_signature_algorithm(
        hook.headers.get("x-twilio-webhooks-signature-settings", "")
    )
    try:
        genuine = validator.validate(
            settings.PUBLIC_BASE_URL + hook.path,
            Fields(hook.form()),
            hook.headers.get("x-twilio-signature", ""),
            algorithm,
        )
    except ValueError:  # an algorithm nobody knows
        raise NotVerified from None
    if not genuine:
        raise NotVerified


def problem_of(code: int) -> str:
    """Our word for Twilio's error number in a status callback."""
    return "busy" if code in BUSY else PROBLEMS.get(code, "our_fault")


class Line(HttpClient):  # type: ignore[misc]
    """Carries the library's requests, ten seconds in all, to TWILIO_API_BASE where one is set."""

    def __init__(self) -> None:
        self.base = settings.TWILIO_API_BASE or TWILIO

    def request(  # noqa: PLR0917 (the library's own signature)
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """One request. Raises CarrierError when nothing was sent, NotKnown when it may be."""
        deadline = time.monotonic() + TOTAL_SECONDS
        limits = httpx.Timeout(TOTAL_SECONDS * 0.6, connect=3.0)
        try:
            with (
                httpx.Client(timeout=limits, trust_env=False, verify=_tls()) as client,
                client.stream(
                    method,
                    self.base + uri.removeprefix(TWILIO),
                    params=_known(params),
                    data=_known(data),
                    headers=headers,
                    auth=auth,
                ) as answer,
            ):
                text = _read(answer, deadline)
                return Response(answer.status_code, text, dict(answer.headers))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise CarrierError("unreachable", permanent=False) from None
        except httpx.HTTPError:
            raise NotKnown("no_answer") from None


def call(
    method: str,
    path: str,
    *,
    data: Mapping[str, object] | None = None,
    params: Mapping[str, object] | None = None,
) -> dict[str, Any]:
    """One call of Twilio's API below our account; its answer.

    Raises CarrierError, NotKnown, or LookupError for a thing that is gone. The library's classes
    for each resource are left alone: loading them takes seconds.
    """
    account = settings.TWILIO_ACCOUNT_SID
    client = Client(account, settings.TWILIO_AUTH_TOKEN, http_client=Line())
    answer = client.request(
        method, f"{TWILIO}/2010-04-01/Accounts/{account}{path}", data=data, params=params
    )
    status = int(answer.status_code)
    try:
        facts: dict[str, Any] = json.loads(answer.text) if answer.text else {}
    except ValueError:
        facts = {}
    if 200 <= status < 300:
        return facts
    if status == 404 and method != "POST":
        raise LookupError("not there")
    raise refused(status, int(facts.get("code") or 0), _seconds(answer.headers))


def refused(status: int, code: int, wait: float | None = None) -> CarrierError | NotKnown:
    """What an answer that is no success means for a thing that was to be sent."""
    if status == 429 or code in BUSY:
        return CarrierError("busy", permanent=False, retry_after=wait)
    if status >= 500:
        return NotKnown("provider_error")
    if status in (401, 403):
        return CarrierError("our_fault", permanent=False, retry_after=ASK_AGAIN)
    return CarrierError(problem_of(code), permanent=True)


def delete_message(ref: str) -> None:
    """Delete a message's media and then the message at Twilio; gone already is done.

    Raises CarrierError or NotKnown while it is not confirmed.
    """
    with suppress(LookupError):
        for media in call("GET", f"/Messages/{ref}/Media.json")["media_list"]:
            with suppress(LookupError):
                call("DELETE", f"/Messages/{ref}/Media/{media['sid']}.json")
        call("DELETE", f"/Messages/{ref}.json")


def find_message(to: str, body: str, *, since: datetime, claimed: set[str]) -> str:
    """The reference of a message of ours that Twilio holds and nobody claimed, else "".

    Raises CarrierError or NotKnown when Twilio does not say.
    """
    asked = {"To": to, "DateSent>": since.date().isoformat(), "PageSize": 1000}
    for message in call("GET", "/Messages.json", params=asked)["messages"]:
        ours = message["direction"] != "inbound" and message["body"] == body
        if ours and message["sid"] not in claimed:
            return str(message["sid"])
    return ""


def _seconds(headers: Mapping[str, str]) -> float | None:
    """The wait that a Retry-After header names in seconds; None for anything else."""
    told = {name.lower(): value for name, value in headers.items()}.get("retry-after", "")
    return float(told) if told.isdecimal() else None


@cache
def _tls() -> ssl.SSLContext:
    """Which authorities we trust: read once, because reading takes longer than a request."""
    return httpx.create_ssl_context()


def _read(answer: httpx.Response, deadline: float) -> str:
    """The whole body, unless it trickles past the deadline."""
    chunks = []
    for chunk in answer.iter_bytes():
        chunks.append(chunk)
        if time.monotonic() > deadline:
            raise NotKnown("too_slow")
    return b"".join(chunks).decode(errors="replace")


def _known(values: dict[str, object] | None) -> dict[str, Any] | None:
    """Parameters that were given: the library names the others too."""
    return {name: value for name, value in (values or {}).items() if value is not None} or None
