"""Every branch of a call, walked at the real doors: valid, nameless, unrecorded, and it ends."""

import re
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from django.utils import timezone
from twilio.twiml.voice_response import VoiceResponse

from accounts import services as accounts
from accounts.models import Shift, User
from intake import calls
from intake.models import LiveCall
from practice import twiml
from tests.counterparts import ASHA_PHONE
from tests.intake.calling import NUMBERS, give_telephone
from tests.intake.conftest import Desk
from tests.intake.phone_walk import ALL_KEYS, SOME_DIALS, SOME_KEYS, Place, Walk, silent_end

MOST_SILENT_STEPS = 16
SNAKE = re.compile(r"(?<=[a-z])(?=[A-Z])")
Situation = Callable[[User, User], str]


def somebody_is_free(_amina: User, _ben: User) -> str:
    return ASHA_PHONE


def everybody_talks(amina: User, ben: User) -> str:
    for user in (amina, ben):
        LiveCall.objects.create(
            key=f"busy {user.pk}", state="connected", ringing=user, started_at=timezone.now()
        )
    return ASHA_PHONE


def nobody_is_there(_amina: User, _ben: User) -> str:
    Shift.objects.all().delete()
    return ASHA_PHONE


def nobody_is_there_and_the_number_is_hidden(amina: User, ben: User) -> str:
    nobody_is_there(amina, ben)
    return "anonymous"


SITUATIONS = [
    somebody_is_free,
    everybody_talks,
    nobody_is_there,
    nobody_is_there_and_the_number_is_hidden,
]


@pytest.fixture
def colleagues(amina: User, ben: User, monkeypatch: pytest.MonkeyPatch) -> tuple[User, User]:
    monkeypatch.setattr(calls, "MOST_ROUNDS", 1)
    for user in (amina, ben):
        give_telephone(user)
        accounts.set_languages(user, languages=["en", "hi", "ar", "fr", "mr"], by=None)
    return amina, ben


@pytest.mark.parametrize("situation", SITUATIONS)
def test_g8_every_branch_is_sound_nameless_unrecorded_and_ends(
    desk: Desk, colleagues: tuple[User, User], situation: Situation
) -> None:
    number = situation(*colleagues)
    walk = Walk(desk, number, keys=ALL_KEYS)
    walk.whole()
    check(walk.places, number, open_desk=situation in (somebody_is_free, everybody_talks))


@pytest.mark.parametrize("language", [*"2345"])
def test_every_branch_in_every_language(
    desk: Desk, colleagues: tuple[User, User], language: str
) -> None:
    number = somebody_is_free(*colleagues)
    walk = Walk(desk, number, keys=SOME_KEYS, languages=language, dials=SOME_DIALS)
    walk.whole()
    check(walk.places, number, open_desk=True)
    voices = {
        one.attrib["language"]
        for name, place in walk.places.items()
        if f"'{ {'2': 'hi', '3': 'ar', '4': 'fr', '5': 'mr'}[language] }'" in name
        for one in ElementTree.fromstring(place.document).iter("Say")  # noqa: S314 (our own)
    }
    assert voices == {{"2": "hi-IN", "3": "arb", "4": "fr-FR", "5": "hi-IN"}[language]}


def check(places: dict[str, Place], number: str, *, open_desk: bool) -> None:
    """What holds wherever a call may stand."""
    assert len(places) > 3
    for name, place in places.items():
        assert built_by_the_library(place.document) == twiml.read(place.document)
        nameless(place.document, number)
        silent_end(places, name, most=MOST_SILENT_STEPS)
        if place.stop == "gather" and open_desk:
            person = places[place.after["0"]]
            assert person.state in ("ringing", "queued")
            assert person.stop in ("dial", "gather")


def nameless(document: str, number: str) -> None:
    """No word of a person; a number only as what is dialled."""
    root = ElementTree.fromstring(document)  # noqa: S314 (our own)
    tags = {one.tag for one in root.iter()}
    assert tags <= {"Response", "Say", "Gather", "Redirect", "Dial", "Number", "Hangup"}
    assert not [one for one in root.iter() if "record" in one.attrib]
    said = " ".join(one.text or "" for one in root.iter() if one.tag != "Number")
    for word in ("Amina", "Ben", number.strip("+"), *(one.strip("+") for one in NUMBERS.values())):
        assert word not in said
    assert number not in document


def built_by_the_library(document: str) -> tuple[twiml.Verb, ...]:
    """The same document made anew with the library's own builder, as read strictly."""
    spoken = VoiceResponse()
    for verb in twiml.read(document):
        _build(spoken, verb)
    return twiml.read(str(spoken))


def _build(parent: VoiceResponse, verb: twiml.Verb) -> None:
    given = {SNAKE.sub("_", name).lower(): value for name, value in verb.attributes.items()}
    text = [verb.text] if verb.text else []
    made = getattr(parent, verb.name.lower())(*text, **given)
    for child in verb.children:
        _build(made, child)
