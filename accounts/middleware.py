"""The session: it locks when nobody is there, and opens nothing before the second factor."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from allauth.mfa.models import Authenticator
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils.http import urlencode

from accounts import factors, guessing, presence, services, walking
from accounts.access import needs_key
from accounts.presence import State
from accounts.sessions import BROWSER, browser_of
from privacy import audit
from privacy.access import acting
from privacy.crypto import KeyUnavailable

Next = Callable[[HttpRequest], HttpResponse]

# What a session may reach with nothing enrolled, and what with a factor still to be shown.
_ENROLLING: Final = ("mfa_", "account_logout", "account_reauthenticate", "set_language", "hidden")
_SHOWING: Final = ("mfa_reauthenticate", "account_logout", "set_language", "hidden")
# What a locked session reaches: showing a factor, the way out, and its own lock page.
_UNLOCKING: Final = (*_SHOWING, "account_reauthenticate", "locked")


class IdleLockMiddleware:
    """Locks a session after ten minutes without a human action, ends it after twelve hours.

    A locked session answers 401 to everything but its unlocking. An ended one leaves nothing in
    the browser. A session's key changes whenever a factor is shown again.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        state = presence.state_of(request)
        if state is State.OVER:
            logout(request)
            response = _locked() if _by_script(request) else self.get_response(request)
        else:
            proved = factors.proved_at(request)
            request.locked = state is State.LOCKED  # type: ignore[attr-defined]
            if state is State.OPEN and not _asks_by_itself(request):
                presence.note_action(request)
            response = self.get_response(request)
            if request.user.is_authenticated and factors.proved_at(request) != proved:
                request.session.cycle_key()
        if _left(request):
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response

    def process_view(
        self, request: HttpRequest, _view: object, _args: object, _kwargs: object
    ) -> HttpResponse | None:
        """The lock itself."""
        if not getattr(request, "locked", False) or _route(request).startswith(_UNLOCKING):
            return None
        return _locked() if _by_script(request) else lock_page(request)


class SecondFactorMiddleware:
    """A session opens the desk only when its second factor was shown in that same session.

    Without one enrolled it reaches enrolment and the way out. Who reviews, audits or configures
    needs a key (WebAuthn); invented people skip all this in practice mode, and only there. A
    changed factor or password ends the person's other sessions.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        if not user.is_authenticated:
            return self._answer(request)
        before, kept = factors.enrolled(user), _credentials(request)
        if not factors.is_excused(user):
            refusal = self._refusal(request, before)
            if refusal is not None:
                return refusal
        response = self._answer(request)
        if request.method == "POST" and request.user.is_authenticated:
            self._remember_new(request, before)
            if _credentials(request) != kept:
                with acting(user=user):
                    services.end_sessions(user, keep=request.session.session_key, by=user)
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        """The page; who is fully in from now on is known by this browser next time."""
        response = self.get_response(request)
        user: Any = request.user
        if user.is_authenticated and (factors.shown(request) or factors.is_excused(user)):
            with suppress(KeyUnavailable):  # while the master key is away nobody becomes so
                guessing.become_familiar(request, response)
            if BROWSER not in request.session:
                request.session[BROWSER] = browser_of(request.headers.get("User-Agent", ""))
        return response

    def _refusal(self, request: HttpRequest, enrolled: set[str]) -> HttpResponse | None:
        shown, route = factors.shown(request), _route(request)
        if enrolled and not shown:
            logout(request)  # opened before the factor was enrolled: whoever that was
            return _locked() if _by_script(request) else redirect("account_login")
        needed = factors.KEY if needs_key(request.user) else None
        if (not enrolled or needed not in {None, *enrolled}) and not route.startswith(_ENROLLING):
            where = "mfa_add_webauthn" if needed else "mfa_activate_totp"
        elif needed in enrolled and needed not in shown and not route.startswith(_SHOWING):
            where = "mfa_reauthenticate_webauthn"
        else:
            return None
        if _by_script(request):
            return JsonResponse({"detail": "second factor needed"}, status=403)
        return redirect(where)

    def _remember_new(self, request: HttpRequest, before: set[str]) -> None:
        """Enrolling a factor shows it: its first code, or its key's answer, was just checked."""
        if new := factors.enrolled(request.user) - before:
            known = set(request.session.get(factors.ENROLLED_HERE, []))
            request.session[factors.ENROLLED_HERE] = sorted(known | new)


class SignedInMiddleware(LoginRequiredMiddleware):
    """Every view is for signed-in people unless it says otherwise; scripts get a 401."""

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        """A page goes to the sign-in; a background request of one is told that it is locked."""
        if _by_script(request):
            return _locked()
        return super().handle_no_permission(request, view_func)


class WalkingMiddleware:
    """Who turns the pages of lists, or asks the API, faster than a person can is told to wait."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: object, _args: object, _kwargs: object
    ) -> HttpResponse | None:
        """Counted inside the request's transaction, as whoever asks."""
        user: Any = request.user
        turns = "page" in request.GET or request.path_info.startswith("/api/")
        if not (turns and request.method == "GET" and user.is_authenticated):
            return None
        if walking.may_turn(user):
            return None
        audit.record("refused", subject="page", reason="too_fast")
        answer = render(request, "429.html", status=429)
        answer["Retry-After"] = "60"
        return answer


def lock_page(request: HttpRequest, *, back: str = "") -> HttpResponse:
    """What a locked session shows: nothing, and the way to open it again."""
    back = back or (request.get_full_path() if request.method == "GET" else "/")
    way = f"{factors.way_to_prove(request.user)}?{urlencode({'next': back})}"
    return render(request, "accounts/locked.html", {"way": way}, status=401)


def _credentials(request: HttpRequest) -> tuple[str, list[Any]]:
    """What a person signs in with, to see whether a request changed it."""
    user: Any = request.user
    if request.method != "POST":
        return "", []
    rows = Authenticator.objects.filter(user_id=user.pk, type__in=(factors.APP, factors.KEY))
    return user.password, sorted(rows.values_list("pk", flat=True))


def _left(request: HttpRequest) -> bool:
    return not request.user.is_authenticated


def _locked() -> JsonResponse:
    return JsonResponse({"locked": True}, status=401)


def _by_script(request: HttpRequest) -> bool:
    """Whether a page or program asks, not a person following a link."""
    return (
        "HX-Request" in request.headers
        or _asks_by_itself(request)
        or request.path_info.startswith("/api/")
    )


def _asks_by_itself(request: HttpRequest) -> bool:
    return _route(request).endswith("_live")


def _route(request: HttpRequest) -> str:
    try:
        return resolve(request.path_info).url_name or ""
    except Resolver404:
        return ""
