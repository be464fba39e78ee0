"""The telephone by Twilio Voice: what each step of a call tells us, and answers read out.

Nothing is recorded. What is said is in `spoken`.
"""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings

from intake.channels import spoken, twilio_api
from intake.channels.base import Channel, Unreadable, Webhook, read_outgoing
from intake.channels.twilio_api import Fields
from intake.inbound import Address, Inbound, key_of_id
from intake.models import Conversation, OutboundMessage
from privacy.access import acting

# How a call of ours may end without anybody hearing it, in our words.
STATUSES: Final = {"busy": "no_answer", "no-answer": "no_answer", "failed": "our_fault"} | {
    "canceled": "our_fault"
}
# How a telephone fared that we rang within a call.
RUNG: Final = {"": "", "busy": "busy", "completed": "completed", "answered": "completed"} | {
    "no-answer": "no_answer"
}
ENDED: Final = frozenset({"completed", *STATUSES})
# What Twilio writes where a caller hides the number (ANONYMOUS, RESTRICTED … on a keypad).
WITHHELD: Final = frozenset(
    {"", "anonymous", "restricted", "unavailable", "unknown", "private", "blocked"}
    | {"+266696687", "+7378742833", "+86282452253", "+2562533", "+8656696"}
)


@dataclass(frozen=True)
class Heard:
    """What a request about a call tells, in our words."""

    call: str
    """The provider's id of the call."""

    sender: Address
    pressed: str = ""
    """The key; "" for silence."""

    over: bool = False
    """The call has ended, however."""

    rung: str = ""
    """What became of the telephone we rang: completed, busy, no_answer, our_fault; "" for none."""

    turn: str = ""
    """Which ringing of a colleague's telephone the outcome is of; "" where that is not told."""

    @property
    def key(self) -> str:
        """What a live call is known by, without its id."""
        return key_of_id(self.call)

    @property
    def hidden(self) -> bool:
        """Whether they hide their number."""
        return self.sender.scheme == "withheld"

    def tells(self, notice: str, *, step: str, **more: Any) -> Inbound:
        """The arrival that this step is: the same step of the same call is stored once."""
        return Inbound(
            provider="twilio",
            kind="call",
            key=key_of_id(f"{self.call} {step}"),
            channel="phone",
            sender=self.sender,
            notice=notice,
            provider_ref=self.call,
            **more,
        )

    def tells_of(self, notice: str, *, of: str, **more: Any) -> Inbound:
        """What happened on a colleague's line, of a call that is known by a key of ours."""
        return Inbound(
            provider="twilio",
            kind="call",
            key=key_of_id(f"{of} {notice}"),
            channel="phone",
            outbound=of,
            notice=notice,
            provider_ref=self.call,
            **more,
        )


class Phone(Channel):
    """The door for calls; each step of a call is one arrival."""

    def verify(self, hook: Webhook) -> None:
        twilio_api.verify(hook)

    def parse(self, hook: Webhook) -> list[Inbound]:
        return [self.hear(hook).tells("call_started", step="start")]

    def hear(self, hook: Webhook) -> Heard:
        """What a request about a call tells. Raises Unreadable."""
        form = Fields(hook.form())
        call, caller = form.one("CallSid"), form.one("From")
        if not call:
            raise Unreadable
        rung = form.one("DialCallStatus")
        return Heard(
            call=call,
            sender=Address("withheld", call)
            if caller.lower() in WITHHELD
            else Address("number", caller),
            pressed=form.one("Digits")[:1],
            over=form.one("CallStatus") in ENDED,
            turn=dict(parse_qsl(urlsplit(hook.path).query)).get("turn", ""),
            rung=RUNG.get(rung, "our_fault"),
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
        heard = self.hear(hook)
        if heard.pressed != "1":
            return None
        return Inbound(
            provider="twilio",
            kind="status",
            key=key_of_id(f"{heard.call} heard"),
            channel="phone",
            provider_ref=heard.call,
            outbound=outbound,
            status="read",
        )

    def send(self, outbound: OutboundMessage) -> str:
        to, _words = read_outgoing(outbound)
        with acting(part="delivery"):
            told = Conversation.objects.filter(pk=str(outbound.conversation_id))
            language = told.values_list("language", flat=True).first() or ""
        base = f"{settings.PUBLIC_BASE_URL}{spoken.BASE}"
        return ring(
            to,
            spoken.answer(language, action=f"{base}/answer/{outbound.pk}/"),
            status=f"{base}/status/{outbound.pk}/",
        )

    def redact(self, ref: str) -> str:
        """Nothing is recorded, so nothing of ours lies at the provider."""
        return "404"


def ring(number: str, document: str, *, status: str) -> str:
    """Have the provider ring a number and play a document there; its id of the call.

    Raises CarrierError or NotKnown.
    """
    call = twilio_api.call(
        "POST",
        "/Calls.json",
        data={
            "From": settings.TWILIO_VOICE_FROM,
            "To": number,
            "Twiml": document,
            "StatusCallback": status,
            "Timeout": spoken.RING_REPORTER_SECONDS,
        },
    )
    return str(call["sid"])
