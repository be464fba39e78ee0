"""Roles asked for by an administrator, which a second person agrees to or refuses."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import services
from accounts.access import page
from accounts.forms import DutyForm
from accounts.models import AskedDuty, Duty, User
from privacy.services import NotPossible


@page("agree")
@require_GET
def duties_asked(request: HttpRequest) -> HttpResponse:
    """What waits for a second person, and what was decided lately."""
    rows = AskedDuty.objects.select_related("user", "team", "asked_by", "decided_by")
    context = {
        "waiting": rows.filter(decided_at__isnull=True).order_by("asked_at"),
        "decided": rows.filter(decided_at__isnull=False).order_by("-decided_at")[:20],
    }
    return render(request, "accounts/duties_asked.html", context)


@page("agree")
@require_POST
def duty_decide(request: HttpRequest, key: str) -> HttpResponse:
    """Agree to a role for somebody, or refuse it."""
    asked = get_object_or_404(AskedDuty, pk=key)
    user: Any = request.user
    try:
        services.decide_duty(asked, agreed="agree" in request.POST, by=user)
    except NotPossible as reason:
        messages.error(request, str(reason))
    return redirect("accounts:duties_asked")


@page("setup")
@require_POST
def duty_ask(request: HttpRequest, key: str) -> HttpResponse:
    """Ask for one more role for a colleague."""
    person = get_object_or_404(User, pk=key)
    user: Any = request.user
    form = DutyForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a team and a role."))
        return redirect("accounts:setup")
    try:
        services.ask_duty(person, by=user, **form.cleaned_data)
    except NotPossible as reason:
        messages.error(request, str(reason))
    else:
        messages.success(request, _("Asked for. It counts once a second person agrees."))
    return redirect("accounts:setup")


@page("setup")
@require_POST
def duty_end(request: HttpRequest, key: str) -> HttpResponse:
    """Take a role away, from the person's next request on."""
    user: Any = request.user
    services.end_duty(get_object_or_404(Duty, pk=key), by=user)
    messages.success(request, _("Taken away."))
    return redirect("accounts:setup")
