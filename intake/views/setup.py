"""Set-up pages of intake: numbers that people are told to call, and approved texts."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import page
from intake import approved
from intake.forms import ApprovedTextForm, NumberForm
from intake.models import ApprovedText
from intake.views.people import person
from privacy.clock import database_now
from privacy.services import NotPossible
from reference.models import EmergencyNumber
from reference.numbers import add_number, doubt_number, may_go_live, verify_number

PER_PAGE: Final = 40


@page("setup")
@require_GET
def numbers(request: HttpRequest) -> HttpResponse:
    """The numbers of the helpline's country, and who verified them when."""
    return _show_numbers(request, NumberForm())


@page("setup")
@require_POST
def number_add(request: HttpRequest) -> HttpResponse:
    """Add a number, not yet verified."""
    form = NumberForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            add_number(
                settings.HELPLINE_COUNTRY,
                purpose=told["purpose"],
                number=told["number"],
                names={tag: told[f"label_{tag}"] for tag in ("en", "hi", "ar", "fr")},
                hours=told["hours"],
                source=told["source"],
                by=person(request),
            )
        except NotPossible as why:
            form.add_error("number", str(why))
        else:
            messages.success(
                request, _("Added. It is told to nobody as checked until you verify it.")
            )
            return redirect("intake:numbers")
    return _show_numbers(request, form)


@page("setup")
@require_POST
def number_verify(request: HttpRequest, key: UUID) -> HttpResponse:
    """They called it today, and it answered as it says here."""
    number = get_object_or_404(EmergencyNumber, pk=key)
    verify_number(number, on=database_now().date(), by=person(request))
    messages.success(request, _("Verified as of today."))
    return redirect("intake:numbers")


@page("setup")
@require_POST
def number_doubt(request: HttpRequest, key: UUID) -> HttpResponse:
    """It does not answer, or answers otherwise: it counts as verified no more."""
    doubt_number(get_object_or_404(EmergencyNumber, pk=key), by=person(request))
    messages.success(request, _("It counts as verified no more. “It answers” takes that back."))
    return redirect("intake:numbers")


@page("setup")
@require_GET
def approved_texts(request: HttpRequest) -> HttpResponse:
    """The texts that may go out when free words may not."""
    return _show_texts(request, ApprovedTextForm())


@page("setup")
@require_POST
def approved_text_add(request: HttpRequest) -> HttpResponse:
    """Write down a text as the provider approved it."""
    form = ApprovedTextForm(request.POST)
    if form.is_valid():
        try:
            approved.add_text(by=person(request), **form.cleaned_data)
        except NotPossible as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, _("Added. The composer offers it from now on."))
            return redirect("intake:approved_texts")
    return _show_texts(request, form)


@page("setup")
@require_POST
def approved_text_retire(request: HttpRequest, key: UUID) -> HttpResponse:
    """Offer a text no longer."""
    return _change_text(request, key, approved.retire_text)


@page("setup")
@require_POST
def approved_text_restore(request: HttpRequest, key: UUID) -> HttpResponse:
    """Offer a retired text again."""
    return _change_text(request, key, approved.restore_text)


def _change_text(request: HttpRequest, key: UUID, change: Callable[..., None]) -> HttpResponse:
    try:
        change(get_object_or_404(ApprovedText, pk=key), by=person(request))
    except NotPossible as why:
        messages.error(request, str(why))
    else:
        messages.success(request, _("Saved."))
    return redirect("intake:approved_texts")


def _show_numbers(request: HttpRequest, form: NumberForm) -> HttpResponse:
    country, today = settings.HELPLINE_COUNTRY, database_now().date()
    rows = EmergencyNumber.objects.filter(country=country).select_related("verified_by")
    context: dict[str, Any] = {
        "country": country,
        "ready": may_go_live(country),
        "rows": [(row, row.label(request.LANGUAGE_CODE), row.is_stale(today)) for row in rows],
        "form": form,
    }
    return render(request, "intake/numbers.html", context, status=422 if form.errors else 200)


def _show_texts(request: HttpRequest, form: ApprovedTextForm) -> HttpResponse:
    # Those in force first: NULL sorts before any day that way round.
    rows = ApprovedText.objects.order_by(F("retired_on").desc(nulls_first=True), "code", "language")
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "form": form,
        "suggestions": approved.suggestions(),
    }
    return render(request, "intake/texts.html", context, status=422 if form.errors else 200)
