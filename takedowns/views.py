"""The takedown desk, a request's sheet, a place and its routes, and the child's link."""

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import page
from accounts.models import User
from cases.models import Case
from privacy.access import may, require
from privacy.classes import CONTENT_LOCATOR, NARRATIVE
from privacy.services import NotPossible
from takedowns import cards, reading, services, sheets
from takedowns.forms import (
    ChildLinkForm,
    DeskFilter,
    LinkOutcomeForm,
    OutcomeForm,
    PlaceForm,
    ReferenceForm,
    RouteForm,
    SentForm,
)
from takedowns.models import ChildLink, ReportedContent, TakedownRequest

PAGE_SIZE = 50


@page("takedowns")
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Everything this person may know of, by clock."""
    wanted = DeskFilter(request.GET)
    chosen = wanted.cleaned_data if wanted.is_valid() else {}
    platform = chosen.get("platform")
    rows = reading.filtered(
        reading.requests_of(_me(request)),
        state=chosen.get("state", ""),
        platform=platform.code if platform else "",
    )
    shown = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": shown,
        "rows": reading.as_rows(shown.object_list, _me(request)),
        "filters": wanted,
        "filtered": bool(chosen.get("state") or platform),
        "waiting": sheets.waiting_places(_me(request)),
    }
    return render(request, "takedowns/desk.html", context)


@page("takedowns")
@require_GET
def sheet(request: HttpRequest, key: UUID) -> HttpResponse:
    """One request: where, whom to ask, by when, what to do next."""
    return _sheet(request, _request(request, key))


@page("takedowns")
@require_POST
def send(request: HttpRequest, key: UUID) -> HttpResponse:
    """Have it sent by its connector."""
    row = _request(request, key)
    form = forms.Form(request.POST)
    if _done(form, lambda data: services.send_request(row, by=_me(request))):
        messages.success(request, _("It is being sent."))
        return redirect("takedowns:sheet", key)
    return _sheet(request, row, status=422, send_form=form)


@page("takedowns")
@require_POST
def sent(request: HttpRequest, key: UUID) -> HttpResponse:
    """A person sent it by hand, or learned that it was sent."""
    row = _request(request, key)
    form = SentForm(request.POST)
    if _done(form, lambda data: services.mark_sent(row, **data, by=_me(request))):
        messages.success(request, _("Marked as sent. The clock runs."))
        return redirect("takedowns:sheet", key)
    return _sheet(request, row, status=422, sent_form=form)


@page("takedowns")
@require_POST
def not_sent(request: HttpRequest, key: UUID) -> HttpResponse:
    """A person asked: an unclear sending did not arrive."""
    row = _request(request, key)
    form = forms.Form(request.POST)
    if _done(form, lambda data: services.mark_not_sent(row, by=_me(request))):
        messages.success(request, _("Marked as not sent. You can send it now."))
        return redirect("takedowns:sheet", key)
    return _sheet(request, row, status=422, send_form=form)


@page("takedowns")
@require_POST
def reference(request: HttpRequest, key: UUID) -> HttpResponse:
    """The number the other side gave."""
    row = _request(request, key)
    form = ReferenceForm(request.POST)
    if _done(form, lambda data: services.note_reference(row, **data, by=_me(request))):
        messages.success(request, _("Their number is noted."))
        return redirect("takedowns:sheet", key)
    return _sheet(request, row, status=422, reference_form=form)


@page("takedowns")
@require_POST
def outcome(request: HttpRequest, key: UUID) -> HttpResponse:
    """What came of it."""
    row = _request(request, key)
    form = OutcomeForm(request.POST)
    if _done(form, lambda data: services.record_outcome(row, **data, by=_me(request))):
        messages.success(request, _("The outcome is recorded."))
        return redirect("takedowns:sheet", key)
    return _sheet(request, row, status=422, outcome_form=form)


@page("takedowns")
@require_GET
def place(request: HttpRequest, key: UUID) -> HttpResponse:
    """One place and the routes that fit it."""
    return _place(request, _content(request, key))


@page("takedowns")
@require_POST
def prepare(request: HttpRequest, key: UUID) -> HttpResponse:
    """Open a request on a route."""
    row = _content(request, key)
    form = RouteForm(request.POST, routes=sheets.routes_for(row))
    made: list[TakedownRequest] = []
    if _done(
        form, lambda data: made.append(services.prepare_request(row, **data, by=_me(request)))
    ):
        return redirect("takedowns:sheet", made[0].pk)
    return _place(request, row, status=422, route_form=form)


@page("takedowns")
@require_http_methods(["GET", "HEAD", "POST"])
def add_place(request: HttpRequest, key: UUID) -> HttpResponse:
    """Note one more place of a case."""
    case = _case(request, key)
    require(_me(request), case.folder_id, CONTENT_LOCATOR)
    form = PlaceForm(request.POST or None, prefix="place")
    made: list[ReportedContent] = []
    if form.is_bound and _done(
        form, lambda data: made.append(services.report_content(case, **data, by=_me(request)))
    ):
        messages.success(request, _("The place is noted. Takedown officers see it from now on."))
        if may(_me(request), case.folder_id, NARRATIVE, "r"):
            return _to_case(case.pk, "card-takedowns")
        return redirect("takedowns:place", made[0].pk)
    context = {"case": sheets.seen_case(case, _me(request)), "form": form}
    return render(
        request, "takedowns/place_add.html", context, status=422 if form.is_bound else 200
    )


@page("takedowns")
@require_http_methods(["GET", "HEAD", "POST"])
def make_link(request: HttpRequest, key: UUID) -> HttpResponse:
    """The child's own link: what it is, the age confirmed, then made and sent."""
    case = _case(request, key)
    require(_me(request), case.folder_id, NARRATIVE)
    require(_me(request), case.folder_id, CONTENT_LOCATOR)
    form = ChildLinkForm(request.POST or None, conversations=cards.reachable(case))
    if form.is_bound and _done(
        form, lambda data: services.make_child_link(case, **data, by=_me(request))
    ):
        messages.success(request, _("The link is being made. It is sent by itself."))
        return _to_case(key, "card-own-link")
    links = ChildLink.objects.visible_to(_me(request)).filter(case=case).order_by("-made_at")
    context = cards.link_context(case, _me(request), links, form if form.is_bound else None)
    context["case"] = sheets.seen_case(case, _me(request))
    return render(
        request, "takedowns/link_make.html", context, status=422 if form.is_bound else 200
    )


@page("takedowns")
@require_POST
def send_link(request: HttpRequest, key: UUID) -> HttpResponse:
    """Send a link that was made when they could not be written to."""
    row = _link(request, key)
    try:
        services.deliver_link(row, by=_me(request))
        messages.success(request, _("The link is on its way."))
    except NotPossible as reason:
        messages.error(request, str(reason))
    return redirect("takedowns:make_link", row.case_id)


@page("takedowns")
@require_POST
def link_outcome(request: HttpRequest, key: UUID) -> HttpResponse:
    """What came of a child's link."""
    row = _link(request, key)
    form = LinkOutcomeForm(request.POST, prefix="link")
    if _done(form, lambda data: services.record_link_outcome(row, **data, by=_me(request))):
        messages.success(request, _("The outcome is recorded."))
    else:
        messages.error(request, _("Choose what came of it; the link must have been sent."))
    return redirect("takedowns:make_link", row.case_id)


def _me(request: HttpRequest) -> User:
    """Who asks; the page's guard lets nobody else this far."""
    return cast(User, request.user)


def _done(form: forms.Form, act: Callable[[dict[str, Any]], object]) -> bool:
    """Whether the form is right and the deed was possible; if not, the form says why."""
    if not form.is_valid():
        return False
    try:
        act(form.cleaned_data)
    except NotPossible as reason:
        form.add_error(None, str(reason))
        return False
    return True


def _to_case(key: UUID, card: str) -> HttpResponse:
    return redirect(f"{reverse('cases:case_detail', args=[key])}#{card}")


def _sheet(
    request: HttpRequest, row: reading.Clocked, *, status: int = 200, **bound: forms.Form
) -> HttpResponse:
    context = sheets.sheet_context(row, _me(request)) | bound
    return render(request, "takedowns/sheet.html", context, status=status)


def _place(
    request: HttpRequest, row: ReportedContent, *, status: int = 200, **bound: forms.Form
) -> HttpResponse:
    context = sheets.place_context(row, _me(request)) | bound
    return render(request, "takedowns/place.html", context, status=status)


def _request(request: HttpRequest, key: UUID) -> reading.Clocked:
    found: reading.Clocked = get_object_or_404(reading.requests_of(_me(request)), pk=key)
    return found


def _content(request: HttpRequest, key: UUID) -> ReportedContent:
    rows = ReportedContent.objects.visible_to(_me(request)).select_related("case", "platform")
    found: ReportedContent = get_object_or_404(rows, pk=key)
    return found


def _case(request: HttpRequest, key: UUID) -> Case:
    found: Case = get_object_or_404(Case.objects.visible_to(_me(request)), pk=key)
    return found


def _link(request: HttpRequest, key: UUID) -> ChildLink:
    rows = ChildLink.objects.visible_to(_me(request)).select_related("case")
    found: ChildLink = get_object_or_404(rows, pk=key)
    return found
