"""The week plan of a team, and the days on which its desk is closed."""

import time
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import planning
from accounts.access import page
from accounts.models import Holiday, Shift, Team, User
from accounts.plan_forms import HolidayForm, HolidayListForm, ShiftForm, TeamForm
from accounts.week import Week, week_of
from privacy.clock import database_now
from privacy.services import NotPossible

PER_PAGE: Final = 40
UNDO_FOR: Final = 120  # seconds in which what was removed can be put back with one key
_UNDO: Final = "plan_undo"


@page("plan")
@require_GET
def week(request: HttpRequest) -> HttpResponse:
    """Who is on when, in one week of one team."""
    shown = _week(request)
    form = ShiftForm(week=shown, initial={"start": "09:00", "end": "17:00"})
    return _show_week(request, shown, form)


@page("plan")
@require_POST
def shift_add(request: HttpRequest) -> HttpResponse:
    """Plan the same hours on some days."""
    shown = _week(request)
    form = ShiftForm(request.POST, week=shown)
    if not form.is_valid():
        return _show_week(request, shown, form, status=422)
    try:
        made = planning.add_shifts(
            form.cleaned_data["user"], team=shown.team, by=_person(request), **form.hours()
        )
    except NotPossible as why:
        form.add_error(None, str(why))
        return _show_week(request, shown, form, status=422)
    messages.success(request, _("Planned: %(n)d.") % {"n": len(made)})
    return _to_week(shown.team, shown.monday)


@page("plan")
@require_POST
def shift_remove(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take a shift out of the plan; it can be put back for two minutes."""
    person = _person(request)
    teams = planning.teams_of_planner(person)
    shift = get_object_or_404(Shift.objects.select_related("user", "team"), pk=key, team__in=teams)
    monday = week_of(shift.team, _day(shift.team, shift.starts_at), people=[]).monday
    kept = {
        "user": str(shift.user_id),
        "team": str(shift.team_id),
        "starts_at": shift.starts_at.isoformat(),
        "ends_at": shift.ends_at.isoformat(),
        "on_call": shift.on_call,
        "turn": shift.turn,
    }
    try:
        planning.remove_shift(shift, by=person)
    except NotPossible as why:
        messages.error(request, str(why))
        return _to_week(shift.team, monday)
    _may_undo(request, {"kind": "shift", "what": shift.user.name, **kept})
    return _to_week(shift.team, monday)


@page("plan")
@require_POST
def shift_copy(request: HttpRequest) -> HttpResponse:
    """Plan this week like the one before."""
    shown = _week(request)
    copied, left_out = planning.copy_week(shown.team, into=shown.monday, by=_person(request))
    told = _("Copied: %(copied)d. Left out: %(left_out)d (over, overlapping, or gone).")
    messages.success(request, told % {"copied": copied, "left_out": left_out})
    return _to_week(shown.team, shown.monday)


@page("plan")
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Put back what was removed just now."""
    kept = _undoable(request)
    request.session.pop(_UNDO, None)
    if kept is None:
        messages.info(request, _("There is nothing left to put back."))
        return redirect("accounts:week")
    team = _chosen(planning.teams_of_planner(_person(request)), kept["team"])
    put_back = _put_back_shift if kept["kind"] == "shift" else _put_back_holiday
    try:
        return put_back(team, kept, _person(request))
    except NotPossible as why:
        messages.error(request, str(why))
        return redirect("accounts:week")


@page("plan")
@require_GET
def holidays(request: HttpRequest) -> HttpResponse:
    """The days on which the desk is closed."""
    return _show_holidays(request, _team(request))


@page("plan")
@require_POST
def holiday_add(request: HttpRequest) -> HttpResponse:
    """Close the desk for a day."""
    team, form = _team(request), HolidayForm(request.POST)
    if form.is_valid():
        try:
            planning.add_holiday(team, by=_person(request), **form.cleaned_data)
        except NotPossible as why:
            form.add_error("on", str(why))
        else:
            messages.success(request, _("The desk is closed on that day."))
            return _to_holidays(team)
    return _show_holidays(request, team, form=form)


@page("plan")
@require_POST
def holiday_paste(request: HttpRequest) -> HttpResponse:
    """Close the desk for each day of a pasted list."""
    team, form = _team(request), HolidayListForm(request.POST)
    if form.is_valid():
        read = planning.add_pasted_holidays(
            team, text=form.cleaned_data["text"], by=_person(request)
        )
        if not read.unread:
            told = _("Added: %(added)d. In the list already: %(known)d.")
            messages.success(request, told % {"added": read.added, "known": read.known})
            return _to_holidays(team)
        form.refuse(read.unread)
    return _show_holidays(request, team, pasted=form)


@page("plan")
@require_POST
def holiday_remove(request: HttpRequest, key: UUID) -> HttpResponse:
    """The desk is open on that day after all; it can be closed again for two minutes."""
    person = _person(request)
    teams = planning.teams_of_planner(person)
    holiday = get_object_or_404(Holiday.objects.select_related("team"), pk=key, team__in=teams)
    kept = {"team": str(holiday.team_id), "on": holiday.on.isoformat(), "name": holiday.name}
    planning.remove_holiday(holiday, by=person)
    _may_undo(request, {"kind": "holiday", "what": holiday.name, **kept})
    return _to_holidays(holiday.team)


def _show_week(
    request: HttpRequest, shown: Week, form: ShiftForm, *, status: int = 200
) -> HttpResponse:
    now = database_now()
    today = _day(shown.team, now)
    context = {
        **_frame(request, shown.team, "week"),
        "week": shown,
        "page": Paginator(shown.lines, PER_PAGE).get_page(request.GET.get("page")),
        "form": form,
        "now": now,
        "today": today,
        "this_week": today - timedelta(days=today.weekday()),
    }
    return render(request, "accounts/week.html", context, status=status)


def _show_holidays(
    request: HttpRequest,
    team: Team,
    *,
    form: HolidayForm | None = None,
    pasted: HolidayListForm | None = None,
) -> HttpResponse:
    today = _day(team, database_now())
    rows = Holiday.objects.filter(team=team, on__gte=today).order_by("on")
    context = {
        **_frame(request, team, "holidays"),
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "form": form or HolidayForm(),
        "pasted": pasted or HolidayListForm(),
    }
    wrong = bool((form and form.errors) or (pasted and pasted.errors))
    return render(request, "accounts/holidays.html", context, status=422 if wrong else 200)


def _frame(request: HttpRequest, team: Team, here: str) -> dict[str, Any]:
    teams = planning.teams_of_planner(_person(request))
    return {
        "team": team,
        "here": here,
        "team_form": TeamForm(teams=teams, initial={"team": team.pk}) if len(teams) > 1 else None,
        "undo": _undoable(request),
    }


def _team(request: HttpRequest) -> Team:
    asked = request.POST.get("team") or request.GET.get("team") or ""
    return _chosen(planning.teams_of_planner(_person(request)), asked)


def _chosen(teams: list[Team], asked: str) -> Team:
    """The team asked for, or the first; 404 for one that is not theirs to plan."""
    found = next((team for team in teams if str(team.pk) == asked), None)
    if found is None and (asked or not teams):
        raise Http404
    return found or teams[0]


def _week(request: HttpRequest) -> Week:
    team = _team(request)
    asked = request.POST.get("week") or request.GET.get("week") or ""
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        day = _day(team, database_now())
    return week_of(team, day, people=planning.colleagues_of(team))


def _day(team: Team, moment: datetime) -> date:
    """The date of a moment on the clocks of the team."""
    return moment.astimezone(team.zone).date()


def _to_week(team: Team, monday: date) -> HttpResponse:
    return redirect(reverse("accounts:week") + f"?team={team.pk}&week={monday.isoformat()}")


def _to_holidays(team: Team) -> HttpResponse:
    return redirect(reverse("accounts:holidays") + f"?team={team.pk}")


def _may_undo(request: HttpRequest, kept: dict[str, Any]) -> None:
    request.session[_UNDO] = {**kept, "at": time.time()}


def _undoable(request: HttpRequest) -> dict[str, Any] | None:
    """What was removed in the last two minutes, if something was."""
    kept: dict[str, Any] | None = request.session.get(_UNDO)
    return kept if kept and time.time() - kept["at"] < UNDO_FOR else None


def _put_back_shift(team: Team, kept: dict[str, Any], by: User) -> HttpResponse:
    starts_at = datetime.fromisoformat(kept["starts_at"])
    planning.put_back(
        get_object_or_404(User, pk=kept["user"]),
        team=team,
        starts_at=starts_at,
        ends_at=datetime.fromisoformat(kept["ends_at"]),
        on_call=kept["on_call"],
        turn=kept["turn"],
        by=by,
    )
    return _to_week(team, week_of(team, _day(team, starts_at), people=[]).monday)


def _put_back_holiday(team: Team, kept: dict[str, Any], by: User) -> HttpResponse:
    planning.add_holiday(team, on=date.fromisoformat(kept["on"]), name=kept["name"], by=by)
    return _to_holidays(team)


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 (LoginRequiredMiddleware let nobody else in)
    return request.user
