"""The telephone's doors: each step of a call is stored, and answered in TwiML."""

from uuid import UUID

from intake import services
from intake.channels import phone as spoken
from intake.channels.base import Webhook
from intake.channels.phone import Phone
from intake.first_steps import numbers_to_call
from intake.models import OutboundMessage
from intake.views.signed import signed
from privacy.access import acting
from privacy.fields import unseal

_phone = Phone()


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
