"""Calling the reporter: one's own telephone rings first."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import page
from cases.views.case import show_case
from cases.views.finding import back_to, conversation_of, find_case, person
from intake import call_backs
from privacy.services import NotPossible


class CallForm(forms.Form):
    """Whom to call, and the form's own key, so that pressing twice rings once."""

    conversation = forms.UUIDField()
    client_key = forms.CharField(max_length=64)


@page("desk")
@require_POST
def call_them(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ring the counsellor, and when they press 1, the reporter."""
    case = find_case(request, key)
    form = CallForm(request.POST)
    if not form.is_valid():
        return show_case(request, case, opened="calls", refusal=_("Please try again."))
    conversation = conversation_of(request, case, form.cleaned_data["conversation"])
    try:
        call_backs.call_them(
            conversation, client_key=form.cleaned_data["client_key"], by=person(request)
        )
    except NotPossible as why:
        return show_case(request, case, opened="calls", refusal=str(why))
    messages.success(request, _("Your own telephone rings now. Press 1 there to be connected."))
    return back_to(case, card="calls")
