"""The search page: asked by POST only, remembered nowhere."""

from dataclasses import fields
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import page
from cases.search import Wanted, askable, search
from cases.search_forms import WHY_NOT, SearchForm
from cases.views.finding import person
from privacy.access import NotAllowed
from privacy.services import NotPossible


@page("desk")
@require_http_methods(["GET", "POST"])
def search_page(request: HttpRequest) -> HttpResponse:
    """Ask, and show what was found; a code alone goes straight to its case."""
    mine = askable(person(request))
    if request.method == "GET":
        return _shown(request, SearchForm(askable=mine))
    _refuse_others(request, mine)
    form = SearchForm(request.POST, askable=mine)
    if not form.is_valid():
        return _shown(request, form)
    wanted = form.wanted()
    try:
        found = search(wanted, number=form.cleaned_data["page"] or 1, by=person(request))
    except NotPossible as why:
        form.add_error(None, str(WHY_NOT[str(why)]))
        return _shown(request, form)
    if found.total == 1 and wanted.asked == ["code"]:
        return redirect("cases:case_detail", key=found.cases[0].pk)
    return _shown(request, form, found=found)


def _refuse_others(request: HttpRequest, mine: frozenset[str]) -> None:
    """A field that is not offered to this person is refused, not passed over."""
    told = {one.name for one in fields(Wanted) if request.POST.get(one.name)}
    if told - mine:
        raise NotAllowed("search")


def _shown(request: HttpRequest, form: SearchForm, **context: Any) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "cases/search.html", {"form": form, **context}, status=status)
