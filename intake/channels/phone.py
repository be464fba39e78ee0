"""The telephone by Twilio Voice: TwiML for every step, keys pressed, and answers read out.

Nothing is recorded. The first words name nobody, because anybody may be listening.
"""

from typing import Final

from django.conf import settings
from twilio.twiml.voice_response import Gather, VoiceResponse

from intake import texts
from intake.channels import twilio_api
from intake.channels.base import Channel, Unreadable, Webhook, read_outgoing
from intake.channels.twilio_api import Fields
from intake.inbound import Address, Inbound, key_of_id
from intake.models import OutboundMessage
from reference.models import EmergencyNumber

WAIT_SECONDS: Final = 10
VOICE: Final = {"language": "en-IN"}

# What a pressed key says, by step; anything else, or silence, is `no_key`.
KEYS: Final = {
    "safe": {"1": "safe_yes", "2": "safe_no"},
    "callback": {"1": "call_back_safe", "2": "call_back_unsafe"},
}
STATUSES: Final = {"busy": "no_answer", "no-answer": "no_answer", "failed": "our_fault"} | {
    "canceled": "our_fault"
}
# What Twilio writes where a caller hides the number (ANONYMOUS, RESTRICTED … on a keypad).
WITHHELD: Final = frozenset(
    {"", "anonymous", "restricted", "unavailable", "unknown", "private", "blocked"}
    | {"+266696687", "+7378742833", "+86282452253", "+2562533", "+8656696"}
)


class Phone(Channel):
    """The door for calls; each step of a call is one arrival."""

    def verify(self, hook: Webhook) -> None:
        twilio_api.verify(hook)

    def parse(self, hook: Webhook) -> list[Inbound]:
        return [self.parse_step(hook, "start")]

    def parse_step(self, hook: Webhook, step: str) -> Inbound:
        """One step of a call (start, safe, callback) in our words. Raises Unreadable."""
        form = Fields(hook.form())
        call, caller = form.one("CallSid"), form.one("From")
        if not call:
            raise Unreadable
        known = KEYS.get(step)
        notice = known.get(form.one("Digits"), "no_key") if known else "call_started"
        hidden = caller.lower() in WITHHELD
        return Inbound(
            provider="twilio",
            kind="call",
            key=key_of_id(f"{call} {step}"),
            channel="phone",
            sender=Address("withheld", call) if hidden else Address("number", caller),
            notice=notice,
            provider_ref=call,
        )

    def parse_status(self, hook: Webhook, outbound: str) -> Inbound:
        """How a call of ours ended. Raises Unreadable."""
        form = Fields(hook.form())
        call, word = form.one("CallSid"), form.one("CallStatus")
        if not call or not word:
            raise Unreadable
        return Inbound(
            provider="twilio",
            kind="status",
            key=key_of_id(f"{call} {word}"),
            channel="phone",
            provider_ref=call,
            outbound=outbound,
            status="failed" if word in STATUSES else "",
            error=STATUSES.get(word, ""),
        )

    def parse_heard(self, hook: Webhook, outbound: str) -> Inbound | None:
        """That somebody pressed 1 to hear an answer, or None for another key. Raises Unreadable."""
        form = Fields(hook.form())
        call = form.one("CallSid")
        if not call:
            raise Unreadable
        if form.one("Digits") != "1":
            return None
        return Inbound(
            provider="twilio",
            kind="status",
            key=key_of_id(f"{call} heard"),
            channel="phone",
            provider_ref=call,
            outbound=outbound,
            status="read",
        )

    def send(self, outbound: OutboundMessage) -> str:
        to, _words = read_outgoing(outbound)
        base = f"{settings.PUBLIC_BASE_URL}/hooks/phone"
        spoken = VoiceResponse()
        spoken.append(_ask(texts.answer_hello(), f"{base}/answer/{outbound.pk}/"))
        spoken.say(texts.answer_goodbye(), **VOICE)
        call = twilio_api.call(
            "POST",
            "/Calls.json",
            data={
                "From": settings.TWILIO_VOICE_FROM,
                "To": to,
                "Twiml": str(spoken),
                "StatusCallback": f"{base}/status/{outbound.pk}/",
            },
        )
        return str(call["sid"])

    def redact(self, ref: str) -> None:
        """Nothing is recorded, so nothing of ours lies at the provider."""


def greeting() -> str:
    """TwiML: not alone; safe now?"""
    spoken = VoiceResponse()
    spoken.append(_ask(f"{texts.call_hello()} {texts.call_safe()}", "/hooks/phone/safe/"))
    return str(spoken)


def ask_call_back(numbers: list[EmergencyNumber]) -> str:
    """TwiML: whom to call now (after "not safe"), then whether we may call this number."""
    spoken = VoiceResponse()
    if numbers:
        spoken.say(texts.call_numbers(numbers, "en"), **VOICE)
    spoken.append(_ask(texts.call_back(), "/hooks/phone/callback/"))
    return str(spoken)


def goodbye(*, safe: bool) -> str:
    """TwiML: the last words of their call."""
    return _say(texts.call_goodbye(safe=safe))


def read_out(words: str) -> str:
    """TwiML: an answer (or none), and goodbye."""
    return _say(*([words] if words else []), texts.answer_goodbye())


def nothing() -> str:
    """TwiML that does nothing."""
    return str(VoiceResponse())


def _say(*lines: str) -> str:
    spoken = VoiceResponse()
    for line in lines:
        spoken.say(line, **VOICE)
    spoken.hangup()
    return str(spoken)


def _ask(words: str, action: str) -> Gather:
    gather = Gather(
        input="dtmf",
        num_digits=1,
        timeout=WAIT_SECONDS,
        action=action,
        action_on_empty_result=True,
    )
    gather.say(words, **VOICE)
    return gather
