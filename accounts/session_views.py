"""The lock, and the list of sessions: one ends one's own, who configures ends anybody's."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import services
from accounts.access import page
from accounts.middleware import lock_page
from accounts.models import SignedIn, User
from accounts.presence import LOCKED_AT
from accounts.sessions import sittings_of


@require_GET
def locked(request: HttpRequest) -> HttpResponse:
    """What the page of a locked session becomes; one that is not locked goes on where it was."""
    asked = request.GET.get("next", "")
    back = asked if url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else "/"
    if LOCKED_AT not in request.session:
        return redirect(back)
    return lock_page(request, back=back)


@require_POST
def here(request: HttpRequest) -> HttpResponse:
    """Somebody moves or types on a page: a human action, which the page says for them."""
    return HttpResponse(status=204)


@require_GET
def sessions(request: HttpRequest) -> HttpResponse:
    """One's own sessions."""
    user: Any = request.user
    found = sittings_of(user, here=request.session.session_key)
    return render(request, "accounts/sessions.html", {"sittings": found, "person": user})


@require_POST
def session_end(request: HttpRequest) -> HttpResponse:
    """End one of one's own sessions, or all but this one."""
    user: Any = request.user
    if "others" in request.POST:
        services.end_sessions(user, keep=request.session.session_key, by=user)
    else:
        row = get_object_or_404(SignedIn, pk=request.POST.get("session", ""), user=user)
        services.end_session(row, by=user)
    messages.success(request, _("Ended."))
    return redirect("accounts:sessions")


@page("setup")
@require_POST
def person_sessions_end(request: HttpRequest, key: str) -> HttpResponse:
    """End all sessions of a colleague."""
    person = get_object_or_404(User, pk=key)
    user: Any = request.user
    if person.pk == user.pk:
        raise Http404
    services.end_sessions(person, by=user)
    messages.success(request, _("Ended."))
    return redirect("accounts:setup")


@page("setup")
@require_POST
def everybodys_sessions_end(request: HttpRequest) -> HttpResponse:
    """End the session of everybody but oneself."""
    user: Any = request.user
    services.end_everybodys_sessions(by=user)
    messages.success(request, _("Everybody else is signed out."))
    return redirect("accounts:setup")
