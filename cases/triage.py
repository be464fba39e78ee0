"""How urgent something is: danger words raise, never lower; a person has the last word."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import F

from cases.models import RISKS, Case, CaseConversation
from intake import bell, danger, writing
from intake.models import Conversation, Message, Risk
from privacy import audit
from privacy.fields import unseal


@dataclass(frozen=True)
class Assessment:
    """A level, and each flag with the words it was heard in (part of the story: keep it sealed)."""

    risk: Risk = Risk.NORMAL
    flags: dict[str, str] = field(default_factory=dict)


def assess(conversation: Conversation, *, messages: Iterable[Message] | None = None) -> Assessment:
    """What a conversation's own words say about risk; every language is listened for.

    `messages` are those to listen to (default: all that came in). Only words of danger count: which
    harm it is stays for a person to say. Run inside `acting` of a part that reads narrative.
    """
    if messages is None:
        messages = Message.objects.filter(
            conversation=conversation, direction=Message.Direction.IN
        ).order_by("order")
    hits = [hit for message in messages for hit in danger.find(unseal(message, "body") or "")]
    return Assessment(danger.level(hits), {hit.flag: hit.entry for hit in reversed(hits)})


def on_message(message: Message) -> None:
    """Hook of intake, which has listened to the message already: raise the case it is filed to.

    In the transaction, and as the part, that stores the message. What has no case yet gets one as
    soon as a worker hears the bell, or at the next sweep.
    """
    conversation = message.conversation
    if conversation.filed_to_id is None:
        bell.ring("cases.tasks.triage_waiting", conversation.pk)
    raise_cases(conversation)
    _follow_language(conversation)


def _follow_language(conversation: Conversation) -> None:
    """A case that nobody holds yet waits for whoever speaks the language they chose meanwhile."""
    choosing = conversation.step in (Conversation.Step.HELLO, Conversation.Step.LIMITS)
    if conversation.filed_to_id and choosing:
        waiting = Case.objects.filter(folder=conversation.filed_to_id).unheld()
        waiting.exclude(language=conversation.language).update(
            language=conversation.language, version=F("version") + 1
        )


def raise_conversation(conversation: Conversation, heard: Assessment) -> None:
    """Raise a conversation to what was heard in it."""
    writing.raise_risk(conversation, risk=heard.risk, flags=heard.flags)


def raise_cases(conversation: Conversation) -> None:
    """Raise the open case a conversation is filed to, up to the conversation's risk and flags.

    Flags that a person took back from the case rise again only with the conversation's level.
    """
    if conversation.filed_to_id is None:
        return
    links = CaseConversation.objects.standing().filter(
        conversation=conversation,
        case__folder=conversation.filed_to_id,
        case__status=Case.Status.OPEN,
    )
    for link in links.select_related("case"):
        # Whoever assigns a case holds it and waits for its conversation, which is held here:
        # so the case is asked for only when there is something to write.
        if _raised(link.case, conversation) != (link.case.risk, read_flags(link.case)):
            _raise(Case.objects.select_for_update(no_key=True).get(pk=link.case_id), conversation)


def _raised(case: Case, conversation: Conversation) -> tuple[str, dict[str, str]]:
    """The level and the flags a case has with those of the conversation added."""
    merged = {**read_flags(conversation), **read_flags(case)}
    return highest(case.risk, conversation.risk), merged


def _raise(case: Case, conversation: Conversation) -> None:
    risk, merged = _raised(case, conversation)
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
