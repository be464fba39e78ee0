"""Twilio's Voice: a telephone call that follows the helpline's TwiML and waits for the person."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin

from practice import twiml
from practice.world.ledger import Call, now
from practice.world.state import new_id

if TYPE_CHECKING:
    from practice.world.state import World

INBOUND_PATH = "/hooks/phone/"
MOST_DOCUMENTS = 20  # redirects in a row before the exchange calls it a loop


class Line:
    """One call under way: what is left to play, and the digits pressed but not yet taken."""

    def __init__(self, world: World, call: Call) -> None:
        self.world, self.call = world, call
        self.rest: tuple[twiml.Verb, ...] = ()
        self.verb: twiml.Verb | None = None
        self.pressed = ""
        self.documents = 0
        self.waiting_document = ""

    @property
    def over(self) -> bool:
        """Say whether the call has ended."""
        return self.call.status in (
            "completed",
            "no-answer",
            "busy",
            "failed",
            "canceled",
        )

    async def start(self) -> None:
        """Connect the two ends: follow the TwiML given with the call, or fetch it."""
        if self.waiting_document:
            self.call.status = "in-progress"
            await self._read(self.waiting_document)
        else:
            await self._fetch(self.call.url, {})

    async def press(self, digits: str) -> None:
        """Press keys. They are lost, as on a real line, when nothing listens."""
        if self.over or self.call.waits_for not in ("gather", "record"):
            return
        self._said("caller", digits)
        self.documents = 0
        self.pressed += digits
        await self._take_keys()

    async def silence(self) -> None:
        """Say and press nothing until the helpline's patience ends."""
        verb, self.verb = self.verb, None
        if verb is None or self.over:
            return
        self.documents = 0
        if verb.name == "Gather" and verb.attributes.get("actionOnEmptyResult") == "true":
            await self._act(verb, {"Digits": ""})
        elif verb.name == "Record":
            await self._act(verb, {"RecordingDuration": "0"})
        else:
            await self._follow(self.rest)

    async def dialled(self, status: str) -> None:
        """Say how the telephone the helpline dialled fared: completed, no-answer, busy, failed."""
        verb, self.verb = self.verb, None
        if verb is None or verb.name != "Dial" or self.over:
            return
        self.documents = 0
        self._said("exchange", f"dial {status}")
        self.call.dialling = []
        if "action" in verb.attributes:
            seconds = "30" if status == "completed" else "0"
            await self._act(verb, {"DialCallStatus": status, "DialCallDuration": seconds})
        else:
            await self._follow(self.rest)

    async def redirect(self, url: str) -> None:
        """Follow a new address the helpline set for a call under way."""
        self.verb, self.documents = None, 0
        await self._fetch(url, {})

    async def play(self, document: str) -> None:
        """Follow TwiML the helpline gave for a call under way."""
        self.verb, self.documents = None, 0
        await self._read(document)

    async def hang_up(self) -> None:
        """Put the telephone down; a dial or a queue under way is told, then the call's status."""
        if self.over:
            return
        verb, self.verb = self.verb, None
        self._said("caller", "hangs up")
        self.call.status, self.call.waits_for = "completed", ""
        if verb is not None and verb.name in ("Dial", "Enqueue") and "action" in verb.attributes:
            ended = {"DialCallStatus": "canceled"} if verb.name == "Dial" else {}
            ended |= {"QueueResult": "hangup"} if verb.name == "Enqueue" else {}
            url = urljoin(self.call.url, verb.attributes["action"])
            await self.world.post(url, self._form(ended), "voice")
        await self._ended()

    async def refuse(self, status: str) -> None:
        """End an outgoing call nobody took: no-answer or busy."""
        if not self.over:
            self.call.status = status
            await self._ended()

    async def _act(self, verb: twiml.Verb, extra: dict[str, str]) -> None:
        await self._fetch(urljoin(self.call.url, verb.attributes.get("action", "")), extra)

    async def _fetch(self, url: str, extra: dict[str, str]) -> None:
        self.documents += 1
        if self.documents > MOST_DOCUMENTS:
            await self._fail("11215 too many redirects")
            return
        self.call.url = url
        delivery, text = await self.world.post(url, self._form(extra), "voice")
        if self.call.status == "ringing":
            self.call.status = "in-progress"
        if delivery.status != 200 or delivery.trouble:
            await self._fail(delivery.trouble or f"11200 HTTP {delivery.status}")
        else:
            await self._read(text)

    async def _read(self, text: str) -> None:
        try:
            verbs = twiml.read(text)
        except twiml.NotTwiml as error:
            await self._fail(f"12100 {error}")
            return
        await self._follow(verbs)

    async def _follow(self, verbs: tuple[twiml.Verb, ...]) -> None:
        walked = twiml.walk(verbs)
        for heard in walked.heard:
            self._said("helpline", heard.text, heard.language)
        self.rest, self.verb = walked.rest, walked.verb
        self.call.waits_for = "" if walked.stop in ("redirect", "ended") else walked.stop
        self.call.queue = walked.verb.text if walked.stop == "queue" and walked.verb else ""
        self.call.dialling = _dialling(walked.verb)
        self.world.ledger.keep(self.call)
        if walked.stop == "redirect" and walked.verb is not None:
            await self._fetch(urljoin(self.call.url, walked.verb.text), {})
        elif walked.stop == "gather" and self.pressed:
            await self._take_keys()
        elif walked.stop == "ended":
            self.call.status = "busy" if _name(walked.verb) == "Reject" else "completed"
            await self._ended()

    async def _take_keys(self) -> None:
        verb, self.verb = self.verb, None
        if verb is None:
            return
        taken, self.pressed = twiml.take_digits(verb, self.pressed)
        await self._act(verb, {"Digits": taken, "FinishedOnKey": ""})

    async def _fail(self, trouble: str) -> None:
        self.call.status, self.call.waits_for, self.call.trouble = "failed", "", trouble
        self.world.refuse("voice", trouble)
        self._said("exchange", "We are sorry, an application error has occurred.")
        await self._ended()

    async def _ended(self) -> None:
        self.call.dialling, self.call.queue, self.call.waits_for = [], "", ""
        self.world.ledger.keep(self.call)
        if self.call.status_url:
            await self.world.post(
                self.call.status_url, self._form({"CallDuration": "30"}), "voice status"
            )

    def _said(self, who: str, text: str, language: str = "") -> None:
        self.call.said.append({"who": who, "text": text, "language": language, "at": now()})
        self.world.ledger.keep(self.call)

    def _form(self, extra: dict[str, str]) -> dict[str, str]:
        call = self.call
        return {
            "CallSid": call.id,
            "AccountSid": self.world.config.account_sid,
            "ApiVersion": "2010-04-01",
            "From": call.caller,
            "To": call.called,
            "Caller": call.caller,
            "Called": call.called,
            "CallStatus": call.status,
            "Direction": call.direction,
        } | extra


def ring(world: World, caller: str) -> Line:
    """Return the line of a person ringing the helpline."""
    base, status_path = world.config.public_base_url, world.config.voice_status_path
    call = Call(
        id=new_id("CA"),
        direction="inbound",
        caller=caller,
        called=world.config.voice_from,
        url=base + INBOUND_PATH,
        # Twilio tells how a caller's call ended only where the number's settings name an address.
        status_url=base + status_path if base and status_path else "",
    )
    world.ledger.keep(call)
    return Line(world, call)


def _name(verb: twiml.Verb | None) -> str:
    return verb.name if verb is not None else ""


def _dialling(verb: twiml.Verb | None) -> list[dict[str, str]]:
    if verb is None or verb.name != "Dial":
        return []
    nouns = [{"kind": child.name, "value": child.text} for child in verb.children]
    return nouns or [{"kind": "Number", "value": verb.text}]
