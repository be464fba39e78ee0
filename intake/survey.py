"""One question when a case closes: once, inside the channel's window, and never where it hurts."""

from typing import Final

from django.db import transaction

from accounts.models import User
from intake import texts
from intake.first_steps import OWN_THOUGHTS, say
from intake.flags import read_flags
from intake.models import Channel, Conversation, ReporterLimit, Risk
from intake.words import command_of, number_of
from intake.writing import lock
from privacy import audit
from privacy.access import acting, require
from privacy.classes import NARRATIVE
from privacy.clock import database_now
from reference.services import count_fact

Survey = Conversation.Survey

_ASKED: Final = "survey"
_MARKS: Final = range(1, 6)


def offer(conversation: Conversation) -> bool:
    """Ask how well we helped, in the transaction that closes their case; whether it was asked.

    Not twice, not by telephone, not where it is not appropriate, and not when they may not be
    written to now (window, safe contact, wish).
    """
    with acting(part="intake"):
        conversation = lock(conversation)
        if conversation.survey != Survey.NONE or conversation.channel == Channel.PHONE:
            return False
        if is_unfitting(conversation):
            conversation.survey = Survey.NOT_APPROPRIATE
            conversation.save(update_fields=["survey"])
            return False
        if conversation.opted_out_at is not None or conversation.asked:
            return False
        if not say(conversation, _ASKED, texts.survey):
            return False
        conversation.survey = Survey.SENT
        conversation.asked, conversation.asked_at = _ASKED, database_now()
        conversation.save(update_fields=["survey", "asked", "asked_at"])
    return True


@transaction.atomic
def rule_out(conversation: Conversation, *, by: User) -> None:
    """A colleague's word that this question is not for this reporter; asked already, it stays."""
    require(by, conversation.filed_to_id or conversation.folder_id, NARRATIVE)
    conversation = lock(conversation)
    if conversation.survey == Survey.NONE:
        conversation.survey = Survey.NOT_APPROPRIATE
        conversation.save(update_fields=["survey"])
        audit.record(
            "survey_ruled_out",
            folder=conversation.folder_id,
            subject="conversation",
            subject_id=conversation.pk,
        )


def is_unfitting(conversation: Conversation) -> bool:
    """Whether nobody should be asked this here: danger, own thoughts, a limit, a shared phone."""
    return (
        conversation.risk == Risk.DANGER
        or conversation.pathway == OWN_THOUGHTS
        or "shared_device" in read_flags(conversation)
        or ReporterLimit.objects.filter(
            conversation=conversation, approved_by__isnull=False
        ).exists()
    )


def is_answer(conversation: Conversation, said: str) -> bool:
    """Whether this is what they answer to the one question: a number from 1 to 5, or a skip."""
    return conversation.asked == _ASKED and (
        number_of(said) in _MARKS or command_of(said) == "skip"
    )


def take_answer(conversation: Conversation, said: str) -> bool:
    """Count an answer and thank for it; the conversation stays closed, the caller saves it.

    Anything else they write is not an answer, and nothing is asked again.
    """
    if conversation.asked != _ASKED:
        return False
    conversation.asked = ""
    if not (number_of(said) in _MARKS or command_of(said) == "skip"):
        return False
    mark = number_of(said)
    conversation.survey = Survey.ANSWERED
    count_fact(
        database_now().date(),
        "survey_answers",
        channel=conversation.channel,
        language=conversation.language,
        result=f"mark_{mark}" if mark in _MARKS else "skipped",
    )
    audit.record(
        "survey_answered",
        folder=conversation.folder_id,
        subject="conversation",
        subject_id=conversation.pk,
    )
    say(conversation, "survey_thanks", texts.survey_thanks)
    return True
