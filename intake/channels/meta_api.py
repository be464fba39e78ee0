"""Meta's two sides: proving that a webhook is theirs, and calling their Graph API."""

import hmac
from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.utils.crypto import constant_time_compare

from intake.channels.base import NotVerified, Webhook
from intake.channels.wire import fetch
from intake.registry import SLOW_DOWN, CarrierError, NotKnown

META: Final = "https://graph.facebook.com"
GONE: Final = 33  # error_subcode of 100: no such object, or not (any more) ours to see

# Meta's error numbers in our words; all others are our own fault.
BUSY: Final = frozenset({4, 80007, 130429, 131048, 133016})
TOO_MANY_TO_ONE: Final = 131056  # of one pair of numbers: no other message is held up
PASSING: Final = frozenset({1, 2, 131000, 131016, 131057, 133004})
PROBLEMS: Final = {
    131047: "needs_template",
    131050: "opted_out",
    131021: "wrong_address",
    131026: "wrong_address",
    131030: "wrong_address",
    131062: "wrong_address",
    130472: "blocked",
    131049: "blocked",
    368: "sender_restricted",
    130497: "sender_restricted",
    131031: "sender_restricted",
    131042: "sender_restricted",
    133010: "sender_restricted",
    0: "credentials",
    3: "credentials",
    10: "credentials",
    190: "credentials",
    131005: "credentials",
    132001: "no_such_template",
    132015: "no_such_template",
    132016: "no_such_template",
}


def verify(hook: Webhook) -> None:
    """Raise NotVerified unless Meta signed exactly this body with our app's secret."""
    secret = settings.META_APP_SECRET
    if not secret:
        raise NotVerified
    wanted = "sha256=" + hmac.new(secret.encode(), hook.body, "sha256").hexdigest()
    if not constant_time_compare(hook.headers.get("x-hub-signature-256", ""), wanted):
        raise NotVerified


def challenge(asked: Mapping[str, str]) -> str:
    """What Meta wants to hear back when it connects the door. Raises NotVerified."""
    token = settings.META_VERIFY_TOKEN
    told = asked.get("hub.verify_token", "")
    if asked.get("hub.mode") != "subscribe" or not token or not constant_time_compare(told, token):
        raise NotVerified
    return asked.get("hub.challenge", "")


def call(method: str, path: str, *, json: Mapping[str, object] | None = None) -> dict[str, Any]:
    """One call of the Graph API; its answer.

    Raises CarrierError, NotKnown, or LookupError for a thing that is gone.
    """
    base = settings.META_API_BASE or META
    answer = fetch(
        method,
        f"{base}/{settings.META_API_VERSION}{path}",
        headers={"Authorization": f"Bearer {settings.META_ACCESS_TOKEN}"},
        **({"json": dict(json)} if json else {}),
    )
    if 200 <= answer.status < 300:
        return answer.facts
    error = answer.facts.get("error")
    error = error if isinstance(error, dict) else {}
    code = _number(error.get("code"))
    gone = answer.status == 404 or _number(error.get("error_subcode")) == GONE
    if gone and method != "POST":
        raise LookupError("not there")
    raise refused(answer.status, code, answer.wait)


def refused(status: int, code: int | None, wait: float | None = None) -> CarrierError | NotKnown:
    """What an answer that is no success means for a thing that was to be sent."""
    if code == TOO_MANY_TO_ONE:
        return CarrierError("busy", permanent=False, retry_after=wait)
    if status == 429 or code in BUSY:
        return CarrierError(SLOW_DOWN, permanent=False, retry_after=wait)
    if status >= 500 or code in PASSING:
        return NotKnown("provider_error")
    if status in (401, 403) and code not in PROBLEMS:
        return CarrierError("credentials", permanent=True)
    return CarrierError(problem_of(code), permanent=True)


def problem_of(code: int | None) -> str:
    """Our word for Meta's error number; permissions have a hundred numbers of their own."""
    if code is None:
        return "our_fault"
    if code in BUSY:
        return "busy"
    if 200 <= code < 300:
        return "credentials"
    return PROBLEMS.get(code, "our_fault")


def _number(told: object) -> int | None:
    return told if isinstance(told, int) and not isinstance(told, bool) else None
