"""The session: it locks when nobody is there, and opens nothing before the second factor."""

import time
from collections.abc import Callable
from typing import Any, Final

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve

Next = Callable[[HttpRequest], HttpResponse]

_SEEN: Final = "last_human_action"
# What a session may reach before its second factor is enrolled: enrolling, and leaving.
_BEFORE_FACTOR: Final = ("mfa_", "account_logout", "account_reauthenticate", "set_language")


class IdleLockMiddleware:
    """Ends a session after ten minutes without a human action.

    Pages that ask by themselves (their URL name ends in `_live`) do not count as somebody being
    there; a locked one of those answers 401, and the page goes to the sign-in.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        asks_by_itself = _route(request).endswith("_live")
        now = int(time.time())
        if now - int(request.session.get(_SEEN, now)) > settings.AMAAN_IDLE_SECONDS:
            logout(request)
            if asks_by_itself or request.headers.get("HX-Request"):
                return JsonResponse({"locked": True}, status=401)
        elif not asks_by_itself:
            request.session[_SEEN] = now
        return self.get_response(request)


class SecondFactorMiddleware:
    """Until a second factor is enrolled, a session reaches only its enrolment and the way out.

    Passing the factor itself is part of allauth's sign-in. Demo accounts skip it in practice mode.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        if user.is_authenticated and not settings.PRACTICE and not is_mfa_enabled(user):
            route = _route(request)
            if not route.startswith(_BEFORE_FACTOR):
                if request.path.startswith("/api/"):
                    return JsonResponse({"detail": "second factor needed"}, status=403)
                return redirect("mfa_activate_totp")
        return self.get_response(request)


def _route(request: HttpRequest) -> str:
    try:
        return resolve(request.path_info).url_name or ""
    except Resolver404:
        return ""
