"""How much the minimiser finds and how often it is wrong, on sentences no rule was written for."""

import pytest
from playwright.sync_api import Browser

from tests.browser.minimising import find
from tests.installation import ROOT
from tests.minimiser.generate import CORPUS, HALVES, STRUCTURED, written
from tests.minimiser.measure import Figures, corpus, measure, table

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def figures(browser: Browser) -> Figures:
    """Counted once: what the product's own scripts find in the held-out half, in Chromium."""
    sentences = corpus("held_out")
    return measure(sentences, find(browser, [one["text"] for one in sentences]))


def test_m1_at_least_95_in_100_structured_identifiers_are_found(figures: Figures) -> None:
    assert sum(figures.wanted.values()) > 2000
    assert figures.recall(STRUCTURED) >= 0.95, figures.missed[:20]
    for kind in STRUCTURED:
        assert figures.recall([kind]) >= 0.95, (kind, figures.missed[:20])


@pytest.mark.parametrize("language", ["en", "hi", "hi-Latn", "ar", "fr"])
def test_m1_they_are_found_in_each_language(figures: Figures, language: str) -> None:
    assert figures.recall(STRUCTURED, [language]) >= 0.95, figures.missed[:20]


def test_m2_at_most_2_in_100_plain_sentences_are_warned_about(figures: Figures) -> None:
    assert figures.sentences["plain", "en"] > 40
    assert figures.false_alarms("plain") <= 0.02, figures.wrong[:20]


def test_the_figures_in_the_documents_are_those_of_today(figures: Figures) -> None:
    """Names and schools, too: they are told as they are, without a mark to reach."""
    assert table(figures) in (ROOT / "docs" / "minimiser.md").read_text()


@pytest.mark.parametrize("half", HALVES)
def test_the_corpus_is_what_its_generator_writes(half: str) -> None:
    assert (CORPUS / f"{half}.jsonl").read_text() == written(half)
