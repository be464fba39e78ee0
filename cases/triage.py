"""How urgent something is: danger words raise, never lower; a person has the last word."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from cases.models import RISKS, Case, CaseConversation
from intake import services as intake
from intake.models import Conversation, Message, Risk
from privacy import audit
from privacy.fields import unseal

_WORDS: Final = Path(__file__).with_name("words_of_risk.json")
_SPACE: Final = re.compile(r"[\s\u200b-\u200d]+")
# Scripts whose words take prefixes or have no plain word boundary: found anywhere.
_JOINED: Final = re.compile(r"[\u0600-\u06ff\u0900-\u097f]")


@dataclass(frozen=True)
class Assessment:
    """A level, and each flag with the words it was heard in (part of the story: keep it sealed)."""

    risk: Risk = Risk.NORMAL
    flags: dict[str, str] = field(default_factory=dict)


def assess(conversation: Conversation, *, messages: Iterable[Message] | None = None) -> Assessment:
    """What a conversation's own words say about risk; every language is listened for.

    `messages` are those to listen to (default: all that came in). Only words of danger and of
    continuing harm count: which harm it is stays for a person to say. Run inside `acting` of a part
    that reads narrative.
    """
    heard: dict[str, str] = {}
    if messages is None:
        messages = Message.objects.filter(conversation=conversation, direction=Message.Direction.IN)
    for message in messages:
        heard |= listen(unseal(message, "body") or "")
    return Assessment(_level(heard), heard)


def listen(text: str) -> dict[str, str]:
    """Flag codes with the words they were heard in."""
    plain = _SPACE.sub(" ", text.casefold().replace("’", "'"))
    found: dict[str, str] = {}
    for flag, pattern in _patterns().items():
        if match := pattern.search(plain):
            found[flag] = match.group(0)
    return found


def on_message(message: Message) -> None:
    """Hook of intake: a message raises its conversation, and the open case it is filed to.

    In the transaction, and as the part, that stores the message.
    """
    conversation = message.conversation
    if message.direction == Message.Direction.IN:
        raise_conversation(conversation, assess(conversation, messages=[message]))
    raise_cases(conversation)


def raise_conversation(conversation: Conversation, heard: Assessment) -> None:
    """Raise a conversation to what was heard in it."""
    intake.raise_risk(conversation, risk=heard.risk, flags=heard.flags)


def raise_cases(conversation: Conversation) -> None:
    """Raise the open case a conversation is filed to, up to the conversation's risk and flags."""
    links = CaseConversation.objects.standing().filter(
        conversation=conversation, case__folder=conversation.filed_to_id
    )
    for link in links.select_related("case"):
        case = Case.objects.select_for_update().get(pk=link.case_id)
        known = read_flags(case)
        merged = {**read_flags(conversation), **known}
        risk = highest(case.risk, conversation.risk)
        if (risk, merged) == (case.risk, known):
            continue
        raised = risk != case.risk
        case.risk, case.flags = risk, write_flags(merged)
        case.save(update_fields=["risk", "flags"])
        Case.objects.filter(pk=case.pk).touch()
        if raised:
            audit.record(
                "raised", folder=case.folder_id, subject="case", subject_id=case.pk, reason=risk
            )


def highest(*risks: str) -> Risk:
    """The most urgent of some levels."""
    return min((Risk(risk) for risk in risks), key=RISKS.index)


def read_flags(row: Case | Conversation) -> dict[str, str]:
    """The flags that stand, each with why; empty when there are none."""
    return parse_flags(unseal(row, "flags"))


def parse_flags(text: str | None) -> dict[str, str]:
    """Flags from the text a SealedField holds."""
    return dict(json.loads(text)) if text else {}


def write_flags(flags: Mapping[str, str]) -> str:
    """Flags as the text a SealedField holds."""
    return json.dumps(dict(sorted(flags.items())), ensure_ascii=False)


def _level(flags: Iterable[str]) -> Risk:
    levels = _book()["levels"]
    return highest(Risk.NORMAL, *(levels[flag] for flag in flags))


@cache
def _book() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(_WORDS.read_text())
    return found


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    phrases: dict[str, list[str]] = {}
    for words in json.loads(_WORDS.read_text())["words"].values():
        for flag, said in words.items():
            phrases.setdefault(flag, []).extend(said)
    return {flag: re.compile("|".join(map(_pattern, said))) for flag, said in phrases.items()}


def _pattern(phrase: str) -> str:
    found = re.escape(phrase.casefold()).replace(r"\ ", " ")
    return found if _JOINED.search(phrase) else rf"(?<!\w){found}(?!\w)"
