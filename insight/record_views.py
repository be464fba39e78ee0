"""The auditor's pages, and the alerts that auditors and supervisors put away once they looked."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import page
from accounts.models import User
from insight import alerts, record
from insight.forms import CodeForm, PersonForm
from insight.models import Alert
from privacy import chain

PER_PAGE = 50


@page("audit")
@require_GET
def record_page(request: HttpRequest) -> HttpResponse:
    """Who did what, when; of everything, one case or one colleague."""
    user = _person(request)
    form = PersonForm(request.GET, people=record.colleagues(user))
    asked = _question(form, user)
    found = list(record.events(user, asked, before=_before(request))[: PER_PAGE + 1])
    context = {
        "form": form,
        "code_form": CodeForm(),
        "asked": asked,
        "case": asked.case,
        "lines": record.lines(user, asked) if not _before(request) else [],
        "entries": record.entries(found[:PER_PAGE], user),
        "older": found[PER_PAGE - 1].at.isoformat() if len(found) > PER_PAGE else "",
        "unchained": record.unchained(),
        "alerts": alerts.waiting(user),
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


@page("audit")
@require_POST
def alert_audited(request: HttpRequest, key: UUID) -> HttpResponse:
    """An auditor looked into an alert."""
    alerts.look_at(get_object_or_404(Alert, pk=key), by=_person(request))
    return redirect("insight:audit")


@page("team")
@require_POST
def alert_seen(request: HttpRequest, key: UUID) -> HttpResponse:
    """Who oversees the team looked into an alert."""
    alerts.look_at(get_object_or_404(Alert, pk=key), by=_person(request))
    return redirect("insight:team")


def _question(form: PersonForm, user: User) -> record.Question:
    asked = form.cleaned_data if form.is_valid() else {}
    return record.Question(
        case=record.case_of(user, asked["folder"]) if asked.get("folder") else None,
        person=form.people.get(UUID(asked["person"])) if asked.get("person") else None,
        days=int(asked["days"]) if asked.get("days") else None,
    )


def _before(request: HttpRequest) -> datetime | None:
    """From which moment backwards, as the link to older entries says it."""
    try:
        found = parse_datetime(request.GET.get("before", ""))
    except ValueError:
        return None
    return found if found and found.tzinfo else None


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 (LoginRequiredMiddleware let nobody else in)
    return request.user
