"""Writing down a call that was taken on the desk's own telephone: one short form, by keyboard."""

import secrets

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import page
from intake import by_hand
from intake.forms import CallForm
from intake.views.people import person


@page("desk")
@require_http_methods(["GET", "POST"])
def call_enter(request: HttpRequest) -> HttpResponse:
    """Enter a call; what is not right yet is said, and nothing typed is lost."""
    user = person(request)
    if not by_hand.may_enter(user):
        raise Http404
    form = CallForm(request.POST or None, initial={"client_key": secrets.token_hex(16)})
    if form.is_valid():
        by_hand.enter_call(**form.cleaned_data, by=user)
        messages.success(request, _("Kept. It has the same way as every other contact."))
        return redirect("/")
    return render(
        request, "intake/call_enter.html", {"form": form}, status=422 if form.errors else 200
    )
