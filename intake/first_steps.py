"""The automatic first steps: hello and "safe now?", then what we keep; a person does the rest.

They stop for words of danger and for the first human answer, and never say the same thing twice.
"""

import unicodedata
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.utils.translation import override

from intake import danger, texts
from intake.models import Conversation, Message, Risk
from intake.services import send_automatic
from intake.writing import raise_risk
from privacy.clock import database_now
from reference.models import EmergencyNumber
from reference.reading import emergency_numbers

Step = Conversation.Step

MOST_NUMBERS: Final = 3
MEDIA_AGAIN: Final = timedelta(hours=1)  # the gentle answer to pictures is not repeated sooner
_NO: Final = frozenset(
    danger.normalised(word) for word in ("no", "n", "nope", "nahi", "nahin", "नहीं", "لا", "non")
)


def take(conversation: Conversation, *, text: str, hits: list[danger.Hit]) -> None:
    """The next automatic step after words arrived; the conversation is locked."""
    unsafe = listen(conversation, text=text)
    if conversation.step == Step.STOPPED:
        return
    if unsafe or danger.level(hits) == Risk.DANGER:
        _say(conversation, "danger", Step.STOPPED)
    elif conversation.step == Step.NONE:
        _say(conversation, "hello", Step.HELLO)
    elif conversation.step == Step.HELLO:
        _choose_language(conversation, text)
        _say(conversation, "limits", Step.LIMITS)


def listen(conversation: Conversation, *, text: str) -> bool:
    """Whether they answered "safe now?" with no, which raises the risk, whoever it was."""
    unsafe = conversation.step == Step.HELLO and danger.normalised(text) in _NO
    if unsafe:
        raise_risk(conversation, risk=Risk.DANGER, flags={"imminent_danger": "said_not_safe"})
    return unsafe


def answer_media(conversation: Conversation, kind: str) -> None:
    """Gently say that what came was not opened, at most once an hour for each sort."""
    code = {"audio": "media_audio", "image": "media_image", "video": "media_image"}.get(
        kind, "media_file"
    )
    lately = Message.objects.filter(
        conversation=conversation, notice=code, at__gt=database_now() - MEDIA_AGAIN
    )
    if not lately.exists():
        with override(conversation.language):
            send_automatic(conversation, code=code, text=texts.media(kind))


def numbers_to_call() -> list[EmergencyNumber]:
    """Whom to call in this helpline's country: verified numbers if there are any, else all."""
    known = emergency_numbers(settings.HELPLINE_COUNTRY)
    verified = [row for row in known if row.verified_on]
    return (verified or known)[:MOST_NUMBERS]


def _say(conversation: Conversation, code: str, step: str) -> None:
    with override(conversation.language):
        send_automatic(conversation, code=code, text=_words(code, conversation.language))
    conversation.step = step
    conversation.save(update_fields=["step"])


def _words(code: str, language: str) -> str:
    if code == "danger":
        return texts.danger(numbers_to_call(), language)
    return texts.hello() if code == "hello" else texts.limits()


def _choose_language(conversation: Conversation, text: str) -> None:
    """A lone number chooses the language, in whatever digits it is written."""
    digit = text.strip()
    if len(digit) == 1 and digit.isdecimal():
        chosen = texts.LANGUAGES.get(str(unicodedata.digit(digit)))
        if chosen:
            conversation.language = chosen[0]
            conversation.save(update_fields=["language"])
