"""The automatic first steps: hello and "safe now?", then what we keep; a person does the rest.

They stop for words of danger and for the first human answer, and never say the same thing twice.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from intake import away, texts
from intake.away import Desk, numbers_to_call
from intake.inbound import Inbound
from intake.languages import guess, speaking
from intake.models import Channel, Conversation, Message, Risk
from intake.services import send_automatic
from intake.texts.first import whom_to_call
from intake.words import command_of, number_of
from intake.writing import raise_risk
from privacy.clock import database_now

Step = Conversation.Step
From = Conversation.LanguageFrom

OWN_THOUGHTS: Final = "own_thoughts"
MEDIA_AGAIN: Final = timedelta(hours=1)  # the gentle answer to pictures is not repeated sooner
LATE_AGAIN: Final = timedelta(hours=1)
_LANGUAGE: Final = "language:"


def take(conversation: Conversation, *, said: str, desk: Desk, in_danger: bool) -> None:
    """The next automatic step after words arrived; the conversation is held, the caller saves it.

    `said` is what they wrote, or the button they pressed.
    """
    if conversation.step == Step.STOPPED:
        # A colleague has answered before; tonight nobody reads it, so they hear who is called.
        if in_danger and not desk.is_open and away.is_untold(conversation, database_now()):
            say_danger(conversation, desk)
        return
    _learn_language(conversation, said)
    if in_danger:
        say_danger(conversation, desk)
    elif conversation.step == Step.NONE:
        _greet(conversation)
    elif conversation.step == Step.HELLO:
        say(conversation, "limits", _limits_of(conversation))
        conversation.step = Step.LIMITS


def listen(conversation: Conversation, *, said: str) -> bool:
    """Whether they answered "safe now?" with no, which raises the risk, whoever it was.

    By mail hello and limits go in one, so the question stands one step longer there. While the
    desk is closed it is asked again.
    """
    asked = conversation.step == Step.HELLO or conversation.asked == away.ASKED
    if conversation.asked == away.ASKED:
        conversation.asked = ""
    if conversation.channel == Channel.EMAIL and conversation.step == Step.LIMITS:
        asked = True
    unsafe = asked and command_of(said) == "no"
    if unsafe:
        raise_risk(conversation, risk=Risk.DANGER, flags={"imminent_danger": "said_not_safe"})
    return unsafe


def say_danger(conversation: Conversation, desk: Desk) -> None:
    """Whom to call now, and whether a person is told; once, and then a person does the rest."""
    on_call = desk.is_open or desk.on_call
    say(
        conversation,
        "danger",
        lambda: texts.danger(
            numbers_to_call(), conversation.language, on_call=on_call, opens=desk.opens
        ),
    )
    conversation.step = Step.STOPPED
    if not desk.is_open:
        conversation.away_told_at = database_now()


def name_language(conversation: Conversation, command: str) -> None:
    """They named a language: it is theirs, and what they were told is said in it."""
    conversation.language = command.removeprefix(_LANGUAGE)
    conversation.language_from = From.CHOSEN
    if conversation.step == Step.HELLO:
        say(conversation, "limits", _limits_of(conversation))
        conversation.step = Step.LIMITS
    else:
        say(conversation, "language_set", texts.language_set)


def is_language(command: str) -> bool:
    """Whether a command is the name of a language."""
    return command.startswith(_LANGUAGE)


def begin_own_thoughts(conversation: Conversation, *, silent: bool) -> None:
    """The prevention pathway: its own limits before anything else, then its welcome.

    `silent`: danger comes first, and a person says the rest.
    """
    conversation.pathway = OWN_THOUGHTS
    conversation.survey = Conversation.Survey.NOT_APPROPRIATE
    if conversation.step != Step.STOPPED and not silent:
        say(
            conversation,
            "own_thoughts_limits",
            lambda: f"{texts.own_thoughts_limits()}\n\n{texts.own_thoughts_hello()}",
        )
        conversation.step = Step.LIMITS


def answer_media(conversation: Conversation, kind: str) -> None:
    """Gently say that what came was not opened, at most once an hour for each sort."""
    code = {"audio": "media_audio", "image": "media_image", "video": "media_image"}.get(
        kind, "media_file"
    )
    lately = Message.objects.filter(
        conversation=conversation, notice=code, at__gt=database_now() - MEDIA_AGAIN
    )
    if not lately.exists():
        say(conversation, code, lambda: texts.media(kind))


def say_late(conversation: Conversation, sent: datetime) -> None:
    """Sorry for what reached us long after they wrote it; once, where nothing else answers it."""
    lately = Message.objects.filter(
        conversation=conversation,
        kind=Message.Kind.AUTOMATIC,
        at__gt=database_now() - LATE_AGAIN,
    )
    if not lately.exists():
        say(conversation, "late", lambda: texts.late(sent))


def spoken(inbound: Inbound) -> str:
    """What they said: their words, or the button they pressed."""
    return inbound.button or inbound.text


def _greet(conversation: Conversation) -> None:
    """Hello; by mail the limits go with it, and whom to call, because only one mail goes a day."""
    if conversation.channel != Channel.EMAIL:
        say(conversation, "hello", texts.hello)
        conversation.step = Step.HELLO
        return
    say(conversation, "hello", lambda: _first_mail(conversation))
    conversation.step = Step.LIMITS


def _first_mail(conversation: Conversation) -> str:
    parts = [texts.hello(), texts.limits()]
    calls = "\n".join(whom_to_call(numbers_to_call(), conversation.language))
    return "\n\n".join([*parts, calls]) if calls else "\n\n".join(parts)


def _limits_of(conversation: Conversation) -> Callable[[], str]:
    own = conversation.pathway == OWN_THOUGHTS
    return texts.own_thoughts_limits if own else texts.limits


def say(conversation: Conversation, code: str, words: Callable[[], str]) -> bool:
    """Send one of our texts in their language, or the closest we have; whether it could go out."""
    with speaking(conversation.language):
        sent = send_automatic(conversation, code=code, text=words())
    return sent is not None


def _learn_language(conversation: Conversation, said: str) -> None:
    """A lone number chooses the language; until they choose, a sure guess is offered, not more."""
    if conversation.step == Step.HELLO:
        chosen = texts.LANGUAGES.get(str(number_of(said)))
        if chosen:
            conversation.language, conversation.language_from = chosen[0], From.CHOSEN
            return
    if conversation.language_from in (From.HOUSE, From.DETECTED):
        guessed = guess(said)
        if guessed.sure:
            conversation.language = guessed.language
            conversation.language_from = From.DETECTED
