"""Breaking glass: the page that asks for a code, and the one that asks why."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import page, with_fresh_factor
from cases import glass
from cases.right_forms import GlassForm, WhyForm
from cases.views.finding import person, work_of
from privacy.glass import REASONS, say_why, words_due
from privacy.models import Glass
from privacy.services import NotPossible


@page("glass")
@with_fresh_factor
@require_http_methods(["GET", "POST"])
def break_glass(request: HttpRequest) -> HttpResponse:
    """Open one case by its code, to read, for an hour; whatever opens nothing is answered alike."""
    form = GlassForm(request.POST or None)
    if form.is_valid():
        told = form.cleaned_data
        try:
            case = glass.break_glass(told["code"], reason=told["reason"], by=person(request))
        except NotPossible as why:
            form.add_error(None, str(why))
        else:
            if case is not None:
                return redirect("cases:case_detail", key=case.pk)
            form.add_error(None, _("This code opens nothing. Look at it again."))
    context = {**work_of(request), "form": form, "reasons": REASONS[Glass.Kind.LOOK]}
    return render(request, "cases/glass.html", context, status=422 if form.errors else 200)


@page("desk")
@require_http_methods(["GET", "POST"])
def glass_why(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say why, within a day; asked on one's own desk until it is given."""
    opened = glass.find_owed(person(request), key)
    if opened is None:
        raise Http404
    form = WhyForm(request.POST or None)
    if form.is_valid():
        try:
            say_why(opened, words=form.cleaned_data["words"], by=person(request))
        except NotPossible as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, _("Thank you. Somebody else reads it now."))
            return redirect("cases:desk")
    context = {
        **work_of(request),
        "form": form,
        "opened": opened,
        "due": words_due(opened),
        "code": glass.codes_of([opened.folder_id]).get(opened.folder_id, ""),
        "reason": REASONS[Glass.Kind(opened.kind)].get(opened.reason, ""),
    }
    return render(request, "cases/glass_why.html", context, status=422 if form.errors else 200)
