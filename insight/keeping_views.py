"""Pages about forgetting: what the next nights take, holds, certificates; and the set-up of it."""

import base64
import binascii
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.access import page, pages_of
from accounts.models import User
from cases.keeping import NAMES
from insight import keeping
from privacy import custody, periods
from privacy import keeping as services
from privacy.clock import database_now
from privacy.models import ANYWHERE, Custodian
from privacy.services import NotPossible

SHOWN: Final = timedelta(days=92)
_STEPS: Final[dict[str, Callable[..., None]]] = {
    "agree": services.agree_hold,
    "review": services.review_hold,
    "end": services.end_hold,
}


class PeriodForm(forms.Form):
    """A new row: how long a class is kept from a day on."""

    klass = forms.ChoiceField(
        label=lazy("What"), choices=[(one, NAMES[one]) for one in periods.SEED]
    )
    keep = forms.RegexField(
        r"^P[0-9]{1,3}[DMY]$",
        label=lazy("Kept after closing"),
        help_text=lazy("P90D is 90 days, P12M twelve months, P5Y five years"),
    )
    at_least = forms.RegexField(
        r"^P[0-9]{1,3}[DMY]$",
        label=lazy("A law demands at least"),
        required=False,
        help_text=lazy("written the same way; empty when no law does"),
    )
    jurisdiction = forms.RegexField(
        r"^([A-Z]{2}|ANY)$",
        label=lazy("Whose law"),
        initial=ANYWHERE,
        help_text=lazy("a country as two letters, or ANY"),
    )
    valid_from = forms.DateField(label=lazy("From"), widget=forms.DateInput(attrs={"type": "date"}))
    source = forms.CharField(label=lazy("Where it is written"), max_length=240)
    confirmed_by = forms.CharField(
        label=lazy("Which lawyer confirmed it"), max_length=120, required=False
    )


class CustodianForm(forms.Form):
    """Somebody who keeps one half of the keys to what is sealed."""

    name = forms.CharField(label=lazy("Name"), max_length=80)
    public_key = forms.CharField(
        label=lazy("Their public key"),
        max_length=64,
        help_text=lazy("they make it themselves: manage.py custodian_key, on their own machine"),
    )

    def clean_public_key(self) -> bytes:
        """Thirty-two bytes as base64."""
        try:
            return base64.b64decode(self.cleaned_data["public_key"], validate=True)
        except binascii.Error:
            raise forms.ValidationError(_("This is not a custodian's public key.")) from None


class MatterForm(forms.Form):
    """Which hold, and what is done about it."""

    matter = forms.UUIDField()
    step = forms.ChoiceField(choices=[(step, step) for step in _STEPS])


@page("forgetting")
@require_GET
def forgetting(request: HttpRequest) -> HttpResponse:
    """What the next thirty days forget, by class and count; holds; copies; certificates."""
    user = _person(request)
    context = {
        "coming": keeping.coming(user),
        "matters": keeping.matters(user),
        "copies": keeping.copies_overdue(),
        "certificates": keeping.certificates(database_now().date() - SHOWN),
        "acts": "team" in pages_of(user),
    }
    return render(request, "insight/forgetting.html", context)


@page("forgetting")
@require_POST
def matter(request: HttpRequest) -> HttpResponse:
    """Agree to a hold, say that it is still needed, or end it."""
    form = MatterForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data
        _try(request, lambda by: _STEPS[told["step"]](told["matter"], by=by))
    return redirect("insight:forgetting")


@page("setup")
@require_GET
def keeping_page(request: HttpRequest) -> HttpResponse:
    """How long each class is kept, since when and why; who keeps the halves of keys."""
    return _show(request, PeriodForm(), CustodianForm())


@page("setup")
@require_POST
def period_add(request: HttpRequest) -> HttpResponse:
    """Write a new row; those before stay as they were."""
    form = PeriodForm(request.POST)
    if form.is_valid():
        told = dict(form.cleaned_data)
        try:
            services.set_period(told.pop("klass"), by=_person(request), **told)
        except NotPossible as why:
            form.add_error("valid_from", str(why))
        else:
            messages.success(request, _("Written down. The night follows it from that day on."))
            return redirect("insight:keeping")
    return _show(request, form, CustodianForm())


@page("setup")
@require_POST
def custodian_add(request: HttpRequest) -> HttpResponse:
    """Name a custodian."""
    form = CustodianForm(request.POST)
    if form.is_valid():
        try:
            custody.add_custodian(by=_person(request), **form.cleaned_data)
        except NotPossible as why:
            form.add_error("public_key", str(why))
        else:
            messages.success(request, _("Named. From now on they get one half of each new seal."))
            return redirect("insight:keeping")
    return _show(request, PeriodForm(), form)


@page("setup")
@require_POST
def custodian_retire(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give somebody no new halves."""
    found = get_object_or_404(Custodian, pk=key)
    _try(request, lambda by: custody.retire_custodian(found, by=by))
    return redirect("insight:keeping")


def _show(request: HttpRequest, period: PeriodForm, custodian: CustodianForm) -> HttpResponse:
    today = database_now().date()
    rows = [
        (
            NAMES[klass],
            [
                (
                    row,
                    keeping.in_words(row.keep),
                    keeping.in_words(row.at_least),
                    row.valid_from > today,
                )
                for row in found
            ],
        )
        for klass, found in periods.history()
    ]
    context: dict[str, Any] = {
        "rows": rows,
        "form": period,
        "custodian_form": custodian,
        "custodians": Custodian.objects.order_by("named_at"),
        "enough": len(custody.custodians()) >= 2,
    }
    failed = period.errors or custodian.errors
    return render(request, "insight/keeping.html", context, status=422 if failed else 200)


def _try(request: HttpRequest, change: Callable[[User], None]) -> None:
    try:
        change(_person(request))
    except NotPossible as why:
        messages.error(request, str(why))
    else:
        messages.success(request, _("Saved."))


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 (LoginRequiredMiddleware let nobody else in)
    return request.user
