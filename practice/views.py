"""The practice page: a phone, a mailbox and a telephone that play the young person."""

from collections.abc import Callable
from functools import wraps

import httpx
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from practice import desk
from practice.counterpart import Counterpart
from practice.forms import ActForm, RingForm, SayForm, WriteForm
from practice.personas import BY_KEY, PERSONAS, Persona

View = Callable[..., HttpResponse]
KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#")


def practice_only(view: View) -> View:
    """Answer 404 unless this installation is for practice; there, ask nobody to sign in."""

    @wraps(view)
    def guard(request: HttpRequest, **named: str) -> HttpResponse:
        if not settings.PRACTICE:
            raise Http404
        return view(request, **named)

    return login_not_required(never_cache(guard))


@practice_only
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Show the three devices of one person."""
    return render(request, "practice/page.html", _context(request))


@practice_only
@require_GET
def devices(request: HttpRequest) -> HttpResponse:
    """Show only what changes by itself, for the page's script."""
    return render(request, "practice/_devices.html", _context(request))


@practice_only
@require_POST
def say(request: HttpRequest) -> HttpResponse:
    """Send a message by WhatsApp or SMS."""
    form = SayForm(request.POST)

    def send(world: Counterpart, persona: Persona) -> None:
        given = form.cleaned_data
        desk.send_message(
            world, persona, given["body"], line=given["line"], picture=given["picture"]
        )

    return _done(request, form, send, "whatsapp")


@practice_only
@require_POST
def write(request: HttpRequest) -> HttpResponse:
    """Send a mail."""
    form = WriteForm(request.POST)

    def send(world: Counterpart, persona: Persona) -> None:
        given = form.cleaned_data
        desk.send_mail(world, persona, given["subject"], given["text"], given["answers"])

    return _done(request, form, send, "mail")


@practice_only
@require_POST
def ring(request: HttpRequest) -> HttpResponse:
    """Ring the helpline."""

    def send(world: Counterpart, persona: Persona) -> None:
        world.call(persona.phone)

    return _done(request, RingForm(request.POST), send, "telephone")


@practice_only
@require_POST
def act(request: HttpRequest, call_id: str) -> HttpResponse:
    """Press a key, hang up, or say how a telephone fared."""
    form = ActForm(request.POST)

    def send(world: Counterpart, persona: Persona) -> None:
        given = form.cleaned_data
        if given["act"] == "press":
            world.press(call_id, given["digits"])
        else:
            world.act(
                call_id, given["act"], **({"status": given["status"]} if given["status"] else {})
            )

    return _done(request, form, send, "telephone")


def _context(request: HttpRequest) -> dict[str, object]:
    persona = BY_KEY.get(request.GET.get("who", ""), PERSONAS[0])
    with _world() as world:
        return {
            "desk": desk.look(world, persona),
            "personas": PERSONAS,
            "keys": KEYS,
            "practice_mode": True,
        }


def _done(
    request: HttpRequest,
    form: Form,
    send: Callable[[Counterpart, Persona], None],
    device: str,
) -> HttpResponse:
    """Carry out what a form asks and go back to the device it was done on."""
    who = request.POST.get("who", "")
    if not form.is_valid():
        messages.error(request, _("That could not be sent. Write something first."))
    else:
        try:
            with _world() as world:
                send(world, BY_KEY[form.cleaned_data["who"]])
        except httpx.HTTPError:
            messages.error(request, _("The practice world did not answer. Is it running?"))
    who = who if who in BY_KEY else PERSONAS[0].key
    return redirect(f"{reverse('practice:page')}?who={who}#{device}")


def _world() -> Counterpart:
    return Counterpart(settings.TWILIO_API_BASE)
