"""What is never said: blame, fear, threats, and the words of old headlines."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings

from helpline import catalogues
from intake import languages
from intake.words.telling import whole_words
from tests.wording.every_text import every_text
from tests.wording.test_complete import LOCALES, said_in

HERE = Path(__file__).parent
SEEDS = Path(settings.BASE_DIR) / "reference" / "seed"
# Said with its limit in the same text, as the rules for speech ask.
WITH_ITS_LIMIT = ("unless", "except", "limit")


def banned(code: str) -> re.Pattern[str]:
    """One pattern of all phrases of a language, as whole words."""
    lists: dict[str, list[str]] = json.loads((HERE / "banned.json").read_text(encoding="utf-8"))
    return whole_words(lists[code])


def hits(pattern: re.Pattern[str], texts: list[str]) -> list[str]:
    return [
        text
        for text in texts
        if (found := pattern.search(text))
        and not (
            found.group().casefold() == "confidential"
            and any(word in text.casefold() for word in WITH_ITS_LIMIT)
        )
    ]


def test_english_texts_of_the_whole_product_say_none_of_it() -> None:
    found = [said for one in catalogues.collect().values() for said in (one.msgid, one.plural)]
    assert len(found) > 500
    assert hits(banned("en"), found) == []


def test_templates_say_none_of_it() -> None:
    pages = sorted((Path(settings.BASE_DIR) / "templates").rglob("*.html"))
    assert len(pages) > 50
    assert hits(banned("en"), [page.read_text(encoding="utf-8") for page in pages]) == []


@pytest.mark.parametrize("code", LOCALES)
def test_catalogues_say_none_of_it(code: str) -> None:
    catalogue = catalogues.open_catalogue(LOCALES[code])
    assert hits(banned(code), [said for entry in catalogue for said in said_in(entry)]) == []


@pytest.mark.parametrize("code", languages.OWN)
def test_texts_to_young_people_say_none_of_it(code: str) -> None:
    assert hits(banned(code), list(every_text(code).values())) == []


def test_english_texts_to_young_people_hold_no_threat_and_no_order() -> None:
    assert hits(banned("en to young people"), list(every_text("en").values())) == []


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "Why did you send it?"),
        ("en", "This is confidential."),
        ("en", "The victim was told."),
        ("hi", "आपने ऐसा क्यों किया?"),
        ("hi-Latn", "Aapne aisa kyun kiya?"),
        ("ar", "لماذا أرسلت الصورة؟"),
        ("fr", "Tu n'aurais pas dû l'envoyer."),
    ],
)
def test_the_lists_do_find_what_they_are_for(code: str, text: str) -> None:
    assert hits(banned(code), [text]) == [text]


def test_confidential_may_be_said_with_its_limit() -> None:
    said = "This is confidential, unless someone may be badly hurt."
    assert hits(banned("en"), [said]) == []


@pytest.mark.parametrize("code", ["en", "hi", "ar", "fr"])
def test_labels_of_codes_say_none_of_it(code: str) -> None:
    labels = [
        str(row[key])
        for path in sorted(SEEDS.glob("*.json"))
        for row in rows(json.loads(path.read_text(encoding="utf-8")))
        for key in row
        if key == f"label_{code}"
    ]
    assert len(labels) > 10
    assert hits(banned(code), labels) == []


def rows(data: object) -> list[dict[str, object]]:
    """Every object of a seed file, however deep it lies."""
    if isinstance(data, list):
        return [row for one in data for row in rows(one)]
    if isinstance(data, dict):
        return [data, *(row for one in data.values() for row in rows(one))]
    return []
