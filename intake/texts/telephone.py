"""What is said on the telephone. Nobody is named, because anybody may be listening."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from intake.languages import speaking
from intake.texts.first import LANGUAGES
from intake.texts.times import day_and_time, label
from reference.models import EmergencyNumber


def call_languages() -> list[tuple[str, str, str]]:
    """Key, code and spoken line of each language of the menu, each in its own language.

    Romanised Hindi is Hindi when it is spoken.
    """
    lines = []
    for number, (code, _name) in LANGUAGES.items():
        if code != "hi-Latn":
            with speaking(code):
                lines.append((number, code, _("For English, press %(key)s.") % {"key": number}))
    return lines


def call_hello() -> str:
    """The first words: not alone, and a person by one key before any menu."""
    return _("Hello. You are not alone. To talk to a person, press 0 at any time.")


def call_person() -> str:
    """After each line of the language menu, in that language."""
    return _("For a person, press 0.")


def call_safe() -> str:
    """Asks whether they are safe. Keys only: no machine listens to what they say."""
    return _(
        "Are you safe right now? For yes, press 1. For no, press 2. If you are not sure, press 3."
    )


def call_numbers(numbers: Iterable[EmergencyNumber], language: str) -> str:
    """After "not safe": whom to call now, digits spoken one by one."""
    spoken = [f"{label(row, language)}: {' '.join(row.number)}." for row in numbers]
    return " ".join([_("If you could be hurt now, please hang up and call one of these."), *spoken])


def call_hold(place: int, minutes: int) -> str:
    """While they wait, with their place in the queue (1 is next) and about how long it takes."""
    wait = ngettext(
        "It takes about %(count)d minute.", "It takes about %(count)d minutes.", minutes
    ) % {"count": minutes}
    if place <= 1:
        told = _("Thank you for waiting. You are next.")
    else:
        told = _("Thank you for waiting. You are number %(place)d.") % {"place": place}
    return " ".join([told, wait, _("Please stay on the line.")])


def call_key() -> str:
    """While they wait: how to be called back instead."""
    return _("If you would rather be called back, press 5.")


def call_connecting() -> str:
    """Just before a person is there."""
    return _("A person is coming to the phone now.")


def call_whisper(*, language: str, danger: bool) -> str:
    """What a counsellor hears before taking a call: no caller in it. `language`: its name."""
    if danger:
        return _("A call in %(language)s. They are not safe now. To take it, press 1.") % {
            "language": language
        }
    return _("A call in %(language)s. To take it, press 1.") % {"language": language}


def call_closed(
    numbers: Iterable[EmergencyNumber], language: str, *, opens: datetime | None, on_call: bool
) -> str:
    """When nobody is on shift: when we are back, whom to call now; a call back is offered after."""
    if opens is None:
        lines = [_("Thank you for calling. Nobody can come to the phone right now.")]
    else:
        lines = [
            _("Thank you for calling. Nobody can come to the phone now. We are back on %(when)s.")
            % {"when": day_and_time(opens)}
        ]
    if not on_call:
        lines.append(
            _(
                "Nobody here can be called before that."
                " If you need someone, please do not wait for us."
            )
        )
    numbers = list(numbers)
    return " ".join([*lines, *([call_numbers(numbers, language)] if numbers else [])])


def call_back_offer() -> str:
    """When nobody took the call."""
    return _(
        "Sorry, nobody is free right now. Shall a person call you back?"
        " For yes, press 1. For no, press 2."
    )


def call_back() -> str:
    """Asks whether the number may be called."""
    return _(
        "Is it safe to call this number? For yes, press 1. For no, press 2."
        " If you are not sure, press 3."
    )


def call_back_when() -> str:
    """Asks when. 1 morning, 2 afternoon, 3 evening, 4 any time."""
    return _(
        "When is a good time? For the morning, press 1. For the afternoon, press 2."
        " For the evening, press 3. For any time, press 4."
    )


def call_back_other() -> str:
    """Asks what to say to somebody else. 1 nothing, 2 a wrong number, 3 that we try again later."""
    return _(
        "If someone else answers, what shall we do? To hang up without a word, press 1."
        " To say it is a wrong number, press 2. To say we will try again later, press 3."
    )


def call_hidden() -> str:
    """When they hide their number: nobody can call back."""
    return _("We cannot see your number, so nobody can call you back. Please call us again.")


def call_cut() -> str:
    """When a talk ended and they are still on the line."""
    return _("If the line was cut, press 0 to talk to a person again.")


def call_goodbye(*, safe: bool) -> str:
    """The last words. `safe`: they said that their number may be called."""
    if safe:
        return _("Thank you. Someone will call you. You did well to call. Goodbye.")
    return _("Thank you. We will not call this number. Please call again when you can. Goodbye.")


def call_back_whisper() -> str:
    """What a counsellor hears who asked for a call back: no number and no name in it."""
    return _("A call back from the desk. To be connected, press 1.")


def call_back_gone() -> str:
    """To a counsellor: what they asked for may not be done any more."""
    return _("This call is not possible any more.")


def call_trouble() -> str:
    """When something of ours is broken and nothing else can be said."""
    return _(
        "Sorry, something here does not work right now. Please call again in a few minutes."
        " If you could be hurt now, please call the emergency services."
    )


def answer_hello() -> str:
    """The first words when we ring with an answer: anybody may have picked up."""
    return _("Hello. There is a message for the person who asked for one. To hear it, press 1.")


def answer_goodbye() -> str:
    """The last words after an answer was read out, or when nobody wanted it."""
    return _("Thank you. Goodbye.")
