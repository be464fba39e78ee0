"""Wrong passwords and codes: who guesses is slowed, and nobody can slow a colleague by guessing.

Counts are rows in PostgreSQL, so that every web process sees them and no restart forgets them. A
place is a browser (by a cookie) or else an address. An account is familiar with the places from
which its owner came in. From one place a few tries are free; all strange places together have a few
more, so that a thousand addresses are no better than one. A familiar place has its own count alone:
a stranger's guesses never close it. Everything opens again by itself.

Only the connection's own address counts; no header that a client writes is read.
"""

import secrets
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import wraps
from typing import Any, Final

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from accounts.models import Familiar, WrongTry
from privacy.clock import database_now
from privacy.purposes import keyed_hash

What = WrongTry.What

FROM_ONE_PLACE: Final = 5
FROM_STRANGERS: Final = 20
BY_ONE_STRANGER: Final = 60  # over all accounts: a few words tried on everybody
SOON: Final = timedelta(minutes=15)
# Who tries codes knows the password already, and one of 333,333 codes fits: few tries a day.
STRANGERS_WINDOW: Final = {What.PASSWORD: SOON, What.FACTOR: timedelta(hours=24)}
KNOWN_FOR: Final = timedelta(days=60)
EVEN_SECONDS: Final = 0.4  # longer than a mail server takes to take a letter
KEPT_FOR: Final = timedelta(days=30)
_NOTED: Final = "place_is_familiar"


def account_of(name: str) -> str:
    """Under which tries on an address are counted, whether anybody has it or not."""
    return keyed_hash("account", name.strip().lower()[:254])


def is_slowed(request: HttpRequest, name: str, what: What) -> bool:
    """Whether a try on this account, from where this request comes, has to wait."""
    account, now = account_of(name), database_now()
    place, familiar = _place(request, name)
    tries = WrongTry.objects.filter(what=what)
    here = tries.filter(account_hash=account, place_hash=place, at__gt=now - SOON)
    if here.count() >= FROM_ONE_PLACE:
        return True
    if familiar:
        return False
    strange = tries.filter(familiar=False)
    at_this = strange.filter(account_hash=account, at__gt=now - STRANGERS_WINDOW[what])
    by_this = strange.filter(place_hash=place, at__gt=now - SOON)
    return at_this.count() >= FROM_STRANGERS or by_this.count() >= BY_ONE_STRANGER


def note_wrong(request: HttpRequest, name: str, what: What) -> None:
    """Count a wrong try; the account's owner is told of it in a moment (`services.tell_owners`)."""
    place, familiar = _place(request, name)
    WrongTry.objects.create(
        what=what, account_hash=account_of(name), place_hash=place, familiar=familiar
    )


def forgive(request: HttpRequest, name: str, what: What) -> None:
    """A right one: what was wrong from the same place before counts no more."""
    place, _familiar = _place(request, name)
    _tries_from(place, name).filter(what=what).update(place_hash=None, familiar=True)


def become_familiar(request: HttpRequest, response: HttpResponse) -> None:
    """Somebody is fully signed in: next time their browser and their address are known.

    The cookie says nothing about the person, and opens nothing by itself.
    """
    if request.session.get(_NOTED):
        return
    user: Any = request.user
    cookie = request.COOKIES.get(settings.PLACE_COOKIE_NAME, "")
    if len(cookie) != 32:
        cookie = secrets.token_hex(16)
        response.set_cookie(
            settings.PLACE_COOKIE_NAME,
            cookie,
            max_age=KNOWN_FOR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    for place in (_hash("browser", cookie), _hash("address", _address(request))):
        Familiar.objects.update_or_create(
            user=user, place_hash=place, defaults={"at": database_now()}
        )
    request.session[_NOTED] = True


def evenly(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Let the answers to a form take equally long, whether there was more to do for one or not."""

    @wraps(view)
    def timed(request: HttpRequest) -> HttpResponse:
        began = time.monotonic()
        response = view(request)
        if request.method == "POST":
            time.sleep(max(0.0, EVEN_SECONDS - (time.monotonic() - began)))
        return response

    return timed


def _place(request: HttpRequest, name: str) -> tuple[str, bool]:
    """Where a try comes from, and whether the account is familiar with it."""
    address = _hash("address", _address(request))
    cookie = request.COOKIES.get(settings.PLACE_COOKIE_NAME, "")
    asked = [address, *([_hash("browser", cookie)] if len(cookie) == 32 else [])]
    known = _known(name, asked)
    return (known[0], True) if known else (address, False)


def _known(name: str, places: Iterable[str]) -> list[str]:
    """Those of some places an account is familiar with; its browser before its address."""
    found = Familiar.objects.filter(
        user__email=name.strip().lower(),
        place_hash__in=places,
        at__gt=database_now() - KNOWN_FOR,
    ).values_list("place_hash", flat=True)
    known = set(found)
    return [place for place in reversed(list(places)) if place in known]


def _tries_from(place: str, name: str) -> QuerySet[WrongTry]:
    return WrongTry.objects.filter(account_hash=account_of(name), place_hash=place)


def _hash(kind: str, value: str) -> str:
    return keyed_hash("place", f"{kind}:{value}")


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR") or "")
