"""The partner's door: pages without an account, opened by a link, a button and a code."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from privacy.access import acting
from privacy.services import NotPossible
from referrals import links, partner, reading
from referrals.forms import CodeForm, DeclineForm, ReportForm
from referrals.models import PartnerLink, SupportReferral
from referrals.partner import Opening

COOKIE = "door"


@login_not_required
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def door(request: HttpRequest, token: str) -> HttpResponse:
    """A page that says nothing. Only its button asks for the code: mail scanners press none."""
    if request.method == "GET":
        return render(request, "referrals/partner_door.html")
    link = partner.find_link(token)
    if link is None:
        return _farewell(request, token)
    if _is_bound(request, link):
        return _to(request, "packet", token)
    if link.bound:
        return render(request, "referrals/partner_elsewhere.html", status=403)
    form = CodeForm(request.POST if "code" in request.POST else None)
    if not form.is_valid():
        return render(request, "referrals/partner_code.html", {"form": form})
    return _try(request, link, token, form)


@login_not_required
@require_GET
def packet(request: HttpRequest, token: str) -> HttpResponse:
    """What was shared and why, and what may be answered."""
    return _inside(request, token, _page)


@login_not_required
@require_POST
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """The partner takes it on."""
    return _inside(request, token, partner.accept)


@login_not_required
@require_POST
def decline(request: HttpRequest, token: str) -> HttpResponse:
    """The partner cannot, and says why."""
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return _inside(request, token, lambda link: _page(link, decline=form, status=422))
    reason = form.cleaned_data["reason"]
    return _inside(request, token, lambda link: partner.decline(link, reason=reason))


@login_not_required
@require_POST
def outcome(request: HttpRequest, token: str) -> HttpResponse:
    """What came of it."""
    state = request.POST.get("state", "")
    return _inside(request, token, lambda link: partner.report_outcome(link, state=state))


# What a verb or a page of the door answers with: a page to render, or nothing (go to the packet).
Page = tuple[str, dict[str, Any], int]


def _inside(
    request: HttpRequest, token: str, answer: Callable[[PartnerLink], Page | None]
) -> HttpResponse:
    """Let in only the browser that typed the code; answer as the link, and as nobody else."""
    link = partner.find_link(token)
    if link is None:
        return _farewell(request, token)
    if not _is_bound(request, link):
        return _to(request, "door", token)
    with acting(link=link.pk):
        try:
            page = answer(link)
        except NotPossible as error:
            page = _page(link, problem=str(error), status=422)
        if page is None:
            return _to(request, "packet", token)
        template, context, status = page
        return render(request, template, context | {"token": token}, status=status)


def _page(
    link: PartnerLink, *, decline: DeclineForm | None = None, problem: str = "", status: int = 200
) -> Page:
    referral = partner.referral_of(link)
    content = partner.show(link)
    now = content["guardian_safe"]
    context = {
        "service": referral.service,
        "kind": reading.kind_label(referral.service.kind),
        "state": referral.state,
        "may_answer": referral.state == SupportReferral.State.VIEWED,
        "lines": reading.lines(content, reading.WHOLE),
        "changed": reading.guardian_line(now) if now != referral.guardian_said else "",
        "until": link.expires_at,
        "decline": decline or DeclineForm(),
        "report": ReportForm(referral=referral),
        "problem": problem,
    }
    return "referrals/partner_packet.html", context, status


def _try(request: HttpRequest, link: PartnerLink, token: str, form: CodeForm) -> HttpResponse:
    with acting(link=link.pk):
        opening, secret = partner.open_door(link, code=form.cleaned_data["code"])
    if opening is Opening.SHUT:
        return _farewell(request, token)
    if opening is Opening.WRONG:
        form.add_error("code", _("That is not the code. Look again, or ask us for it."))
        return render(request, "referrals/partner_code.html", {"form": form}, status=422)
    response = _to(request, "packet", token)
    response.set_signed_cookie(
        COOKIE,
        secret,
        salt=str(link.pk),
        max_age=links.OUTCOME_WITHIN,
        path=reverse("referrals:door", args=[token]),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _is_bound(request: HttpRequest, link: PartnerLink) -> bool:
    secret = request.get_signed_cookie(COOKIE, default="", salt=str(link.pk))
    return partner.is_bound_to(link, secret or "")


def _farewell(request: HttpRequest, token: str) -> HttpResponse:
    """The same words for every link that leads nowhere; a partner who was in also hears why."""
    link = links.by_token(token)
    known = link is not None and _is_bound(request, link)
    why = partner.ended_as(link) if link is not None and known else ""
    return render(request, "referrals/partner_gone.html", {"why": why}, status=404)


def _to(request: HttpRequest, name: str, token: str) -> HttpResponseRedirect:
    chosen = request.GET.get("lang", "")
    query = "?" + urlencode({"lang": chosen}) if chosen in dict(settings.LANGUAGES) else ""
    return HttpResponseRedirect(reverse(f"referrals:{name}", args=[token]) + query)
