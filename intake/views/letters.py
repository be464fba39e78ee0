"""The dead letters: what came and could not be read, for who supervises."""

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import page
from intake import unread
from intake.forms import AsideForm, SenderForm
from intake.models import InboundEvent
from intake.views.people import person
from privacy.services import NotPossible

PER_PAGE: Final = 25
SHOWN: Final = (InboundEvent.State.DEAD, InboundEvent.State.ASIDE)


@page("team")
@require_GET
def letters(request: HttpRequest) -> HttpResponse:
    """What waits for a person, or was set aside: when, by which door, why, how large."""
    state = request.GET.get("state", "")
    state = state if state in SHOWN else InboundEvent.State.DEAD
    user = person(request)
    rows = unread.letters(state, by=user)
    shown = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": shown, "gists": unread.gists_of(shown, by=user), "state": state}
    return render(request, "intake/letters.html", context)


@page("team")
@require_GET
def letter(request: HttpRequest, key: UUID) -> HttpResponse:
    """One of them, opened on the record: header and the words that could be read."""
    return _show(request, _find(request, key))


@page("team")
@require_POST
def letter_again(request: HttpRequest, key: UUID) -> HttpResponse:
    """Have it read once more."""
    try:
        unread.try_again(_find(request, key), by=person(request))
    except NotPossible as why:
        messages.error(request, str(why))
    else:
        messages.success(
            request, _("It is read once more. If that fails again, it is back here in a minute.")
        )
    return redirect("intake:letters")


@page("team")
@require_POST
def letter_aside(request: HttpRequest, key: UUID) -> HttpResponse:
    """Nothing is to be made of it."""
    event, form = _find(request, key), AsideForm(request.POST)
    if not form.is_valid():
        return _show(request, event, aside=form)
    try:
        unread.set_aside(event, because=form.cleaned_data["because"], by=person(request))
    except NotPossible as why:
        messages.error(request, str(why))
    else:
        messages.success(request, _("Set aside. You find it under “set aside” for a month."))
    return redirect("intake:letters")


@page("team")
@require_POST
def letter_back(request: HttpRequest, key: UUID) -> HttpResponse:
    """It was set aside, and waits for a person again."""
    event = _find(request, key)
    try:
        unread.bring_back(event, by=person(request))
    except NotPossible as why:
        messages.error(request, str(why))
    return redirect("intake:letter", key=event.pk)


@page("team")
@require_POST
def letter_sender(request: HttpRequest, key: UUID) -> HttpResponse:
    """A person could tell who sent it: it becomes a conversation."""
    event, form = _find(request, key), SenderForm(request.POST)
    if form.is_valid():
        try:
            unread.make_conversation(
                event, address=form.cleaned_data["address"], by=person(request)
            )
        except NotPossible as why:
            form.add_error("address", str(why))
        else:
            messages.success(request, _("It becomes a conversation now, and waits in the queue."))
            return redirect("intake:letters")
    return _show(request, event, sender=form)


def _find(request: HttpRequest, key: UUID) -> InboundEvent:
    rows = InboundEvent.objects.filter(state__in=SHOWN, sealed__isnull=False)
    found: InboundEvent = get_object_or_404(rows, pk=key)
    return found


def _show(
    request: HttpRequest,
    event: InboundEvent,
    *,
    aside: AsideForm | None = None,
    sender: SenderForm | None = None,
) -> HttpResponse:
    opened = unread.open_letter(event, by=person(request))
    context = {
        "letter": opened,
        "aside": aside or AsideForm(),
        "sender": sender or SenderForm(initial={"address": opened.sender}),
        "because": unread.BECAUSE.get(event.aside_because, ""),
    }
    wrong = bool(aside or sender)
    return render(request, "intake/letter.html", context, status=422 if wrong else 200)
