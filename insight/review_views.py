"""The page on which supervisors look at what colleagues opened beyond their own work."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.access import page
from accounts.models import User
from insight import reviews
from privacy.models import Reviewed
from privacy.reviews import review
from privacy.services import NotPossible

PER_PAGE = 25
WHICH = {"open": lazy("open"), "overdue": lazy("overdue"), "done": lazy("reviewed")}


class ReviewForm(forms.Form):
    """What one thinks of a deed; of broken glass and covers in two lines."""

    verdict = forms.ChoiceField(choices=Reviewed.Verdict.choices)
    needed = forms.CharField(required=False, max_length=300)
    follows = forms.CharField(required=False, max_length=300)


@page("reviews")
@require_GET
def review_list(request: HttpRequest) -> HttpResponse:
    """What waits for a review, what of it is late, what was reviewed."""
    return _show(request)


@page("reviews")
@require_POST
def review_one(request: HttpRequest, word: str, key: UUID) -> HttpResponse:
    """Say that it was fine, or that one wants to talk about it."""
    user = _person(request)
    deed, form = reviews.find(user, word, key), ReviewForm(request.POST)
    if deed is None:
        raise Http404
    if not form.is_valid():
        return _show(request, refused=(key, _("Say whether it was fine.")))
    told = form.cleaned_data
    try:
        review(deed, verdict=told["verdict"], lines=(told["needed"], told["follows"]), by=user)
    except NotPossible as why:
        return _show(request, refused=(key, str(why)))
    messages.success(request, _("Reviewed."))
    return redirect(reverse("insight:reviews"))


def _show(request: HttpRequest, *, refused: tuple[UUID, str] | None = None) -> HttpResponse:
    """The list; with a refusal it answers 422 and keeps what was typed."""
    which = request.GET.get("show", "open")
    which = which if which in WHICH else "open"
    found = reviews.shown(_person(request), which)
    context = {
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "which": which,
        "filters": WHICH,
        "refused": refused[0] if refused else None,
        "refusal": refused[1] if refused else "",
        "typed": request.POST,
    }
    return render(request, "insight/reviews.html", context, status=422 if refused else 200)


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 (LoginRequiredMiddleware let nobody else in)
    return request.user
