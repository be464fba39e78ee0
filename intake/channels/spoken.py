"""TwiML of every step of a call. Nobody is named, nothing is recorded, keys only.

No machine listens: a voice that a provider works on would be one more copy of it.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Final
from uuid import UUID

from django.conf import settings
from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from intake import texts
from intake.languages import name_of, speaking, written_in
from reference.models import EmergencyNumber

BASE: Final = "/hooks/phone"
HOUSE: Final = "en"  # spoken until another language is chosen
WAIT_SECONDS: Final = 10  # for a key
HOLD_SECONDS: Final = 20  # between two hold messages
RING_SECONDS: Final = 20  # a colleague's telephone, before voicemail takes it
RING_REPORTER_SECONDS: Final = 30
LONGEST_TALK: Final = 4 * 3600  # seconds, the provider's own limit

# The voice of each language of ours: who speaks, and in which tag of the provider's list.
VOICES: Final[dict[str, dict[str, str]]] = {
    "en": {"language": "en-IN", "voice": "Polly.Aditi"},
    "hi": {"language": "hi-IN", "voice": "Polly.Aditi"},
    "ar": {"language": "arb", "voice": "Polly.Zeina"},
    "fr": {"language": "fr-FR", "voice": "Polly.Celine"},
}

# Languages we counsel in without having texts of our own: their line of the menu, with the key for
# a person, as the voice of the closest language speaks it.
MORE: Final = {"5": ("mr", "मराठीसाठी, 5 दाबा. व्यक्तीशी बोलण्यासाठी, 0 दाबा.")}


class Speech:
    """A TwiML document that is being said, in one language unless told otherwise."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.twiml = VoiceResponse()

    def __str__(self) -> str:
        return str(self.twiml)

    def say(self, *lines: str) -> None:
        """Speak."""
        for line in lines:
            self.twiml.say(line, **VOICES[self.language])

    def ask(self, action: str, *lines: str | tuple[str, str], seconds: int = WAIT_SECONDS) -> None:
        """Speak and wait for one key; silence goes to the same address with no key.

        A line may name its own language: (code, words).
        """
        gather = Gather(
            input="dtmf",
            num_digits=1,
            timeout=seconds,
            action=action,
            action_on_empty_result=True,
        )
        for line in lines:
            language, words = (self.language, line) if isinstance(line, str) else line
            gather.say(words, **VOICES[spoken_in(language)])
        self.twiml.append(gather)

    def hang_up(self) -> None:
        """End the call."""
        self.twiml.hangup()


@contextmanager
def _speech(language: str) -> Iterator[Speech]:
    spoken = spoken_in(language)
    with speaking(spoken):
        yield Speech(spoken)


def spoken_in(language: str) -> str:
    """The language our texts are spoken in for somebody; Hindi in Latin letters sounds the same."""
    return written_in(language).partition("-")[0]


def languages() -> dict[str, str]:
    """The languages of the menu by key."""
    own = {key: code for key, code, _line in texts.call_languages()}
    return own | {key: code for key, (code, _line) in MORE.items()}


def greeting() -> str:
    """The first words, then a line in each language; 0 or silence brings a person in any."""
    with _speech(HOUSE) as speech:
        lines: list[str | tuple[str, str]] = [texts.call_hello()]
        for _key, code, line in texts.call_languages():
            with speaking(code):
                lines.append((code, f"{line} {texts.call_person()}"))
        lines += [(spoken_in(code), line) for code, line in MORE.values()]
        speech.ask(f"{BASE}/language/", *lines)
    return str(speech)


def ask_safe(language: str) -> str:
    """Whether they are safe right now."""
    with _speech(language) as speech:
        speech.ask(f"{BASE}/safe/", texts.call_safe())
    return str(speech)


def numbers_then_hold(language: str, numbers: list[EmergencyNumber]) -> str:
    """Whom to call now, digit by digit; then on to a person without another question."""
    with _speech(language) as speech:
        if numbers:
            speech.say(texts.call_numbers(numbers, speech.language))
        speech.twiml.redirect(f"{BASE}/hold/")
    return str(speech)


def hold(language: str, *, place: int, minutes: int) -> str:
    """Their place in the queue, about how long it takes, and the key for a call back instead."""
    with _speech(language) as speech:
        speech.ask(
            f"{BASE}/hold/",
            texts.call_hold(place, minutes),
            texts.call_key(),
            seconds=HOLD_SECONDS,
        )
    return str(speech)


def connect(language: str, *, number: str, call: UUID, turn: int) -> str:
    """Ring a colleague's own telephone; they hear what it is before the two are connected.

    Each sees the helpline's number only. `turn` says which ringing an outcome is of.
    """
    with _speech(language) as speech:
        speech.say(texts.call_connecting())
        dial = _dial(f"{BASE}/dialled/?turn={turn}", RING_SECONDS)
        dial.number(number, url=f"{BASE}/whisper/{call}/")
        speech.twiml.append(dial)
    return str(speech)


def whisper(page_language: str, *, language: str, danger: bool, call: UUID) -> str:
    """What a colleague hears; without the key the call goes on to the next: no voicemail has it."""
    with _speech(page_language) as speech:
        words = texts.call_whisper(language=name_of(language), danger=danger)
        speech.ask(f"{BASE}/taken/{call}/", words)
    return str(speech)


def closed(
    language: str,
    *,
    numbers: Iterable[EmergencyNumber],
    opens: datetime | None,
    on_call: bool,
    hidden: bool,
) -> str:
    """Nobody is on shift: when we are back, whom to call now, and a call back where possible."""
    with _speech(language) as speech:
        told = texts.call_closed(numbers, speech.language, opens=opens, on_call=on_call)
        _offer(speech, told, hidden=hidden)
    return str(speech)


def nobody_free(language: str, *, hidden: bool) -> str:
    """Nobody took the call: a call back."""
    with _speech(language) as speech:
        _offer(speech, hidden=hidden)
    return str(speech)


def ask_back(language: str) -> str:
    """Whether their number is safe to call."""
    with _speech(language) as speech:
        speech.ask(f"{BASE}/callback/", texts.call_back())
    return str(speech)


def ask_when(language: str) -> str:
    """When it is a good time."""
    with _speech(language) as speech:
        speech.ask(f"{BASE}/when/", texts.call_back_when())
    return str(speech)


def ask_others(language: str) -> str:
    """What to do when somebody else answers."""
    with _speech(language) as speech:
        speech.ask(f"{BASE}/others/", texts.call_back_other())
    return str(speech)


def goodbye(language: str, *, safe: bool) -> str:
    """The last words. `safe`: they will be called."""
    with _speech(language) as speech:
        speech.say(texts.call_goodbye(safe=safe))
        speech.hang_up()
    return str(speech)


def after_talk(language: str) -> str:
    """A talk ended and they are still there: a way back if it was cut, else the end."""
    with _speech(language) as speech:
        speech.ask(f"{BASE}/again/", texts.call_cut())
    return str(speech)


def thanks(language: str) -> str:
    """The end of a call that was answered."""
    with _speech(language) as speech:
        speech.say(texts.answer_goodbye())
        speech.hang_up()
    return str(speech)


def out_of_order(numbers: dict[str, list[EmergencyNumber]]) -> str:
    """What the provider says by itself when our door does not answer; needs nothing of ours.

    In every language, with the numbers to call now: kept at the provider as its fallback.
    """
    speech = Speech(HOUSE)
    for code in VOICES:
        with speaking(code):
            speech.language = code
            speech.say(texts.call_trouble())
            if numbers.get(code):
                speech.say(texts.call_numbers(numbers[code], code))
    speech.hang_up()
    return str(speech)


def answer(language: str, *, action: str) -> str:
    """The first words when we ring with an answer: anybody may have picked up."""
    with _speech(language) as speech:
        speech.ask(action, texts.answer_hello())
        speech.say(texts.answer_goodbye())
    return str(speech)


def read_out(language: str, words: str) -> str:
    """An answer (or none), and goodbye."""
    with _speech(language) as speech:
        speech.say(*([words] if words else []), texts.answer_goodbye())
        speech.hang_up()
    return str(speech)


def call_back_whisper(page_language: str, *, action: str) -> str:
    """To a colleague whose telephone we ring before the reporter's."""
    with _speech(page_language) as speech:
        speech.ask(action, texts.call_back_whisper())
        speech.hang_up()
    return str(speech)


def call_back_connect(*, number: str, call_back: UUID) -> str:
    """Ring the reporter for a colleague on the line; each sees the helpline's number only."""
    spoken = VoiceResponse()
    dial = _dial(f"{BASE}/back/{call_back}/ended/", RING_REPORTER_SECONDS)
    dial.number(number)
    spoken.append(dial)
    return str(spoken)


def call_back_gone(page_language: str) -> str:
    """To a colleague: it may not be done any more."""
    with _speech(page_language) as speech:
        speech.say(texts.call_back_gone())
        speech.hang_up()
    return str(speech)


def hang_up() -> str:
    """End this line."""
    spoken = VoiceResponse()
    spoken.hangup()
    return str(spoken)


@cache
def nothing() -> str:
    """TwiML that does nothing: on a colleague's line before the two are connected, it connects."""
    return str(VoiceResponse())


def _offer(speech: Speech, *told: str, hidden: bool) -> None:
    """A call back, after what was told; a key counts from the first word on."""
    if hidden:
        speech.say(*told, texts.call_hidden())
        speech.hang_up()
    else:
        speech.ask(f"{BASE}/offer/", *told, texts.call_back_offer())


def _dial(action: str, seconds: int) -> Dial:
    return Dial(
        action=action,
        answer_on_bridge=True,
        caller_id=settings.TWILIO_VOICE_FROM,
        timeout=seconds,
        time_limit=LONGEST_TALK,
    )
