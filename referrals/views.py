"""Staff pages of referrals: the list, the directory, one referral and its verbs."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import page
from accounts.models import User
from cases.models import Case
from privacy.access import require
from privacy.classes import NARRATIVE
from privacy.fields import unseal
from privacy.minimise import minimised
from privacy.services import NotPossible
from referrals import links, reading, services
from referrals.directory import ServiceQuery, find_services
from referrals.forms import AgreementForm, DraftForm, FilterForm, FinderForm, OutcomeForm
from referrals.models import Service, SupportReferral

PER_PAGE = 25


@page("referrals")
@require_GET
def referral_list(request: HttpRequest) -> HttpResponse:
    """All referrals this person may know of, newest first."""
    rows = SupportReferral.objects.visible_to(request.user).select_related("service__organization")
    form = FilterForm(request.GET)
    if form.is_valid():
        chosen = {"state": form.cleaned_data["state"], "service__kind": form.cleaned_data["kind"]}
        rows = rows.filter(**{name: code for name, code in chosen.items() if code})
    listed = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": listed, "form": form, "rows": reading.rows(listed, _person(request))}
    return render(request, "referrals/referral_list.html", context)


@page("referrals")
@require_GET
def service_list(request: HttpRequest) -> HttpResponse:
    """The directory."""
    form = FinderForm(request.GET)
    listed = Paginator(find_services(_asked(form)), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "referrals/service_list.html", {"page": listed, "form": form})


@page("referrals")
@require_GET
def service_choose(request: HttpRequest, case: UUID) -> HttpResponse:
    """Which service is asked for this case; the case's region and language are filled in."""
    found = _writable_case(request, case)
    form = FinderForm(request.GET or reading.wishes(found))
    listed = Paginator(find_services(_asked(form)), PER_PAGE).get_page(request.GET.get("page"))
    context = {"case": minimised(found, request.user), "form": form, "page": listed}
    return render(request, "referrals/service_choose.html", context)


@page("referrals")
@require_http_methods(["GET", "POST"])
def referral_draft(request: HttpRequest, case: UUID, service: UUID) -> HttpResponse:
    """Pick what the service would be told."""
    found = _writable_case(request, case)
    chosen = get_object_or_404(Service, pk=service, retired_on__isnull=True)
    form = DraftForm(
        request.POST or None,
        service=chosen,
        case=found,
        initial={"words": unseal(found, "summary") or ""},
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = services.draft_referral(
                found, service=chosen, by=_person(request), **_told(form)
            )
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            return redirect("referrals:detail", key=made.pk)
    context = {"case": minimised(found, request.user), "service": chosen, "form": form}
    return render(request, "referrals/referral_draft.html", context)


@page("referrals")
@require_GET
def referral_detail(request: HttpRequest, key: UUID) -> HttpResponse:
    """One referral: what leaves, whether it was agreed, what came of it, and the next step."""
    return _detail(request, _find(request, key))


@page("referrals")
@require_http_methods(["GET", "POST"])
def referral_change(request: HttpRequest, key: UUID) -> HttpResponse:
    """Pick again, while nothing was agreed."""
    referral = _find(request, key)
    require(_person(request), referral.folder_id, NARRATIVE, "w")
    now = {"fields_picked": referral.fields, "words": unseal(referral, "words") or ""}
    form = DraftForm(
        request.POST or None, service=referral.service, case=referral.case, initial=now
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.change_draft(referral, by=_person(request), **_told(form))
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            return redirect("referrals:detail", key=key)
    case = get_object_or_404(Case.objects.visible_to(request.user), pk=referral.case_id)
    context = {"case": minimised(case, request.user), "service": referral.service, "form": form}
    return render(request, "referrals/referral_draft.html", context | {"referral": referral})


@page("referrals")
@require_POST
def referral_agree(request: HttpRequest, key: UUID) -> HttpResponse:
    """Write down that the young person agreed to exactly this."""
    referral = _find(request, key)
    form = AgreementForm(request.POST, case=referral.case)
    if not form.is_valid():
        return _detail(request, referral, agreement=form, status=422)
    told = {name: form.cleaned_data[name] for name in ("given_by", "how", "language")}
    try:
        services.record_agreement(referral, by=_person(request), **told)
    except NotPossible as error:
        messages.error(request, str(error))
    return redirect("referrals:detail", key=key)


@page("referrals")
@require_POST
def referral_send(request: HttpRequest, key: UUID) -> HttpResponse:
    """Send it. The answer shows the partner's code, this once."""
    return _with_code(request, key, services.send_referral)


@page("referrals")
@require_POST
def link_renew(request: HttpRequest, key: UUID) -> HttpResponse:
    """A new link, a new code."""
    return _with_code(request, key, services.renew_link)


@page("referrals")
@require_POST
def link_revoke(request: HttpRequest, key: UUID) -> HttpResponse:
    """End the partner's link."""
    return _do(request, key, services.revoke_link, _("The link no longer opens."))


@page("referrals")
@require_POST
def referral_withdraw(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take it back."""
    return _do(request, key, services.withdraw, _("Taken back."))


@page("referrals")
@require_POST
def referral_outcome(request: HttpRequest, key: UUID) -> HttpResponse:
    """Write what the partner told us another way."""
    referral = _find(request, key)
    form = OutcomeForm(request.POST, referral=referral)
    if not form.is_valid():
        return _detail(request, referral, outcome=form, status=422)
    try:
        services.record_outcome(referral, by=_person(request), **form.cleaned_data)
    except NotPossible as error:
        messages.error(request, str(error))
    return redirect("referrals:detail", key=key)


def _detail(
    request: HttpRequest,
    referral: SupportReferral,
    *,
    agreement: AgreementForm | None = None,
    outcome: OutcomeForm | None = None,
    code: str = "",
    status: int = 200,
) -> HttpResponse:
    user = _person(request)
    case = get_object_or_404(Case.objects.visible_to(user), pk=referral.case_id)
    link = links.latest(referral)
    context = {
        "referral": minimised(referral, user),
        "case": minimised(case, user),
        "service": referral.service,
        "kind": reading.kind_label(referral.service.kind),
        "sign": reading.SIGNS[referral.state],
        "rights": reading.rights(user, referral.folder_id),
        "is_open": referral.is_open,
        "changed": reading.parents_changed(referral, case),
        "lines": reading.shown_of(referral, user),
        "left_out": reading.left_out_of(referral, user),
        "agreed": services.agreed(referral),
        "link": link,
        "link_state": links.state_of(link),
        "agreement": agreement or AgreementForm(case=referral.case),
        "outcome": outcome or OutcomeForm(referral=referral),
        "code": code,
    }
    return render(request, "referrals/referral_detail.html", context, status=status)


def _with_code(request: HttpRequest, key: UUID, verb: Any) -> HttpResponse:
    referral = _find(request, key)
    try:
        code = verb(referral, by=_person(request))
    except NotPossible as error:
        messages.error(request, str(error))
        return redirect("referrals:detail", key=key)
    return _detail(request, referral, code=code)


def _do(request: HttpRequest, key: UUID, verb: Any, done: str) -> HttpResponse:
    try:
        verb(_find(request, key), by=_person(request))
    except NotPossible as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("referrals:detail", key=key)


def _find(request: HttpRequest, key: UUID) -> SupportReferral:
    rows = SupportReferral.objects.visible_to(request.user)
    found: SupportReferral = get_object_or_404(
        rows.select_related("service__organization", "case"), pk=key
    )
    return found


def _writable_case(request: HttpRequest, key: UUID) -> Case:
    found: Case = get_object_or_404(Case.objects.visible_to(request.user), pk=key)
    require(_person(request), found.folder_id, NARRATIVE, "w")
    return found


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 (LoginRequiredMiddleware let nobody else in)
    return request.user


def _asked(form: FinderForm) -> ServiceQuery:
    return ServiceQuery(**form.cleaned_data) if form.is_valid() else ServiceQuery()


def _told(form: DraftForm) -> dict[str, Any]:
    return {
        "fields": form.cleaned_data["fields_picked"],
        "words": form.cleaned_data.get("words", ""),
    }
