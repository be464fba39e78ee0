"""Providers' webhooks: prove who knocks, store once, answer. Nobody is signed in here."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from intake import services
from intake.channels import phone as spoken
from intake.channels.base import Channel, NotVerified, Unreadable, Webhook
from intake.channels.phone import Phone
from intake.channels.whatsapp import WhatsApp
from intake.first_steps import numbers_to_call
from intake.models import OutboundMessage
from privacy.access import acting
from privacy.fields import unseal
from privacy.middleware import works_without_key

LARGEST: Final = 64 * 1024  # octets; a real webhook has a few thousand

P = ParamSpec("P")
Signed = Callable[Concatenate[Webhook, P], str]
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def signed(channel: Channel) -> Callable[[Signed[P]], View[P]]:
    """Run the view only for what the provider signed: that signature stands in for CSRF's token.

    403 without it, 413 for a body no provider sends, 400 for one that cannot be read; nothing is
    stored then. The view returns TwiML.
    """

    def decorate(view: Signed[P]) -> View[P]:
        @works_without_key
        @csrf_exempt  # a provider has no cookie of ours; its signature is checked below
        @login_not_required
        @require_POST
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if len(request.body) > LARGEST:
                return HttpResponse(status=413)
            hook = Webhook(
                path=request.get_full_path(),
                headers={name.lower(): value for name, value in request.headers.items()},
                body=request.body,
            )
            try:
                channel.verify(hook)
                return HttpResponse(view(hook, *args, **kwargs), content_type="text/xml")
            except NotVerified:
                return HttpResponse(status=403)
            except Unreadable:
                return HttpResponse(status=400)

        return guarded

    return decorate


_whatsapp, _phone = WhatsApp(), Phone()


@signed(_whatsapp)
def whatsapp(hook: Webhook) -> str:
    """A message by WhatsApp."""
    for inbound in _whatsapp.parse(hook):
        services.receive(inbound)
    return spoken.nothing()


@signed(_whatsapp)
def whatsapp_status(hook: Webhook, key: UUID) -> str:
    """How one of our messages fares; its key came back in the address."""
    services.receive(_whatsapp.parse_status(hook, str(key)))
    return spoken.nothing()


@signed(_phone)
def phone(hook: Webhook) -> str:
    """Somebody rings."""
    services.receive(_phone.parse_step(hook, "start"))
    return spoken.greeting()


@signed(_phone)
def phone_safe(hook: Webhook) -> str:
    """They pressed whether they are safe."""
    inbound = _phone.parse_step(hook, "safe")
    services.receive(inbound)
    return spoken.ask_call_back(numbers_to_call() if inbound.notice == "safe_no" else [])


@signed(_phone)
def phone_callback(hook: Webhook) -> str:
    """They pressed whether their number is safe to call."""
    inbound = _phone.parse_step(hook, "callback")
    services.receive(inbound)
    return spoken.goodbye(safe=inbound.notice == "call_back_safe")


@signed(_phone)
def phone_ended(_hook: Webhook) -> str:
    """A call of theirs ended: every step is stored already."""
    return spoken.nothing()


@signed(_phone)
def phone_status(hook: Webhook, key: UUID) -> str:
    """A call of ours ended."""
    services.receive(_phone.parse_status(hook, str(key)))
    return spoken.nothing()


@signed(_phone)
def phone_answer(hook: Webhook, key: UUID) -> str:
    """Whoever took our call pressed a key: 1 reads the answer out, anything else ends the call."""
    heard = _phone.parse_heard(hook, str(key))
    if heard is None:
        return spoken.read_out("")
    services.receive(heard)
    with acting(part="delivery"):
        outbound = OutboundMessage.objects.select_related("message").filter(pk=key).first()
        words = unseal(outbound.message, "body") if outbound and outbound.message else None
    return spoken.read_out(words or "")
