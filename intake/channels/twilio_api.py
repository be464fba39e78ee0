"""Twilio's two sides: proving that a webhook is theirs, and calling them within ten seconds."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qs, parse_qsl, urlsplit

from django.conf import settings
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator, get_signature_algorithm
from twilio.rest import Client

from intake.channels.base import NotVerified, Unreadable, Webhook
from intake.channels.wire import Answer, fetch
from intake.registry import SLOW_DOWN, CarrierError, NotKnown

TWILIO: Final = "https://api.twilio.com"
LONGEST_NUMBER: Final = 9  # digits; Twilio's counts and codes have fewer
MOST_PAGES: Final = 50  # of Twilio's list, a thousand messages each

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
    63051: "sender_restricted",
    63112: "sender_restricted",
    20003: "credentials",
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
            _signed_over(hook),
            hook.headers.get("x-twilio-signature", ""),
            algorithm,
        )
    except ValueError:  # an algorithm nobody knows
        raise NotVerified from None
    if not genuine:
        raise NotVerified


def _signed_over(hook: Webhook) -> Fields | str:
    """What the signature covers: the form's fields, or a whole body whose hash the address has.

    Raises Unreadable.
    """
    if "bodySHA256" not in parse_qs(urlsplit(hook.path).query):
        return Fields(hook.form())
    try:
        return hook.body.decode()
    except ValueError:
        raise Unreadable from None


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
        answer = fetch(
            method,
            self.base + uri.removeprefix(TWILIO),
            params=_known(params),
            data=_known(data),
            headers=headers,
            auth=auth,
        )
        return Response(answer.status, answer.text, dict(answer.headers))


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
    told = client.request(
        method, f"{TWILIO}/2010-04-01/Accounts/{account}{path}", data=data, params=params
    )
    answer = Answer(int(told.status_code), told.text, told.headers)
    if 200 <= answer.status < 300:
        return answer.facts
    if answer.status == 404 and method != "POST":
        raise LookupError("not there")
    raise refused(answer.status, int(answer.facts.get("code") or 0), answer.wait)


def refused(status: int, code: int, wait: float | None = None) -> CarrierError | NotKnown:
    """What an answer that is no success means for a thing that was to be sent."""
    if status == 429 or code in BUSY:
        return CarrierError(SLOW_DOWN, permanent=False, retry_after=wait)
    if status == 409:  # what is to be deleted is not settled yet
        return CarrierError("busy", permanent=False, retry_after=wait)
    if status >= 500:
        return NotKnown("provider_error")
    if status in (401, 403) and code not in PROBLEMS:
        return CarrierError("credentials", permanent=True)
    return CarrierError(problem_of(code), permanent=True)


def message_now(ref: str) -> tuple[str, int]:
    """Twilio's word for how a message of ours fares, and its error number (0: none).

    Raises CarrierError, NotKnown, or LookupError for a message that is gone.
    """
    facts = call("GET", f"/Messages/{ref}.json")
    return str(facts["status"]), int(facts.get("error_code") or 0)


def media_types(ref: str) -> list[str]:
    """The declared content type of each picture or file of a message; nothing is opened."""
    with suppress(LookupError):
        found = call("GET", f"/Messages/{ref}/Media.json")["media_list"]
        return [str(media.get("content_type") or "") for media in found]
    return []


def delete_message(ref: str) -> str:
    """Delete a message's media and then the message at Twilio: "204", or "404" when it was gone.

    Raises CarrierError or NotKnown while it is not confirmed.
    """
    with suppress(LookupError):
        for media in call("GET", f"/Messages/{ref}/Media.json")["media_list"]:
            with suppress(LookupError):
                call("DELETE", f"/Messages/{ref}/Media/{media['sid']}.json")
        call("DELETE", f"/Messages/{ref}.json")
        return "204"
    return "404"


def messages(**asked: str) -> Iterator[dict[str, Any]]:
    """Twilio's own list of messages, newest first, by its names (To, From, DateSent> …).

    Raises CarrierError or NotKnown when Twilio does not say.
    """
    params = {"PageSize": "1000", **asked}
    for _page in range(MOST_PAGES):
        facts = call("GET", "/Messages.json", params=params)
        yield from facts["messages"]
        following = facts.get("next_page_uri")
        if not following:
            return
        params = dict(parse_qsl(urlsplit(following).query))


def find_message(to: str, body: str, *, since: datetime, claimed: set[str]) -> str:
    """The reference of a message of ours that Twilio holds and nobody claimed, else "".

    Raises CarrierError or NotKnown when Twilio does not say.
    """
    for message in messages(**{"To": to, "DateSent>": since.date().isoformat()}):
        ours = message["direction"] != "inbound" and message["body"] == body
        if ours and message["sid"] not in claimed:
            return str(message["sid"])
    return ""


def _known(values: dict[str, object] | None) -> dict[str, Any] | None:
    """Parameters that were given: the library names the others too."""
    return {name: value for name, value in (values or {}).items() if value is not None} or None
