"""A person's own page, and the administrator's list of colleagues."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import services, telephones
from accounts.access import page
from accounts.forms import DutyForm, MeForm, PersonForm, TelephoneForm
from accounts.models import Shift, Telephone, Training, User
from privacy.clock import database_now
from privacy.services import NotPossible


@require_http_methods(["GET", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    """One's own name, time zone, break, shifts and training."""
    user: Any = request.user
    form = MeForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        services.update_own_page(user, changes=form.cleaned_data, by=user)
        messages.success(request, _("Saved."))
        return redirect("accounts:me")
    now = database_now()
    context = {
        "form": form,
        "shifts": Shift.objects.filter(user=user, ends_at__gt=now).order_by("starts_at")[:10],
        "trainings": Training.objects.filter(user=user).order_by("valid_to", "skill"),
        "today": now.date(),
        "duties": user.duties.select_related("team").order_by("role"),
        **_telephone(user),
    }
    return render(request, "accounts/me.html", context)


@require_http_methods(["GET", "POST"])
def telephone(request: HttpRequest) -> HttpResponse:
    """One's own telephone for calls: set, switched or forgotten; shown only by its last digits."""
    user: Any = request.user
    kept = _telephone(user)
    first = {"takes_calls": kept["takes_calls"] or not kept["telephone"]}
    posted = request.POST if request.method == "POST" else None
    form = TelephoneForm(posted, initial=first)
    if form.is_valid():
        _keep_telephone(user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("accounts:me")
    context = {**kept, "form": form}
    return render(request, "accounts/telephone.html", context, status=422 if form.errors else 200)


def _telephone(user: User) -> dict[str, Any]:
    kept = Telephone.objects.filter(user=user).first()
    return {
        "telephone": telephones.masked(user),
        "takes_calls": kept is not None and kept.takes_calls,
    }


def _keep_telephone(user: User, *, number: str, takes_calls: bool, forget: bool) -> None:
    if forget:
        telephones.forget_number(user, by=user)
    elif number:
        telephones.set_number(user, number=number, takes_calls=takes_calls, by=user)
    else:
        telephones.set_takes_calls(user, takes_calls=takes_calls, by=user)


@login_not_required
@require_GET
def hidden(request: HttpRequest) -> HttpResponse:
    """The plain page that Hide leaves on the screen."""
    return render(request, "accounts/hidden.html")


@page("setup")
@require_GET
def setup(request: HttpRequest) -> HttpResponse:
    """Colleagues and their duties: what an administrator configures. No case is reachable here."""
    people = User.objects.prefetch_related("duties__team").order_by("name", "pk")
    pages = Paginator(people, 50)
    return render(
        request,
        "accounts/setup.html",
        {
            "page": pages.get_page(request.GET.get("page")),
            "form": PersonForm(),
            "duty_form": DutyForm(),
        },
    )


@page("setup")
@require_POST
def person_create(request: HttpRequest) -> HttpResponse:
    """Make an account, and ask for its first duty."""
    form = PersonForm(request.POST)
    user: Any = request.user
    if form.is_valid():
        made = services.create_person(
            form.cleaned_data["email"], name=form.cleaned_data["name"], by=user
        )
        services.ask_duty(
            made, team=form.cleaned_data["team"], role=form.cleaned_data["role"], by=user
        )
        told = _("The account is made. It opens nothing until a second person agrees to its role.")
        messages.success(request, told)
        return redirect("accounts:setup")
    people = Paginator(User.objects.order_by("name", "pk"), 50).get_page(1)
    context = {"page": people, "form": form, "duty_form": DutyForm()}
    return render(request, "accounts/setup.html", context, status=422)


@page("setup")
@require_POST
def person_switch(request: HttpRequest, key: str) -> HttpResponse:
    """Switch an account off or on again; off ends its sessions on their next request."""
    person = get_object_or_404(User, pk=key)
    user: Any = request.user
    try:
        services.switch_person(person, active="on" in request.POST, by=user)
    except NotPossible as reason:
        messages.error(request, str(reason))
    return redirect("accounts:setup")
