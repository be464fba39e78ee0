"""The case page: shown, shown again when it changed, printed."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import page
from cases import desk
from cases.looked import looked_at
from cases.models import Case
from cases.page import Forms, aside_of, head_of, state_of
from cases.sight import sight_of
from cases.talk import talk_of
from cases.views.finding import find_case, person, uuid_or_none, work_of
from privacy import audit


def show_case(
    request: HttpRequest,
    case: Case,
    *,
    bound: Forms | None = None,
    opened: str = "",
    text: str | None = None,
    refusal: str = "",
) -> HttpResponse:
    """The whole case page; with errors it answers 422 and loses nothing that was typed."""
    sight = sight_of(case, person(request))
    on = request.GET.get("on") or request.POST.get("conversation")
    context = {
        **work_of(request),
        **head_of(sight),
        **aside_of(sight, bound=bound or {}, opened=opened or request.GET.get("open", "")),
        "talk": talk_of(sight, on=uuid_or_none(on), text=text),
        "state": state_of(case),
        "refusal": refusal,
    }
    return render(
        request, "cases/case_detail.html", context, status=422 if bound or refusal else 200
    )


@page("desk")
@require_GET
def case_detail(request: HttpRequest, key: UUID) -> HttpResponse:
    """One case: the conversation, and what is known."""
    return show_case(request, find_case(request, key))


@page("desk")
@require_GET
def case_live(request: HttpRequest, key: UUID) -> HttpResponse:
    """Thread, header and left list, when they changed since `v` (case) and `w` (work)."""
    case, user = find_case(request, key), person(request)
    state, work = state_of(case), desk.version(user)
    if (request.GET.get("v"), request.GET.get("w")) == (state, work):
        return HttpResponse(status=204)
    sight = sight_of(case, user)
    context = {**head_of(sight), **work_of(request), "state": state}
    context["on"] = uuid_or_none(request.GET.get("on"))
    if request.GET.get("v") != state:
        context["talk"] = talk_of(sight, on=context["on"])
        context["changed"] = True
    return render(request, "cases/_live.html", context)


@page("desk")
@require_GET
def case_looked(request: HttpRequest, key: UUID) -> HttpResponse:
    """Who looked at this case, for the team: when, what, as what."""
    sight = sight_of(find_case(request, key), person(request))
    context = {**work_of(request), **head_of(sight), "looks": looked_at(sight.case)}
    return render(request, "cases/case_looked.html", context)


@page("desk")
@require_GET
def case_print(request: HttpRequest, key: UUID) -> HttpResponse:
    """A summary for paper, without anything masked."""
    sight = sight_of(find_case(request, key), person(request))
    case = sight.case
    audit.record("print", folder=case.folder_id, subject="case", subject_id=case.pk)
    context = head_of(sight) | aside_of(sight, bound={}, opened="")
    return render(request, "cases/case_print.html", context)
