"""The page of the self-test: what one colleague can reach of one case."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import page
from accounts.models import User
from cases.models import Case
from insight.reach import Reach
from insight.reach import reach as ask_everything
from insight.reach_forms import ReachForm
from privacy.explained import CLASSES, LETTERS, told
from privacy.services import NotPossible


@page("reach")
@require_http_methods(["GET", "POST"])
def reach(request: HttpRequest) -> HttpResponse:
    """Ask for a colleague and a case; the answer names fields and shows no value."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 (LoginRequiredMiddleware let nobody else in)
    form = ReachForm(request.POST or None, people=_colleagues(user))
    answer = _answer(request, form, user) if form.is_valid() else None
    context: dict[str, Any] = {"form": form, "answer": answer}
    if answer is not None:
        context["classes"] = [
            (CLASSES[klass].name, [LETTERS[one] for one in letters], read, shapes)
            for klass, letters, read, shapes in answer.by_class()
        ]
        context["standings"] = [told(name).name for name in answer.capacities]
    return render(request, "insight/reach.html", context)


def _answer(request: HttpRequest, form: ReachForm, user: User) -> Reach | None:
    code = form.cleaned_data["code"].strip().upper()
    case = Case.objects.visible_to(user).filter(code=code).first()
    if case is None:
        messages.error(request, _("There is no such case in your teams."))
        return None
    try:
        return ask_everything(case, form.chosen(), by=user)
    except NotPossible as error:
        messages.error(request, str(error))
    return None


def _colleagues(user: User) -> list[User]:
    """Everybody with a duty in one of this person's teams."""
    teams = user.duties.values("team")
    return list(User.objects.filter(duties__team__in=teams).order_by("name").distinct())
