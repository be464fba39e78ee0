"""The page on what we keep, for young people: plain in five languages, and true."""

import json
import re
from pathlib import Path

import pytest
from django.test import Client

from intake import languages
from intake.texts.promise import kept_page
from privacy.access import acting
from privacy.classes import NARRATIVE
from privacy.models import KeepPeriod
from privacy.periods import SEED
from tests.wording.test_plain import GRADE, MOST_WORDS, SENTENCE, syllables_of

HERE = Path(__file__).parent
SPANS = {"name": "P30D", "contact": "P90D", "story": "P12M", "places": "P24M"}


def _texts(code: str) -> list[str]:
    with languages.speaking(code):
        return [text for part in kept_page(**SPANS) for text in (part.title, *part.lines)]


@pytest.mark.parametrize("code", languages.OWN)
def test_the_page_on_privacy_has_short_sentences_in_every_language(code: str) -> None:
    for text in _texts(code):
        for sentence in SENTENCE.split(text):
            said = [word for word in sentence.split() if any(map(str.isalnum, word))]
            assert len(said) <= MOST_WORDS[code], sentence


def test_the_page_on_privacy_is_read_at_ten() -> None:
    sentences = [one for text in _texts("en") for one in SENTENCE.split(text + "\n") if one.strip()]
    said = [word for one in sentences for word in re.findall(r"[A-Za-z']+", one)]
    syllables = sum(map(syllables_of, said))
    grade = 0.39 * len(said) / len(sentences) + 11.8 * syllables / len(said) - 15.59
    assert grade <= GRADE


@pytest.mark.parametrize("code", languages.OWN[1:])
def test_the_page_on_privacy_is_whole_in_every_language(code: str) -> None:
    english = set(_texts("en"))
    assert [text for text in _texts(code) if text in english] == []


@pytest.mark.parametrize("code", languages.OWN)
def test_the_page_on_privacy_speaks_to_boys_and_girls_and_blames_nobody(code: str) -> None:
    gendered = json.loads((HERE / "gendered.json").read_text())[code]
    banned = json.loads((HERE / "banned.json").read_text())
    phrases = [*banned[code], *banned.get(f"{code} to young people", [])]
    for text in _texts(code):
        assert [rule for rule in gendered if re.search(rule, text, re.IGNORECASE)] == [], text
        assert [phrase for phrase in phrases if phrase in text.casefold()] == [], text


@pytest.mark.django_db
@pytest.mark.parametrize("code", languages.OWN)
def test_the_page_on_privacy_is_open_to_anybody_and_leaves_nothing(code: str) -> None:
    answer = Client().get("/kept/", {"lang": code})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert not answer.cookies
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Amaan" not in text
    assert "data-hide" in text
    assert len(answer.content) < 60_000
    assert not re.findall(r'(?:src|action)="(?:https?:)?//', text)
    assert f'lang="{code.lower()}"' in text.lower()


@pytest.mark.django_db
def test_the_page_on_privacy_tells_the_periods_that_hold() -> None:
    """A row that keeps the story longer changes what the page says on the same day."""
    assert SEED[NARRATIVE] == "P12M"
    assert "12 months" in Client().get("/kept/").content.decode()
    with acting(part="forgetting"):
        row = KeepPeriod.objects.filter(data_class=NARRATIVE).latest("valid_from")
        row.pk, row.keep = None, "P18M"
        row.valid_from = row.valid_from.replace(year=row.valid_from.year + 1)
        row.save(force_insert=True)
    assert "18 months" in Client().get("/kept/").content.decode()
