"""Reads TwiML as a telephone would and says where the call stops to wait."""

from dataclasses import dataclass
from typing import Literal
from xml.etree import ElementTree

Stop = Literal["gather", "dial", "queue", "record", "redirect", "ended"]

# Verbs and attributes Twilio documents and a helpline may use; anything else is refused, so that
# a slip in what we answer shows at the desk and not on a frightened caller's line.
SPEECH = {"voice", "language", "loop"}
ATTRIBUTES: dict[str, set[str]] = {
    "Say": SPEECH,
    "Play": {"loop", "digits"},
    "Pause": {"length"},
    "Gather": {
        "action",
        "actionOnEmptyResult",
        "finishOnKey",
        "input",
        "language",
        "method",
        "numDigits",
        "timeout",
    },
    "Dial": {
        "action",
        "answerOnBridge",
        "callerId",
        "hangupOnStar",
        "method",
        "record",
        "ringTone",
        "sequential",
        "timeLimit",
        "timeout",
    },
    "Enqueue": {
        "action",
        "maxQueueSize",
        "method",
        "waitUrl",
        "waitUrlMethod",
        "workflowSid",
    },
    "Record": {
        "action",
        "finishOnKey",
        "maxLength",
        "method",
        "playBeep",
        "recordingStatusCallback",
        "timeout",
        "transcribe",
        "trim",
    },
    "Redirect": {"method"},
    "Hangup": set(),
    "Reject": {"reason"},
    "Leave": set(),
}
# What a Dial may name, and with which attributes; a recording or a listening machine is refused.
NOUNS: dict[str, set[str]] = {
    "Number": {"byoc", "method", "sendDigits", "url"},
    "Client": {"method", "url"},
    "Sip": {"method", "url"},
    "Queue": {"method", "url"},
    "Conference": set(),
}
NESTED_IN_GATHER = {"Say", "Play", "Pause"}
STOPS: dict[str, Stop] = {
    "Gather": "gather",
    "Dial": "dial",
    "Enqueue": "queue",
    "Record": "record",
    "Redirect": "redirect",
    "Hangup": "ended",
    "Reject": "ended",
    "Leave": "ended",
}


class NotTwiml(ValueError):
    """The answer is not TwiML a telephone exchange would play; the message names the reason."""


@dataclass(frozen=True)
class Heard:
    """One thing the caller hears, with the language it is spoken in ("" when not given)."""

    text: str
    language: str = ""


@dataclass(frozen=True)
class Verb:
    """One TwiML element in order of play."""

    name: str
    attributes: dict[str, str]
    text: str
    children: tuple["Verb", ...] = ()


@dataclass(frozen=True)
class Walk:
    """What was heard, where the call stopped, and what is left should nobody act."""

    heard: tuple[Heard, ...]
    stop: Stop
    verb: Verb | None
    rest: tuple[Verb, ...]


def read(document: str) -> tuple[Verb, ...]:
    """Return the verbs of a TwiML document; raise NotTwiml for anything not documented."""
    if "<!DOCTYPE" in document or "<!ENTITY" in document:
        raise NotTwiml("a document type is not allowed")
    try:
        root = ElementTree.fromstring(document)  # noqa: S314 – no entities, see above
    except ElementTree.ParseError as error:
        raise NotTwiml("not well-formed XML") from error
    if root.tag != "Response":
        raise NotTwiml("the root element is not Response")
    return tuple(_verb(element) for element in root)


def walk(verbs: tuple[Verb, ...]) -> Walk:
    """Play verbs up to the first that waits for a person, leaves for another URL or ends."""
    heard: list[Heard] = []
    for place, verb in enumerate(verbs):
        heard.extend(_spoken(verb))
        if verb.name in STOPS:
            return Walk(tuple(heard), STOPS[verb.name], verb, verbs[place + 1 :])
    return Walk(tuple(heard), "ended", None, ())


def take_digits(verb: Verb, pressed: str) -> tuple[str, str]:
    """Split what was pressed into the digits this Gather takes and those left for the next."""
    finish = verb.attributes.get("finishOnKey", "#")
    limit = int(verb.attributes.get("numDigits", "0") or 0)
    taken = ""
    for place, key in enumerate(pressed):
        if key == finish:
            return taken, pressed[place + 1 :]
        taken += key
        if limit and len(taken) == limit:
            return taken, pressed[place + 1 :]
    return taken, ""


def _verb(element: ElementTree.Element) -> Verb:
    name = element.tag
    if name not in ATTRIBUTES:
        raise NotTwiml(f"unknown verb {name}")
    unknown = set(element.attrib) - ATTRIBUTES[name]
    if unknown:
        raise NotTwiml(f"unknown attribute {min(unknown)} of {name}")
    children = tuple(_child(name, child) for child in element)
    return Verb(name, dict(element.attrib), (element.text or "").strip(), children)


def _child(parent: str, element: ElementTree.Element) -> Verb:
    if parent == "Gather" and element.tag in NESTED_IN_GATHER:
        return _verb(element)
    if parent == "Dial" and element.tag in NOUNS:
        unknown = set(element.attrib) - NOUNS[element.tag]
        if unknown:
            raise NotTwiml(f"unknown attribute {min(unknown)} of {element.tag}")
        return Verb(element.tag, dict(element.attrib), (element.text or "").strip())
    raise NotTwiml(f"{element.tag} may not stand in {parent}")


def _spoken(verb: Verb) -> list[Heard]:
    if verb.name == "Say":
        return [Heard(verb.text, verb.attributes.get("language", ""))]
    if verb.name == "Play":
        return [Heard("♪")]
    if verb.name == "Gather":
        return [heard for child in verb.children for heard in _spoken(child)]
    return []
