"""The Internet Watch Foundation's single-use link, over which a child reaches the analysts.

Wire facts: the public Aselo integration. The picture goes from the child to the analysts; it never
comes near us. `case_number` is random for each link and names nobody.
"""

import json
import re
from typing import ClassVar, Final
from urllib.parse import quote

from django.conf import settings

from takedowns.connectors.base import ConnectorError, post, refuse_failure

_REASON: Final = re.compile(r"[^a-z0-9]+")


class IwfChildLink:
    """POST of a form; success gives a token, from which the link is made."""

    code: ClassVar[str] = "iwf_link"
    carrier: ClassVar[str] = "iwf_link"

    def make(self, *, case_number: str, age_band: str) -> str:
        """Make one link for one child in an age band (`<13`, `13-15`, `16-17`).

        Never tries again by itself. Raises ConnectorError with the foundation's reason as a code.
        """
        answer = post(
            settings.IWF_LINK_URL,
            data={
                "secret_key": settings.IWF_SECRET_KEY,
                "case_number": case_number,
                "user_age_range": age_band,
            },
        )
        refuse_failure(answer.status)
        return f"{settings.IWF_CHILD_PAGE.rstrip('/')}/?t={quote(_token(answer.body), safe='')}"


def _token(body: bytes) -> str:
    try:
        found = json.loads(body)
        result, message = found["result"], found["message"]
    except (ValueError, KeyError, TypeError):
        raise ConnectorError("odd_answer", may_have_arrived=True) from None
    if result != "OK":
        raise ConnectorError(_reason(message))
    token = message.get("access_token") if isinstance(message, dict) else None
    if not isinstance(token, str) or not 0 < len(token) <= 500:
        raise ConnectorError("odd_answer", may_have_arrived=True)
    return token


def _reason(message: object) -> str:
    """The foundation's words as a code of ours, so that nothing it repeats gets further."""
    words = str(message).replace(settings.IWF_SECRET_KEY or "\0", "")
    return _REASON.sub("_", words.lower()).strip("_")[:48] or "refused"
