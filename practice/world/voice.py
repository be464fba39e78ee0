"""Twilio's Voice: a telephone call that follows the helpline's TwiML and waits for the person.

A telephone that the helpline rings within a call is a line of its own: whoever answers hears the
document of its Number first, alone, and is connected when that ends without hanging up.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from practice import twiml
from practice.world.ledger import Call, now
from practice.world.legs import form_of, incoming, rung_by

if TYPE_CHECKING:
    from practice.world.state import World

MOST_DOCUMENTS = 20  # redirects in a row before the exchange calls it a loop
GATHER_SECONDS = 5  # without a timeout of its own
OVER = ("completed", "no-answer", "busy", "failed", "canceled")


class Line:
    """One call under way: what is left to play, and the digits pressed but not yet taken."""

    def __init__(self, world: World, call: Call, lines: dict[str, Line]) -> None:
        self.world, self.call, self.lines = world, call, lines
        self.rest: tuple[twiml.Verb, ...] = ()
        self.verb: twiml.Verb | None = None
        self.pressed = ""
        self.documents = 0
        self.turn = 0  # rises with everything that happens, so that an old clock does nothing
        self.waiting_document = ""
        self.rung: list[Line] = []
        self.fallen_back = False
        lines[call.id] = self

    @property
    def over(self) -> bool:
        """Say whether the call has ended."""
        return self.call.status in OVER

    @property
    def parent(self) -> Line | None:
        """The line in whose call the helpline rang this telephone."""
        return self.lines.get(self.call.parent)

    async def start(self) -> None:
        """Connect the two ends: follow the TwiML given with the call, or fetch it."""
        self.turn += 1
        if self.waiting_document:
            self.call.status = "in-progress"
            await self._read(self.waiting_document)
        elif self.call.parent and not self.call.url:
            self.call.status = "in-progress"
            await self._connected()
        else:
            if self.call.parent:
                self.call.status = "in-progress"
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
        bridged = self.call.waits_for == "talk" or status == "completed"
        for line in self.rung:
            await line.dropped("completed" if line.call.status == "in-progress" else status)
        self.rung, self.call.dialling = [], []
        if "action" in verb.attributes:
            seconds = "30" if status == "completed" else "0"
            told = {"DialCallStatus": status, "DialCallDuration": seconds}
            await self._act(verb, told | {"DialBridged": str(bridged).lower()})
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
        talked = self.call.waits_for == "talk"
        self.call.status, self.call.waits_for = "completed", ""
        for line in self.rung:
            await line.dropped("completed" if talked else "canceled")
        if self.parent is not None:
            await self._left_by_colleague(talked)
            return
        if verb is not None and verb.name in ("Dial", "Enqueue") and "action" in verb.attributes:
            fared = "completed" if talked else "canceled"
            ended = {"DialCallStatus": fared} if verb.name == "Dial" else {}
            ended |= {"QueueResult": "hangup"} if verb.name == "Enqueue" else {}
            url = urljoin(self.call.url, verb.attributes["action"])
            await self.world.post(url, form_of(self.world, self.call, ended), "voice")
        await self._ended()

    async def refuse(self, status: str) -> None:
        """End a call nobody took: no-answer or busy; the line that rang it goes on."""
        if self.over:
            return
        self.call.status = status
        await self._ended()
        if self.parent is not None:
            await self.parent.dialled(status)

    async def dropped(self, status: str) -> None:
        """End this telephone's side because the line that rang it went on or ended."""
        if not self.over:
            self.call.status = status
            await self._ended()

    def ring_for(self, seconds: int) -> None:
        """Let it ring no longer than so many seconds, where the clock runs."""
        if self.world.config.voice_clock:
            self.world.later(self._unanswered(seconds))

    async def _unanswered(self, seconds: int) -> None:
        await asyncio.sleep(seconds)
        if self.call.status == "ringing":
            await self.refuse("no-answer")

    async def _quiet(self, seconds: int, turn: int) -> None:
        await asyncio.sleep(seconds)
        if turn == self.turn and not self.over:
            await self.silence()

    async def _left_by_colleague(self, talked: bool) -> None:
        """The rung telephone was put down: the line that rang it hears how it fared."""
        await self._ended()
        if self.parent is not None:
            await self.parent.dialled("completed" if talked else "no-answer")

    async def _connected(self) -> None:
        """The rung telephone and the line that rang it hear each other."""
        parent = self.parent
        if parent is None or parent.over:
            await self.dropped("completed")
            return
        for line in (self, parent):
            line.call.waits_for = "talk"
            line._said("exchange", "connected")
        parent.call.dialling = []

    async def _act(self, verb: twiml.Verb, extra: dict[str, str]) -> None:
        await self._fetch(urljoin(self.call.url, verb.attributes.get("action", "")), extra)

    async def _fetch(self, url: str, extra: dict[str, str]) -> None:
        self.documents += 1
        if self.documents > MOST_DOCUMENTS:
            await self._fail("11215 too many redirects")
            return
        self.call.url = url
        delivery, text = await self.world.post(url, form_of(self.world, self.call, extra), "voice")
        if self.call.status == "ringing":
            self.call.status = "in-progress"
        if delivery.status != 200 or delivery.trouble:
            await self._unreached(delivery.trouble or f"11200 HTTP {delivery.status}")
        else:
            await self._read(text)

    async def _unreached(self, trouble: str) -> None:
        """The helpline's door did not answer: what is kept with the number is played, once."""
        kept = self.world.config.voice_fallback
        if not kept or self.fallen_back or self.call.direction != "inbound":
            await self._fail(trouble)
            return
        self.fallen_back = True
        self.call.trouble = trouble
        self.world.refuse("voice", trouble)
        await self._read(kept)

    async def _read(self, text: str) -> None:
        try:
            verbs = twiml.read(text)
        except twiml.NotTwiml as error:
            await self._fail(f"12100 {error}")
            return
        await self._follow(verbs)

    async def _follow(self, verbs: tuple[twiml.Verb, ...]) -> None:
        self.turn += 1
        walked = twiml.walk(verbs)
        for heard in walked.heard:
            self._said("helpline", heard.text, heard.language)
        self.rest, self.verb = walked.rest, walked.verb
        self.call.waits_for = "" if walked.stop in ("redirect", "ended") else walked.stop
        self.call.queue = walked.verb.text if walked.stop == "queue" and walked.verb else ""
        self._ring_them(walked.verb)
        self.world.ledger.keep(self.call)
        if walked.stop == "redirect" and walked.verb is not None:
            await self._fetch(urljoin(self.call.url, walked.verb.text), {})
        elif walked.stop == "gather":
            await self._listen()
        elif walked.stop == "dial" and self.call.parent:
            await self._fail("13201 a Dial may not stand in the document of a Number")
        elif walked.stop == "ended":
            await self._played(walked.verb)

    async def _listen(self) -> None:
        if self.pressed:
            await self._take_keys()
        elif self.world.config.voice_clock and self.verb is not None:
            seconds = int(self.verb.attributes.get("timeout", GATHER_SECONDS))
            spoken = sum(len(child.text) for child in self.verb.children) // 15
            self.world.later(self._quiet(seconds + spoken, self.turn))

    async def _played(self, last: twiml.Verb | None) -> None:
        """A document came to its end: a rung telephone is connected unless it said Hangup."""
        if self.call.parent and last is None:
            await self._connected()
        elif self.call.parent:
            self.call.status = "completed"
            await self._left_by_colleague(talked=False)
        else:
            self.call.status = "busy" if (last.name if last else "") == "Reject" else "completed"
            await self._ended()

    def _ring_them(self, verb: twiml.Verb | None) -> None:
        """Ring each telephone that a Dial names: a line of its own."""
        self.rung, self.call.dialling = [], []
        if verb is None or verb.name != "Dial":
            return
        nouns = verb.children or (twiml.Verb("Number", {}, verb.text),)
        for noun in nouns:
            call = rung_by(self.call, verb, noun)
            self.world.ledger.keep(call)
            line = Line(self.world, call, self.lines)
            line.ring_for(int(verb.attributes.get("timeout", "30")))
            self.rung.append(line)
            self.call.dialling.append({"kind": noun.name, "value": noun.text, "call": call.id})

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
        if self.parent is not None:
            await self.parent.dialled("failed")

    async def _ended(self) -> None:
        self.turn += 1
        self.call.dialling, self.call.queue, self.call.waits_for = [], "", ""
        self.world.ledger.keep(self.call)
        if self.call.status_url:
            await self.world.post(
                self.call.status_url,
                form_of(self.world, self.call, {"CallDuration": "30"}),
                "voice status",
            )

    def _said(self, who: str, text: str, language: str = "") -> None:
        self.call.said.append({"who": who, "text": text, "language": language, "at": now()})
        self.world.ledger.keep(self.call)


def ring(world: World, caller: str, lines: dict[str, Line]) -> Line:
    """Return the line of a person ringing the helpline."""
    call = incoming(world, caller)
    world.ledger.keep(call)
    return Line(world, call, lines)
