"""The session: it ends when nobody is there, and opens nothing before the second factor."""

import time
from collections.abc import Callable
from typing import Any, Final

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve

from accounts.access import needs_key

Next = Callable[[HttpRequest], HttpResponse]

_SEEN: Final = "last_human_action"
_SINCE: Final = "signed_in_at"
_ENROLLED: Final = "factors_enrolled_here"
_WRITE_EVERY: Final = 15  # seconds: an action sooner than this after another is not written down
_KEY: Final = Authenticator.Type.WEBAUTHN.value
_FACTORS: Final = (Authenticator.Type.TOTP.value, _KEY)

# What a session may reach with nothing enrolled, and what with a factor still to be shown.
_ENROLLING: Final = ("mfa_", "account_logout", "account_reauthenticate", "set_language", "hidden")
_SHOWING: Final = ("mfa_reauthenticate", "account_logout", "set_language", "hidden")


class IdleLockMiddleware:
    """Ends a session after ten minutes without a human action, and after twelve hours anyway.

    Pages that ask by themselves (their URL name ends in `_live`) do not count as somebody being
    there. An ended session leaves nothing in the browser.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        if _is_over(request):
            logout(request)
            response = _locked() if _by_script(request) else self.get_response(request)
        else:
            response = self.get_response(request)
        if _left(request):
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response


class SecondFactorMiddleware:
    """A session opens the desk only when its second factor was shown in that same session.

    Without one enrolled it reaches enrolment and the way out. Who reviews, audits or configures
    needs a key (WebAuthn); invented people skip all this in practice mode, and only there.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        if not user.is_authenticated or (settings.PRACTICE and user.is_invented):
            return self.get_response(request)
        before = _enrolled(user)
        refusal = self._refusal(request, before)
        if refusal is not None:
            return refusal
        response = self.get_response(request)
        if request.method == "POST" and request.user.is_authenticated:
            self._remember_new(request, before)
        return response

    def _refusal(self, request: HttpRequest, enrolled: set[str]) -> HttpResponse | None:
        shown, route = _shown(request), _route(request)
        if enrolled and not shown:
            logout(request)  # opened before the factor was enrolled: whoever that was
            return _locked() if _by_script(request) else redirect("account_login")
        needed = _KEY if needs_key(request.user) else None
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
        if new := _enrolled(request.user) - before:
            known = set(request.session.get(_ENROLLED, []))
            request.session[_ENROLLED] = sorted(known | new)


class SignedInMiddleware(LoginRequiredMiddleware):
    """Every view is for signed-in people unless it says otherwise; scripts get a 401."""

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        """A page goes to the sign-in; a background request of one is told that it is locked."""
        if _by_script(request):
            return _locked()
        return super().handle_no_permission(request, view_func)


def _is_over(request: HttpRequest) -> bool:
    """Whether the session is past its limits; notes a human action otherwise."""
    now = int(time.time())
    since = int(request.session.setdefault(_SINCE, now))
    seen = int(request.session.setdefault(_SEEN, now))
    if now - seen > settings.AMAAN_IDLE_SECONDS or now - since > settings.SESSION_COOKIE_AGE:
        return True
    if now - seen >= _WRITE_EVERY and not _asks_by_itself(request):
        request.session[_SEEN] = now
    return False


def _left(request: HttpRequest) -> bool:
    return not request.user.is_authenticated


def _enrolled(user: Any) -> set[str]:
    found = Authenticator.objects.filter(user_id=user.pk, type__in=_FACTORS)
    return set(found.values_list("type", flat=True))


def _shown(request: HttpRequest) -> set[str]:
    """The kinds of factor this session was opened with, or has enrolled."""
    records = get_authentication_records(request, request.user)
    kinds = {record.get("type", "") for record in records if record["method"] == "mfa"}
    return kinds | set(request.session.get(_ENROLLED, []))


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
