"""Second factors: which a person has, which this session was opened with, and how long ago."""

import time
from typing import Any, Final

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

KEY: Final = Authenticator.Type.WEBAUTHN.value
APP: Final = Authenticator.Type.TOTP.value
FRESH_SECONDS: Final = 5 * 60
ENROLLED_HERE: Final = "factors_enrolled_here"
SIGNED_IN_AT: Final = "signed_in_at"


def enrolled(user: Any) -> set[str]:
    """The kinds of factor a person has set up."""
    found = Authenticator.objects.filter(user_id=user.pk, type__in=(APP, KEY))
    return set(found.values_list("type", flat=True))


def shown(request: HttpRequest) -> set[str]:
    """The kinds of factor this session was opened with, or has enrolled."""
    kinds = {record.get("type", "") for record in _of_factors(request)}
    return kinds | set(request.session.get(ENROLLED_HERE, []))


def is_excused(user: Any) -> bool:
    """Invented people of a practice desk may come in with a password alone; nobody else may."""
    return bool(settings.PRACTICE and user.is_invented)


def proved_at(request: HttpRequest) -> float:
    """When this session last showed who sits there (seconds since 1970); 0 for never.

    A second factor counts. Where invented people have none, their password or sign-in does.
    """
    records = _of_factors(request)
    if not records and is_excused(request.user) and not enrolled(request.user):
        records = get_authentication_records(request, request.user)
        return float(records[-1]["at"] if records else request.session.get(SIGNED_IN_AT, 0))
    return float(records[-1]["at"]) if records else 0.0


def is_fresh(request: HttpRequest) -> bool:
    """Whether who sits there was proved within the last five minutes."""
    return time.time() - proved_at(request) <= FRESH_SECONDS


def way_to_prove(user: Any) -> str:
    """The address of the page where a person shows the best factor they have."""
    have = enrolled(user)
    if KEY in have:
        return reverse("mfa_reauthenticate_webauthn")
    return reverse("mfa_reauthenticate" if have else "account_reauthenticate")


def _of_factors(request: HttpRequest) -> list[dict[str, Any]]:
    records = get_authentication_records(request, request.user)
    return [record for record in records if record["method"] == "mfa"]
