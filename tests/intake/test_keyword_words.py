"""A word alone steers us, however it is written; the same word in a sentence is for a person."""

from collections import Counter

import pytest

from intake import languages, words
from intake.words.spelling import normalised

COMMANDS = ("stop", "delete", "status", "help", "yes", "no", "keep", "skip")


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("STOP", "stop"),
        ("  Stop!!! 🛑", "stop"),
        ("stoooop", "stop"),
        ("band karo", "stop"),
        ("Band kr do", "stop"),
        ("बंद करो।", "stop"),
        ("awqif", "stop"),
        ("أوقِفوا", "stop"),
        ("Arrête !", "stop"),
        ("delete kar do", "delete"),
        ("mita do", "delete"),
        ("सब मिटा दो", "delete"),
        ("احذف كل شيء", "delete"),
        ("Supprime tout.", "delete"),
        ("status?", "status"),
        ("स्थिति", "status"),
        ("الحالة", "status"),
        ("État", "status"),
        ("ETAT", "status"),
        ("help", "help"),
        ("plz help", "help"),
        ("muje madad chaiye", "help"),
        ("🙏 HELP 🙏", "help"),
        ("Madad chahiye", "help"),
        ("मदद", "help"),
        ("मुझे मदद चाहिए!", "help"),
        ("musa3ada", "help"),
        ("ساعدوني", "help"),
        ("À l’aide", "help"),
        ("au secours", "help"),
        ("मला मदत हवी आहे", "help"),
        ("haan ji", "yes"),
        ("हाँ", "yes"),
        ("نعم", "yes"),
        ("Oui", "yes"),
        ("नही", "no"),
        ("nahin", "no"),
        ("لا", "no"),
        ("non", "no"),
        ("KEEP", "keep"),
        ("mat mitao", "keep"),
        ("pata nahi", "skip"),
        ("je sais pas", "skip"),
        ("मराठी", "language:mr"),
        ("Hindi please", "language:hi"),
        ("hinglish", "language:hi-Latn"),
        ("بالعربية", "language:ar"),
        ("en français", "language:fr"),
    ],
)
def test_a_word_alone_is_heard(text: str, command: str) -> None:
    assert words.command_of(text) == command


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "🛑",
        "stop him",
        "he wont stop",
        "please stop him from posting",
        "delete my photo please",
        "delete my account?",
        "should i delete it",
        "he said he will delete it",
        "help me my ex has my photos",
        "can you help my friend",
        "what is the status of my exam",
        "yes he is here",
        "no he is not",
        "no one knows",
        "keep my photo down",
        "skip school",
        "usko band karo",
        "photo delete kar do uski",
        "meri dost ki madad karo",
        "wo ruk nahi raha",
        "उसे रोको",
        "मेरी फोटो हटा दो",
        "मेरी दोस्त की मदद करो",
        "أوقفوه",
        "احذفوا صورتي",
        "ساعدوا صديقتي",
        "arrête-le",
        "supprime ma photo",
        "aide mon ami",
        "i speak french a little",
        "hindi exam tomorrow",
        "stop " * 20,
    ],
)
def test_a_sentence_is_for_a_person(text: str) -> None:
    assert words.command_of(text) == ""


def test_no_word_means_two_things() -> None:
    meanings = Counter(
        word
        for lists in words.read("commands.json").values()
        for word in {normalised(one) for many in lists.values() for one in many}
    )
    assert [word for word, count in meanings.items() if count > 1] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_can_be_given_in_every_language(command: str) -> None:
    lists = words.read("commands.json")[command]
    assert [code for code in (*languages.OWN, "mr") if not lists.get(code)] == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2", 2),
        (" 2. ", 2),
        ("(2)", 2),
        ("2️⃣", 2),
        ("२", 2),
        ("٢", 2),
        ("۲", 2),
        ("１２", 12),
        ("०", 0),
        ("two", None),
        ("2 please", None),
        ("", None),
        ("²", None),
        ("12345", None),
        ("½", None),
    ],
)
def test_a_number_is_read_in_any_digits(text: str, number: int | None) -> None:
    assert words.number_of(text) == number
