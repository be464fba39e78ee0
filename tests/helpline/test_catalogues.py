"""Texts are collected and compiled without gettext's programs, and no translation is lost."""

from pathlib import Path

import polib
import pytest
from django.core.management import call_command
from pytest_django import Settings

from helpline import catalogues
from helpline.catalogues import Text


@pytest.fixture
def catalogue(tmp_path: Path) -> polib.POFile:
    """A catalogue with one translation, of Arabic with its six plural forms."""
    made = polib.POFile(wrapwidth=96)
    made.metadata = {
        "Plural-Forms": catalogues.PLURALS["ar"],
        "Content-Type": "text/plain; charset=UTF-8",
    }
    made.append(polib.POEntry(msgid="Hello.", msgstr="مرحبًا."))
    made.append(polib.POEntry(msgid="Not said any more.", msgstr="…"))
    made.fpath = str(tmp_path / "ar" / "LC_MESSAGES" / "django.po")
    return made


def test_a_text_is_found_in_code_and_in_templates() -> None:
    found = catalogues.collect()
    assert found["Leave this page now"].files == {"templates/base_public.html"}
    assert found["Your message"].files >= {"intake/texts/answers.py"}
    counted = found["%(done)d of %(total)d step is done."]
    assert counted.plural == "%(done)d of %(total)d steps are done."


def test_words_for_colleagues_are_not_in_the_catalogue_of_romanised_hindi() -> None:
    found = catalogues.collect()
    assert found["Your message"].for_young
    assert not found["They called."].for_young
    kept = {entry.msgid for entry in catalogues.open_catalogue("hi_Latn")}
    assert "Your message" in kept
    assert "They called." not in kept


def test_new_texts_wait_old_ones_go_and_translations_stay(catalogue: polib.POFile) -> None:
    wanted = [
        Text("Hello.", "", {"intake/texts/first.py"}),
        Text("%(count)d call", "%(count)d calls", {"intake/texts/telephone.py"}),
    ]
    catalogues.refresh(catalogue, wanted)
    assert {entry.msgid for entry in catalogue} == {"Hello.", "%(count)d call"}
    by_words = {entry.msgid: entry for entry in catalogue}
    assert by_words["Hello."].msgstr == "مرحبًا."
    counted = by_words["%(count)d call"]
    assert len(counted.msgstr_plural) == 6
    assert not counted.translated()
    assert counted.flags == ["python-format"]


def test_compiling_makes_what_is_newer_and_leaves_the_rest(
    catalogue: polib.POFile, settings: Settings, tmp_path: Path
) -> None:
    settings.LOCALE_PATHS = [tmp_path]
    Path(catalogue.fpath).parent.mkdir(parents=True)
    catalogue.save(catalogue.fpath)
    call_command("compile_translations")
    made = Path(catalogue.fpath).with_suffix(".mo")
    said = {entry.msgid: entry.msgstr for entry in polib.mofile(str(made))}
    assert said["Hello."] == "مرحبًا."
    before = made.stat().st_mtime_ns
    call_command("compile_translations")
    assert made.stat().st_mtime_ns == before
    assert list(made.parent.glob("*.new")) == []
