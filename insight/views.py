"""The supervisor's board and the figures."""

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import page, pages_of
from accounts.models import User
from insight import alerts, board, figures, reviews
from insight.forms import MonthForm
from intake.delays import delays
from intake.services import dead_letters
from privacy import audit
from privacy.clock import database_now

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
        "alerts": alerts.waiting(user),
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


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 (LoginRequiredMiddleware let nobody else in)
    return request.user
