"""What a caller hears while nothing of ours answers."""

from io import StringIO

import pytest
from django.core.management import call_command

from practice import twiml
from tests.counterparts import ASHA_PHONE, World


@pytest.fixture
def document(db: None) -> str:
    printed = StringIO()
    call_command("phone_fallback", stdout=printed)
    return printed.getvalue().strip()


def test_it_speaks_the_numbers_in_every_language_and_asks_nothing_of_us(document: str) -> None:
    walked = twiml.walk(twiml.read(document))
    assert walked.stop == "ended"
    assert list(dict.fromkeys(one.language for one in walked.heard)) == [
        "en-IN",
        "hi-IN",
        "arb",
        "fr-FR",
    ]
    assert sum("1 1 2" in one.text for one in walked.heard) == 4
    assert "http" not in document
    assert "action" not in document


def test_a_caller_hears_it_while_our_door_is_shut(world: World, document: str) -> None:
    world.connect("http://127.0.0.1:9")  # nobody listens there
    world.configure(voice_fallback=document)
    call = world.call(ASHA_PHONE)
    assert call["status"] == "completed"
    assert any("1 1 2" in line["text"] for line in call["said"])
