"""No text that a young person may read is missing in any of our languages, or says less in one."""

import re
from collections import Counter

import polib
import pytest

from helpline import catalogues
from intake import languages, texts, words
from reference.models import EmergencyNumber
from tests.wording.every_text import every_text, names

LOCALES = {"hi": "hi", "hi-Latn": "hi_Latn", "ar": "ar", "fr": "fr"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
# English words that stay in Hindi as it is spoken, and what is the same in two languages.
BORROWED = {
    "please",
    "photo",
    "video",
    "message",
    "messages",
    "call",
    "phone",
    "number",
    "safe",
} | {
    *("link", "page", "type", "file", "account", "delete", "voice", "note", "chat", "block"),
    *("minute", "busy", "emergency", "safety", "address", "desk", "to", "hinglish", "english"),
    *("me", "par", "stop", "status", "keep", "skip", "help", "request", "hum", "am", "pm", "are"),
}
ENGLISH = re.compile(
    r"\b(?:the|and|you|your|we|will|with|this|that|not|have|for|are|is|can|what|when|who|person"
    r"|write|answer|press|thank|sorry|before|now|please|nobody|someone|here)\b",
    re.IGNORECASE,
)


def for_young() -> list[catalogues.Text]:
    return [text for text in catalogues.collect().values() if text.for_young]


@pytest.mark.parametrize("code", LOCALES)
def test_every_text_is_translated_and_surely(code: str) -> None:
    catalogue = {entry.msgid: entry for entry in catalogues.open_catalogue(LOCALES[code])}
    wanted = for_young()
    assert len(wanted) > 100
    missing = [text.msgid for text in wanted if text.msgid not in catalogue]
    assert missing == [], "run manage.py collect_texts, then translate"
    entries = [catalogue[text.msgid] for text in wanted]
    assert [entry.msgid for entry in entries if not entry.translated() or entry.fuzzy] == []


@pytest.mark.parametrize("code", LOCALES)
def test_what_is_filled_in_is_the_same_in_every_language(code: str) -> None:
    for entry in catalogues.open_catalogue(LOCALES[code]):
        wanted = Counter(PLACEHOLDER.findall(entry.msgid))
        for said in said_in(entry):
            found = Counter(PLACEHOLDER.findall(said))
            # "about two minutes" may be one word in Arabic, so a plural form may leave a number out
            less = found <= wanted if entry.msgid_plural else found == wanted
            assert less, entry.msgid


@pytest.mark.parametrize("code", LOCALES)
def test_plural_forms_are_as_many_as_the_language_has(code: str) -> None:
    catalogue = catalogues.open_catalogue(LOCALES[code])
    assert catalogue.metadata["Plural-Forms"] == catalogues.PLURALS[LOCALES[code]]
    forms = int(catalogue.metadata["Plural-Forms"].split("=")[1].split(";")[0])
    young = {text.msgid for text in for_young() if text.plural}
    assert young
    for entry in catalogue:
        if entry.msgid in young:
            assert len(entry.msgstr_plural) == forms
            assert all(entry.msgstr_plural.values())


@pytest.mark.parametrize("code", LOCALES)
def test_no_english_is_left_in_between(code: str) -> None:
    for name, text in every_text(code).items():
        if name.startswith("call_languages"):
            continue  # each line in its own language
        bare = text.replace("1 English", "")
        left = {word.lower() for word in ENGLISH.findall(bare)} - BORROWED
        if code == "hi-Latn":
            left -= {"now", "is"}  # "is" is also Hindi: "this"
        assert left == set(), (name, text)


@pytest.mark.parametrize("code", ["hi", "ar"])
def test_hindi_and_arabic_are_in_their_own_script(code: str) -> None:
    for name, text in every_text(code).items():
        if name in {"hello", "no_speaker 3", "no_speaker 4"} or name.startswith("call_languages"):
            continue  # these name languages in their own script
        latin = set(re.findall(r"[A-Za-z]{3,}", re.sub(r"https:\S+", "", text)))
        assert latin == set(), (name, text)


def test_romanised_hindi_is_in_latin_letters() -> None:
    for name, text in every_text("hi-Latn").items():
        if name in {"hello"} or name.startswith(("call_languages", "no_speaker")):
            continue
        assert not re.search(r"[\u0900-\u097f]", text), (name, text)


@pytest.mark.parametrize("code", languages.OWN)
def test_every_function_is_looked_at(code: str) -> None:
    found = {name.split(" ")[0] for name in every_text(code)}
    assert found == set(names())
    assert all(text.strip() and "%(" not in text for text in every_text(code).values())


def test_no_two_languages_say_the_same() -> None:
    spoken = {code: every_text(code) for code in languages.OWN}
    for name in spoken["en"]:
        if not name.startswith("call_languages"):
            assert len({texts_of[name] for texts_of in spoken.values()}) == len(spoken), name


@pytest.mark.parametrize("code", languages.OWN)
@pytest.mark.parametrize(
    "command", ["yes", "no", "stop", "delete", "status", "help", "keep", "skip"]
)
def test_the_word_that_we_show_is_the_word_that_works(code: str, command: str) -> None:
    with languages.speaking(code):
        assert words.command_of(words.shown(command)) == command


def test_a_romanised_reader_gets_the_label_of_a_number_in_latin_letters() -> None:
    row = EmergencyNumber(number="112", label_en="Emergency services", label_hi="आपातकालीन सेवा")
    with languages.speaking("hi-Latn"):
        assert "112 – Emergency services" in texts.danger([row], "hi-Latn")
    with languages.speaking("mr"):
        assert "112 – आपातकालीन सेवा" in texts.danger([row], "mr")


def said_in(entry: polib.POEntry) -> list[str]:
    """The translations of an entry, one or one a plural form; none when it waits for one."""
    return [said for said in (entry.msgstr, *entry.msgstr_plural.values()) if said]
