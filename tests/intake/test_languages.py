"""A short message tells its language, or it is not sure: measured on messages we wrote."""

import json
from pathlib import Path

import pytest
from django.utils.translation import gettext

from intake import languages
from intake.languages import Guess, guess

WRITTEN = Path(__file__).parent.parent / "wording"
RECALL = 0.9  # of each language's messages
WRONG = 0.04  # of them that may be sure of another language


def corpus(name: str) -> dict[str, list[str]]:
    """Language to messages; `other` holds languages that we do not read, and no language."""
    return dict(json.loads((WRITTEN / name).read_text(encoding="utf-8")))


def test_each_of_our_languages_has_sixty_messages() -> None:
    messages = corpus("messages.json")
    assert {code: len(set(messages[code])) >= 60 for code in languages.OWN} == dict.fromkeys(
        languages.OWN, True
    )


@pytest.mark.parametrize("name", ["messages.json", "messages_unseen.json"])
def test_languages_are_told_apart(name: str) -> None:
    for code, messages in corpus(name).items():
        guesses = [guess(message) for message in messages]
        recall = sum(found.language == code for found in guesses) / len(guesses)
        sure = sum(found.language == code and found.sure for found in guesses) / len(guesses)
        wrong = sum(found.language != code and found.sure for found in guesses) / len(guesses)
        print(f"{name} {code}: recall {recall:.2f}, sure {sure:.2f}, sure and wrong {wrong:.2f}")
        assert wrong <= WRONG
        if code != "other":
            assert recall >= RECALL


@pytest.mark.parametrize("text", ["", " ", "...", "👍", "12345", "Привет", "zzz", "x" * 5000])
def test_where_nothing_tells_it_is_not_sure(text: str) -> None:
    assert guess(text) == Guess("en", sure=False)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("hi", "en"),
        ("plz help", "en"),
        ("mujhe help chahiye", "hi-Latn"),
        ("salut", "fr"),
        ("مرحبا", "ar"),
        ("ok شكرا", "ar"),
        ("instagram पर है", "hi"),
        ("मला मदत हवी आहे", "mr"),
        ("مجھے مدد چاہیے", "ur"),
        ("ana khayfa sa3iduni", "ar"),
    ],
)
def test_the_first_words_of_a_chat_are_known(text: str, language: str) -> None:
    assert guess(text) == Guess(language, sure=True)


@pytest.mark.parametrize(
    ("spoken", "written"),
    [("hi-latn", "hi-Latn"), ("mr", "hi"), ("ur", "hi-Latn"), ("fr-CA", "fr"), ("ta", "en")],
)
def test_every_speaker_is_written_to_in_a_language_that_we_have(spoken: str, written: str) -> None:
    assert languages.written_in(spoken) == written


def test_romanised_hindi_has_its_own_catalogue() -> None:
    spoken = {}
    for code in languages.OWN:
        with languages.speaking(code):
            spoken[code] = gettext("Your message")
    assert len(set(spoken.values())) == len(languages.OWN)
    assert spoken["hi-Latn"].isascii()
