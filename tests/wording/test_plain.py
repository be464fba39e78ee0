"""Short words, short sentences, for anybody: a reading age of about ten, no gender, no length."""

import json
import re
from pathlib import Path

import pytest

from intake import languages
from intake.reach import LONGEST
from tests.wording.every_text import every_text

HERE = Path(__file__).parent
# Hindi and French need small words that English and Arabic do without.
MOST_WORDS = {"en": 18, "hi": 20, "hi-Latn": 20, "ar": 18, "fr": 20}
SENTENCE = re.compile(r"[.!?।؟:…]+\s|\n")
GRADE = 5.0  # school years of Flesch and Kincaid: about ten years old
ON_A_PHONE = ("whatsapp", "sms")


@pytest.mark.parametrize("code", languages.OWN)
def test_sentences_are_short(code: str) -> None:
    for name, text in every_text(code).items():
        for sentence in SENTENCE.split(text):
            said = [word for word in sentence.split() if any(map(str.isalnum, word))]
            assert len(said) <= MOST_WORDS[code], (name, sentence)


def test_english_is_read_at_ten() -> None:
    sentences, said, syllables = 0, 0, 0
    for text in every_text("en").values():
        for sentence in filter(str.strip, SENTENCE.split(text + "\n")):
            spoken = re.findall(r"[A-Za-z']+", sentence)
            sentences += 1
            said += len(spoken)
            syllables += sum(syllables_of(word) for word in spoken)
    grade = 0.39 * said / sentences + 11.8 * syllables / said - 15.59
    print(f"grade {grade:.1f}, {said / sentences:.1f} words a sentence")
    assert grade <= GRADE


def syllables_of(word: str) -> int:
    """About as many as there are groups of vowels; a silent e at the end is none."""
    groups = re.findall(r"[aeiouy]+", word.lower().removesuffix("e"))
    return max(1, len(groups))


@pytest.mark.parametrize("code", languages.OWN)
def test_a_text_goes_out_whole_on_every_channel(code: str) -> None:
    longest = min(longest for channel, longest in LONGEST.items() if channel in ON_A_PHONE)
    found = every_text(code)
    for name, text in found.items():
        assert len(text) <= longest, name
    # Hello and "we are closed" may go out as one.
    closed = max(len(text) for name, text in found.items() if name.startswith("closed"))
    assert len(found["hello"]) + 2 + closed <= longest


@pytest.mark.parametrize("code", languages.OWN)
def test_nobody_is_addressed_as_a_boy_or_a_girl(code: str) -> None:
    lists = json.loads((HERE / "gendered.json").read_text(encoding="utf-8"))
    for name, text in every_text(code).items():
        for pattern in lists[code]:
            found = re.search(pattern, text, re.IGNORECASE)
            assert found is None, (name, found and found.group())


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("hi", "क्या आप अकेली हैं?"),
        ("hi", "आप कभी भी लिख सकते हैं।"),
        ("hi-Latn", "Aap kabhi bhi likh sakti hain."),
        ("ar", "لا تدفع لهم."),
        ("ar", "اكتبي لنا."),
        ("fr", "Tu n'es pas seule."),
    ],
)
def test_the_lists_do_find_what_they_are_for(code: str, text: str) -> None:
    lists = json.loads((HERE / "gendered.json").read_text(encoding="utf-8"))
    assert any(re.search(pattern, text, re.IGNORECASE) for pattern in lists[code])
