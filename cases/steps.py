"""The cards of the case page that are saved one by one: which form, which service."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from accounts.models import Role, User
from cases import forms as own
from cases import services
from cases.assignment import is_own_thoughts
from cases.models import Case
from privacy.access import NotAllowed
from privacy.exclusions import excluded_from
from privacy.minimise import minimised


@dataclass(frozen=True)
class Step:
    """One card: the anchor it opens at, its form, and what saving does."""

    card: str
    form: Callable[[QueryDict, Case, User], forms.Form]
    save: Callable[[Case, Any, User], object]


def colleagues_for(case: Case) -> list[User]:
    """Who could take the case over: the other counsellors of its team."""
    people = User.objects.filter(
        is_active=True, duties__team=case.folder.team_id, duties__role=Role.COUNSELLOR
    )
    barred = {case.holder_id, *excluded_from([case.folder_id])}
    return [one for one in people.order_by("name").distinct() if one.pk not in barred]


def _of_case(form: type[own.CaseForm]) -> Callable[[QueryDict, Case, User], forms.Form]:
    return lambda data, case, user: form(data, mine=minimised(case, user))


def _people_form(data: QueryDict, case: Case, user: User) -> forms.Form:
    mine = minimised(case, user)
    return own.PeopleForm(data, mine=mine, anonymous=is_own_thoughts(case))


def _plain(form: type[forms.Form]) -> Callable[[QueryDict, Case, User], forms.Form]:
    return lambda data, _case, _user: form(data)


def _risk_form(data: QueryDict, case: Case, user: User) -> forms.Form:
    return own.RiskForm(data, narrative=minimised(case, user).may_write("flags"))


def _save_changes(case: Case, form: own.CaseForm, by: User) -> None:
    if not form.fields:
        raise NotAllowed("field", folder=case.folder_id)
    services.update_case(case, changes=form.changes(), by=by)


def _save_risk(case: Case, form: forms.Form, by: User) -> None:
    told = form.cleaned_data
    services.set_risk(
        case, risk=told["risk"], flags=told.get("flags"), why=told.get("why", ""), by=by
    )


def _save_harms(case: Case, form: forms.Form, by: User) -> None:
    services.set_harms(case, by=by, **form.cleaned_data)


def _save_note(case: Case, form: forms.Form, by: User) -> None:
    services.add_note(case, by=by, **form.cleaned_data)


def _save_task(case: Case, form: forms.Form, by: User) -> None:
    services.add_task(case, by=by, **form.cleaned_data)


STEPS = {
    "summary": Step("summary", _of_case(own.SummaryForm), _save_changes),
    "people": Step("people", _people_form, _save_changes),
    "safe": Step("safe", _of_case(own.SafeContactForm), _save_changes),
    "plan": Step("plan", _of_case(own.PlanForm), _save_changes),
    "risk": Step("why", _risk_form, _save_risk),
    "harms": Step("harms", _plain(own.HarmsForm), _save_harms),
    "note": Step("notes", _plain(own.NoteForm), _save_note),
    "task": Step("tasks", _plain(own.TaskForm), _save_task),
}
