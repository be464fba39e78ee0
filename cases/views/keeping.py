"""How long a case is kept: legal holds of two people, and its legal ground."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import page
from cases import legal
from cases.keeping import BasisForm, HoldForm
from cases.views.case import show_case
from cases.views.finding import back_to, find_case, person
from privacy import keeping
from privacy.models import Folder, LegalHold
from privacy.services import NotPossible

STEPS: Final[dict[str, Callable[..., None]]] = {
    "agree": keeping.agree_hold,
    "review": keeping.review_hold,
    "end": keeping.end_hold,
}


class StepForm(forms.Form):
    """Which hold of the case, and what is done about it."""

    matter = forms.UUIDField()
    step = forms.ChoiceField(choices=[(step, step) for step in STEPS])


@page("desk")
@require_POST
def hold_ask(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask that a law keeps named classes of the case."""
    case, form = find_case(request, key), HoldForm(request.POST)
    if not form.is_valid():
        return show_case(request, case, opened="keeping", refusal=_("Choose a reason and what."))
    legal.ask_hold(case, by=person(request), **form.cleaned_data)
    messages.success(request, _("Asked for. It holds when a second person agrees."))
    return back_to(case, card="keeping")


@page("desk")
@require_POST
def hold_decide(request: HttpRequest, key: UUID) -> HttpResponse:
    """Agree to a hold of the case, say that it is still needed, or end it."""
    case, form = find_case(request, key), StepForm(request.POST)
    if not form.is_valid():
        return show_case(request, case, opened="keeping", refusal=_("Choose one."))
    told = form.cleaned_data
    rows = LegalHold.objects.visible_to(person(request)).filter(folder=case.folder_id)
    found = get_object_or_404(rows, matter=told["matter"])
    try:
        STEPS[told["step"]](found.matter, by=person(request))
    except NotPossible as why:
        return show_case(request, case, opened="keeping", refusal=str(why))
    messages.success(request, _("Saved."))
    return back_to(case, card="keeping")


@page("desk")
@require_POST
def basis(request: HttpRequest, key: UUID) -> HttpResponse:
    """Write down the legal ground from today on."""
    case, form = find_case(request, key), BasisForm(request.POST)
    if not form.is_valid():
        return show_case(request, case, opened="keeping", refusal=_("Choose one."))
    folder = get_object_or_404(Folder, pk=case.folder_id)
    keeping.set_basis(folder, by=person(request), **form.cleaned_data)
    return back_to(case, card="keeping")
