"""The desk: what to do next, and what waits for somebody."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import page, pages_of
from accounts.models import User
from cases import consulting, desk, glass, services
from cases.models import Case
from cases.views.finding import person, work_of
from intake import paging
from intake.by_hand import may_enter
from intake.models import OnCallPage
from privacy.services import NotPossible


@page("desk")
@require_GET
def desk_page(request: HttpRequest) -> HttpResponse:
    """What to do next, and what waits for somebody."""
    queued = desk.queue(person(request))
    return render(request, "cases/desk.html", work_of(request) | _queue(request, queued))


@page("desk")
@require_GET
def desk_live(request: HttpRequest) -> HttpResponse:
    """The left list and the queue, when they changed since `v`."""
    found = _queue(request, desk.queue(person(request)))
    if request.GET.get("v") == found["desk_version"]:
        return HttpResponse(status=204)
    return render(request, "cases/_desk_live.html", work_of(request) | found)


def _queue(request: HttpRequest, queued: list[desk.Tally]) -> dict[str, Any]:
    user = person(request)
    called, asked = desk.called(user), _asked(user)
    version = desk.version(user, queued=queued, called=called)
    return {
        "queue": queued,
        "called": called,
        **asked,
        "unheld": desk.unheld(user),
        "may_take": bool(services.counselling_teams(user)),
        "may_enter": may_enter(user),
        "may_look": "glass" in pages_of(user),
        "desk_version": "-".join([version, *(str(int(bool(one))) for one in asked.values())]),
    }


def _asked(user: User) -> dict[str, Any]:
    """What the desk asks of this person about wider sight, theirs and others'."""
    return {
        "owed": glass.owed(user),
        "talk_with_me": glass.to_talk_about(user),
        "asked_of_me": consulting.asked_of(user),
        "alarm": "reviews" in pages_of(user) and glass.alarm(user),
    }


@page("desk")
@require_POST
def page_answer(request: HttpRequest, key: UUID) -> HttpResponse:
    """Somebody on call is at it: nobody else is called, and the case is one step away."""
    user = person(request)
    found = get_object_or_404(
        OnCallPage.objects.visible_to(user).select_related("conversation"), pk=key
    )
    paging.answer(found.conversation, by=user)
    case = Case.objects.visible_to(user).filter(folder=found.conversation.filed_to_id).first()
    if case is None:
        messages.info(request, _("It is yours to answer. The case opens in a moment: look again."))
        return redirect("cases:desk")
    return redirect("cases:case_detail", key=case.pk)


@page("desk")
@require_POST
def take_next(request: HttpRequest) -> HttpResponse:
    """Take the most urgent case one may be given."""
    try:
        given = services.take_next(by=person(request))
    except NotPossible as why:
        messages.info(request, str(why))
        return redirect("cases:desk")
    return redirect("cases:case_detail", key=given.case_id)
