"""The supervisor's board, the figures, the auditor's record."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import page, pages_of
from accounts.models import User
from insight import board, figures, record, reviews
from insight.forms import CodeForm, MonthForm, PersonForm
from intake.delays import delays
from intake.services import dead_letters
from privacy import audit, chain
from privacy.clock import database_now

PER_PAGE = 50
CASES_PER_PAGE = 25
LATELY = timedelta(days=30)


@page("team")
@require_GET
def team(request: HttpRequest) -> HttpResponse:
    """The desk of the person's teams: counts, loads, clocks, reviews."""
    user = _person(request)
    overseen = board.teams(user)
    languages, queue = board.queue(user)
    listed = Paginator(board.open_cases(user), CASES_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "oversees": bool(overseen),
        "languages_waiting": languages,
        "queue": queue,
        "people": board.on_shift(overseen),
        "page": listed,
        "counsellors": board.counsellors(overseen),
        "clocks": board.next_clocks(user),
        "reviews": reviews.counts(user, since=database_now() - LATELY),
        "may_review": "reviews" in pages_of(user),
        "dead_letters": dead_letters(),
        "delays": delays(),
    }
    return render(request, "insight/team.html", context)


@page("figures")
@require_GET
def figures_page(request: HttpRequest) -> HttpResponse:
    """All figures of one month."""
    form = MonthForm(request.GET, months=figures.months())
    month = form.chosen()
    shown = [figures.show(figure, month) for figure in figures.FIGURES] if month else []
    context = {"form": form, "month": month, "figures": [one for one in shown if one]}
    return render(request, "insight/figures.html", context)


@page("figures")
@require_GET
def figures_csv(request: HttpRequest, code: str) -> HttpResponse:
    """One figure as a file; that it left is on the record."""
    month = MonthForm(request.GET, months=figures.months()).chosen()
    figure = next((one for one in figures.FIGURES if one.code == code), None)
    shown = figures.show(figure, month) if figure and month else None
    if shown is None:
        raise Http404
    audit.record("export", subject="figures", reason=code)
    name = f"{code}-{month:%Y-%m}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(figures.as_csv(shown), content_type="text/csv", headers=headers)


@page("audit")
@require_GET
def record_page(request: HttpRequest) -> HttpResponse:
    """Who did what, when; of everything, one case or one colleague."""
    user = _person(request)
    form = PersonForm(request.GET, people=record.colleagues(user))
    asked = form.cleaned_data if form.is_valid() else {}
    case = record.case_of(user, asked["folder"]) if asked.get("folder") else None
    person = form.people.get(UUID(asked["person"])) if asked.get("person") else None
    found = record.events(user, case=case, person=person)
    listed = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "code_form": CodeForm(),
        "case": case,
        "page": listed,
        "entries": record.entries(list(listed), user),
        "unchained": record.unchained(),
    }
    return render(request, "insight/record.html", context)


@page("audit")
@require_POST
def record_find(request: HttpRequest) -> HttpResponse:
    """Find a case by its code."""
    form = CodeForm(request.POST)
    code = form.cleaned_data["code"] if form.is_valid() else ""
    case = record.find_case(_person(request), code)
    if case is None:
        messages.error(request, _("There is no such case in your teams."))
        return redirect("insight:audit")
    return redirect(reverse("insight:audit") + f"?folder={case.folder_id}")


@page("audit")
@require_POST
def record_verify(request: HttpRequest) -> HttpResponse:
    """Walk the newest part of the chain and say whether it is whole."""
    verdict = record.check()
    if verdict.whole:
        messages.success(
            request, _("The record is whole: its newest entries were checked, up to the last.")
        )
    else:
        messages.error(
            request,
            _("The record is broken at entry %(n)d: %(why)s. Tell the safeguarding lead.")
            % {"n": verdict.broken_at, "why": chain.WRONG[verdict.why]},
        )
    return redirect("insight:audit")


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 (LoginRequiredMiddleware let nobody else in)
    return request.user
