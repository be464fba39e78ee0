"""What a keyword does that is somebody's whole message: STOP, DELETE, KEEP, STATUS, HELP.

Each is also written into the conversation like any other words, and answered at once.
"""

from datetime import datetime, timedelta
from typing import Final

from intake import deleting, own_data, registry, texts
from intake.away import Desk, numbers_to_call, tell_no_speaker
from intake.first_steps import is_language, name_language, say
from intake.models import Conversation, Message, Risk
from intake.own_data import needs_a_person
from intake.words import command_of, number_of
from intake.writing import add_message, raise_risk
from privacy import audit

# A question of ours that is older is not what a lone number answers.
ANSWERED_WITHIN: Final = timedelta(hours=24)
_STOP: Final = "stop"
_MESSAGES, _HARM = 1, 2


def obey(
    conversation: Conversation, *, said: str, desk: Desk, at: datetime, limited: bool = False
) -> bool | None:
    """Do what a keyword, or an answer to a question of ours, asks; the conversation is held.

    True: done, and a person must look. False: done, nobody need look. None: it was neither, and is
    part of what they have to tell. The caller saves the conversation. Of a reporter who is
    `limited` only what stops and deletes is obeyed.
    """
    if conversation.asked == _STOP:
        conversation.asked = ""
        if conversation.asked_at and at - conversation.asked_at < ANSWERED_WITHIN:
            answered = _answer_stop(conversation, said, desk)
            if answered is not None:
                return answered
    command = command_of(said)
    told = own_data.take_answer(conversation, said=command, at=at)
    if told is not None:
        return told
    if is_language(command) and not limited:
        name_language(conversation, command)
        tell_no_speaker(conversation, desk, at)
        return True
    doing = {
        "stop": lambda: _stop(conversation, at),
        "delete": lambda: _delete(conversation, at),
        "status": lambda: _status(conversation, desk),
        "help": lambda: _help(conversation, desk),
        "seen": lambda: own_data.ask(conversation, "seen", at=at),
        "copy": lambda: own_data.ask(conversation, "copy", at=at),
    }
    if limited:
        doing = {name: doing[name] for name in ("stop", "delete")}
    if conversation.asked == deleting.ASKED:
        doing["keep"] = lambda: _keep(conversation)
    return doing[command]() if command in doing else None


def _stop(conversation: Conversation, at: datetime) -> bool:
    """STOP may mean us, or what is done to them: asked, and a person sees it either way."""
    _note(conversation, "stop_asked")
    if conversation.asked == deleting.ASKED:  # a person is to look at this already
        say(conversation, "stop_harm", texts.stop_harm)
        return True
    conversation.asked, conversation.asked_at = _STOP, at
    say(conversation, "stop_question", texts.stop_question)
    return True


def _answer_stop(conversation: Conversation, said: str, desk: Desk) -> bool | None:
    number = number_of(said)
    if number == _MESSAGES or command_of(said) == "stop":
        _note(conversation, "stop_messages")
        say(conversation, "stop_done", texts.stop_done)
        conversation.opted_out_at = conversation.last_inbound_at
        audit.record(
            "opted_out",
            folder=conversation.folder_id,
            subject="conversation",
            subject_id=conversation.pk,
        )
        return True
    if number == _HARM:
        _note(conversation, "stop_harm")
        raise_risk(conversation, risk=Risk.URGENT, flags={})
        say(
            conversation,
            "stop_harm",
            texts.stop_harm if desk.is_open else lambda: _help_words(conversation, desk),
        )
        return True
    return None


def _help(conversation: Conversation, desk: Desk) -> bool:
    """A person now, never a menu: to the front, and the first steps do not ask for more."""
    _note(conversation, "help_asked")
    raise_risk(conversation, risk=Risk.URGENT, flags={})
    say(conversation, "help_now", lambda: _help_words(conversation, desk))
    if conversation.step == Conversation.Step.NONE:
        conversation.step = Conversation.Step.HELLO  # what we keep follows with their next words
    return True


def _help_words(conversation: Conversation, desk: Desk) -> str:
    return texts.help_now(
        numbers_to_call(), conversation.language, here=desk.is_open, opens=desk.opens
    )


def _status(conversation: Conversation, desk: Desk) -> bool:
    """Where it stands, in neutral words; to whom it may not be told, that a person answers."""
    wait = needs_a_person(conversation)
    if wait:
        _note(conversation, "status_asked")
    say(conversation, "status", lambda: _status_words(conversation, desk, told=not wait))
    return wait


def _status_words(conversation: Conversation, desk: Desk, *, told: bool) -> str:
    asked = registry.status_lines if told else []
    lines = [line for ask in asked for line in ask(conversation)]
    if not lines and not desk.is_open:
        lines = [texts.nobody_here(desk.opens)]
    return " ".join(lines) or texts.status_waiting()


def _delete(conversation: Conversation, at: datetime) -> bool:
    """Hidden at once and destroyed later; a person decides where a machine may not."""
    because = "check" if needs_a_person(conversation) else deleting.why_not(conversation)
    if because:
        _note(conversation, "delete_asked")
        conversation.asked, conversation.asked_at = deleting.ASKED, at
        say(conversation, "delete_by_person", texts.delete_by_person)
        return True
    deleting.hide(conversation, at=at)
    return False


def _keep(conversation: Conversation) -> bool:
    """They asked for everything to be deleted, a person was to decide, and they take it back."""
    conversation.asked = ""
    _note(conversation, "kept")
    say(conversation, "kept", texts.kept)
    return True


def _note(conversation: Conversation, code: str) -> None:
    """A line that shows a colleague what was asked, and brings them to it."""
    add_message(conversation, direction=Message.Direction.IN, kind=Message.Kind.NOTICE, notice=code)
