"""The telephone's doors: each step of a call is stored, and answered in TwiML."""

from uuid import UUID

from intake import call_backs, calls, services
from intake.channels import spoken
from intake.channels.base import Webhook
from intake.channels.phone import Phone
from intake.models import OutboundMessage
from intake.views.signed import signed
from privacy.access import acting
from privacy.fields import unseal

_phone = Phone()


@signed(_phone)
def phone_step(hook: Webhook, step: str) -> str:
    """Somebody rings, or pressed a key, or said nothing; `step` is what they answered."""
    return calls.answer(step, _phone.hear(hook))


@signed(_phone)
def phone_ended(hook: Webhook) -> str:
    """A call of theirs ended."""
    calls.end(_phone.hear(hook))
    return spoken.nothing()


@signed(_phone)
def phone_whisper(hook: Webhook, key: UUID) -> str:
    """A colleague picked up; they hear what it is before anything else."""
    return calls.whisper(key, at_colleague=_phone.hear(hook))


@signed(_phone)
def phone_taken(hook: Webhook, key: UUID) -> str:
    """What the colleague pressed."""
    return calls.take(key, at_colleague=_phone.hear(hook))


@signed(_phone)
def phone_back(hook: Webhook, key: UUID) -> str:
    """A colleague who asked for a call back picked up and pressed a key."""
    return call_backs.connect(key, at_colleague=_phone.hear(hook))


@signed(_phone)
def phone_back_ended(hook: Webhook, key: UUID) -> str:
    """What came of ringing the reporter."""
    return call_backs.finish(key, at_colleague=_phone.hear(hook))


@signed(_phone)
def phone_back_status(hook: Webhook, key: UUID) -> str:
    """The colleague's own line ended."""
    call_backs.hung_up(key, at_colleague=_phone.hear(hook))
    return spoken.nothing()


@signed(_phone)
def phone_status(hook: Webhook, key: UUID) -> str:
    """A call of ours with an answer ended."""
    services.receive(_phone.parse_status(hook, str(key)))
    return spoken.nothing()


@signed(_phone)
def phone_answer(hook: Webhook, key: UUID) -> str:
    """Whoever took our call pressed a key: 1 reads the answer out, anything else ends the call."""
    heard = _phone.parse_heard(hook, str(key))
    if heard is not None:
        services.receive(heard)
    with acting(part="delivery"):
        rows = OutboundMessage.objects.select_related("message", "conversation")
        outbound = rows.filter(pk=key).first()
        language = outbound.conversation.language if outbound and outbound.conversation else ""
        message = outbound.message if outbound and heard else None
        words = unseal(message, "body") if message else None
    return spoken.read_out(language, words or "")
