"""Who else sees a case, or must not: asking a colleague, conflicts of interest, needed numbers."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import page
from cases import conflicts, consulting, services
from cases.page import head_of
from cases.right_forms import FILINGS, AdviceForm, ConsultForm, NeededForm, PersonForm
from cases.sight import sight_of
from cases.views.case import show_case
from cases.views.finding import back_to, find_case, person, work_of
from privacy import consults, needed
from privacy.access import require
from privacy.classes import IDENTITY, NARRATIVE
from privacy.minimise import minimised
from privacy.models import Consultation, Folder, Needed
from privacy.services import NotPossible


@page("desk")
@require_http_methods(["GET", "POST"])
def consult(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask one colleague for an hour: a summary, or the conversation with it."""
    case, user = find_case(request, key), person(request)
    require(user, case.folder_id, NARRATIVE)
    first = {"summary": minimised(case, user).summary}
    colleagues = consulting.colleagues_for(case, user)
    form = ConsultForm(request.POST or None, colleagues=colleagues, initial=first)
    if form.is_valid():
        try:
            consulting.consult(case, by=user, **form.cleaned_data)
        except NotPossible as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, _("Asked. They see it for an hour."))
            return back_to(case, card="consults")
    context = {**work_of(request), **head_of(sight_of(case, user)), "form": form}
    return render(request, "cases/case_consult.html", context, status=422 if form.errors else 200)


@page("desk")
@require_POST
def advise(request: HttpRequest, key: UUID, asked: UUID) -> HttpResponse:
    """Answer what one was asked."""
    case, user = find_case(request, key), person(request)
    rows = Consultation.objects.visible_to(user).filter(folder=case.folder_id, asked=user)
    found, form = get_object_or_404(rows, pk=asked), AdviceForm(request.POST)
    if not form.is_valid():
        return show_case(request, case, bound={"advice": form}, opened="consults")
    consults.advise(found, advice=form.cleaned_data["advice"], by=user)
    services.touch(case)
    messages.success(request, _("Thank you. They read it on their page."))
    return back_to(case, card="consults")


@page("desk")
@require_POST
def conflict(request: HttpRequest, key: UUID) -> HttpResponse:
    """ "I know this person": the case leaves this person at once."""
    conflicts.declare(find_case(request, key), by=person(request))
    messages.success(request, _("Thank you for saying so. The case goes to somebody else."))
    return redirect("cases:desk")


@page("desk")
@require_POST
def keep_out(request: HttpRequest, key: UUID) -> HttpResponse:
    """Keep a colleague out of a case; they do not hear of it."""
    case, user = find_case(request, key), person(request)
    conflicts.require_noting(case, user)
    form = PersonForm(request.POST, people=conflicts.team_of(case))
    if form.is_valid():
        try:
            conflicts.note(case, person=form.cleaned_data["person"], by=user)
        except NotPossible as why:
            messages.error(request, str(why))
    return back_to(case, card="conflicts")


@page("desk")
@require_POST
def let_in(request: HttpRequest, key: UUID) -> HttpResponse:
    """End that: it gives the colleague nothing by itself."""
    case, user = find_case(request, key), person(request)
    conflicts.require_noting(case, user)
    form = PersonForm(request.POST, people=conflicts.kept_out(case, user))
    if form.is_valid():
        conflicts.take_back(case, person=form.cleaned_data["person"], by=user)
    return back_to(case, card="conflicts")


@page("desk")
@require_http_methods(["GET", "POST"])
def document(request: HttpRequest, key: UUID, filing: str) -> HttpResponse:
    """The number of a document: a field that is there only for the filing that was chosen."""
    case, user = find_case(request, key), person(request)
    require(user, case.folder_id, IDENTITY)
    form = NeededForm(request.POST or None, needed_for=filing)
    if form.is_valid():
        folder = get_object_or_404(Folder, pk=case.folder_id)
        try:
            needed.keep_for(folder, needed_for=filing, by=user, **form.cleaned_data)
        except NotPossible as why:
            form.add_error(None, str(why))
        else:
            return back_to(case, card="people")
    context = {**work_of(request), **head_of(sight_of(case, user)), "form": form}
    context["filing"] = FILINGS[Needed.For(filing)]
    return render(request, "cases/case_needed.html", context, status=422 if form.errors else 200)


@page("desk")
@require_POST
def document_sent(request: HttpRequest, key: UUID, filing: str) -> HttpResponse:
    """The filing was sent: its number is forgotten."""
    case = find_case(request, key)
    folder = get_object_or_404(Folder, pk=case.folder_id)
    needed.filing_sent(folder, needed_for=filing, by=person(request))
    messages.success(request, _("The number is forgotten."))
    return back_to(case, card="people")
