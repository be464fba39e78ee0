"""Codes speak four languages in careful words, and say what others call them."""

import re
from datetime import date
from importlib import import_module
from types import ModuleType
from typing import Final

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from reference import seed
from reference.models import ClockRule, Code, CodeMap, DeskHours, EmergencyNumber
from reference.reading import forget_labels
from reference.services import label, labels, targets
from reference.vocabulary import Kind, Whose

pytestmark = pytest.mark.django_db

LANGUAGES: Final = ("en", "hi", "ar", "fr")
SCRIPTS: Final = {"hi": r"[\u0900-\u097f]", "ar": r"[\u0600-\u06ff]"}
# Words staff never read here: they blame, or name a person before a court has.
BANNED: Final = {
    "en": (
        "porn",
        "offender",
        "paedophil",
        "pedophil",
        "prostitut",
        "victim",
        "perpetrator",
        "sexting",
    ),
    "hi": ("पोर्न", "अपराधी", "पीड़ित", "वेश्या", "शिकार"),
    "ar": ("إباحي", "ضحية", "ضحايا", "مجرم", "دعارة", "الجاني"),
    "fr": ("porno", "pédophil", "victime", "délinquant", "prostitu", "agresseur", "coupable"),
}


@pytest.fixture(autouse=True)
def fresh_labels() -> None:
    forget_labels()


def every_label() -> list[tuple[str, str, str]]:
    rows = [*Code.objects.all(), *EmergencyNumber.objects.all()]
    return [(str(row), lang, getattr(row, f"label_{lang}")) for row in rows for lang in LANGUAGES]


def test_every_code_has_a_label_in_every_language() -> None:
    assert not [where for where in every_label() if not where[2].strip()]


def test_hindi_and_arabic_labels_are_written_in_their_own_script() -> None:
    foreign = [
        (row, lang, text)
        for row, lang, text in every_label()
        if lang in SCRIPTS and not re.search(SCRIPTS[lang], text)
    ]
    assert not foreign


def test_no_label_uses_a_word_that_blames() -> None:
    found = [
        (row, lang, word)
        for row, lang, text in every_label()
        for word in BANNED[lang]
        if word in text.lower()
    ]
    assert not found


def test_labels_of_one_list_can_be_told_apart() -> None:
    for kind in Kind.values:
        for language in LANGUAGES:
            words = [text for _, text in labels(kind, language)]
            assert len(words) == len(set(words)), (kind, language)


@pytest.mark.parametrize("kind", Kind.values)
def test_every_list_has_codes(kind: str) -> None:
    assert labels(kind, "en")


def test_not_sure_is_offered_as_a_harm() -> None:
    assert "not_sure" in dict(labels(Kind.HARM, "fr"))


def test_a_label_comes_in_the_language_asked_for() -> None:
    assert label(Kind.HARM, "grooming", "ar") == "استدراج عبر الإنترنت"
    assert label("harm", "grooming", "en-gb") == "Online grooming"
    assert label("harm", "grooming", "sv") == "Online grooming"


def test_a_code_that_nobody_knows_is_shown_as_it_is() -> None:
    assert label(Kind.HARM, "unheard_of", "en") == "unheard_of"


def test_a_retired_code_keeps_its_label_and_is_no_longer_offered() -> None:
    Code.objects.filter(kind=Kind.HARM, code="stalking").update(retired_on=date(2026, 1, 1))
    forget_labels()
    assert label(Kind.HARM, "stalking", "en") == "Stalking"
    assert "stalking" not in dict(labels(Kind.HARM, "en"))


def test_a_code_switched_off_here_is_not_offered() -> None:
    Code.objects.filter(kind=Kind.HARM, code="bullying").update(active=False)
    forget_labels()
    assert "bullying" not in dict(labels(Kind.HARM, "en"))


def test_the_database_refuses_a_code_without_a_label() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Code.objects.filter(kind=Kind.HARM, code="bullying").update(label_hi="")


# --- maps ----------------------------------------------------------------------------------------


def test_every_harm_has_its_place_in_the_tree_of_child_helpline_international() -> None:
    tree = dict(labels(Kind.CHI, "en"))
    for harm, _ in labels(Kind.HARM, "en"):
        found = targets("chi", Kind.HARM, harm)
        assert found, harm
        assert set(found) <= set(tree)


def test_every_age_band_has_an_age_group_of_child_helpline_international() -> None:
    for band, _ in labels(Kind.AGE_BAND, "en"):
        assert targets("chi_age", Kind.AGE_BAND, band), band


@pytest.mark.parametrize(
    ("band", "iwf"),
    [
        ("under_10", ["<13"]),
        ("10_12", ["<13"]),
        ("13_15", ["13-15"]),
        ("16_17", ["16-17"]),
        ("18_24", []),
        ("unknown", []),
    ],
)
def test_only_an_age_under_18_has_an_iwf_age_range(band: str, iwf: list[str]) -> None:
    assert targets("iwf_age", Kind.AGE_BAND, band) == iwf


def test_a_shared_image_of_a_child_is_named_as_abuse_material() -> None:
    shared = "images_shared_without_consent"
    child = targets("dsa_keyword", Kind.HARM, shared, whose=Whose.CHILD)
    adult = targets("dsa_keyword", Kind.HARM, shared, whose=Whose.ADULT)
    assert child == ["KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL"]
    assert adult == ["KEYWORD_NON_CONSENSUAL_IMAGE_SHARING"]
    assert targets("dsa_keyword", Kind.HARM, shared) == []


def test_a_code_is_mapped_anew_without_touching_old_cases() -> None:
    bullying = Code.objects.get(kind=Kind.HARM, code="bullying")
    old = CodeMap.objects.filter(scheme="ncrp", code=bullying)
    old.update(valid_to=date(2026, 12, 31))
    CodeMap.objects.create(
        scheme="ncrp",
        code=bullying,
        target="women_children.sexual_harassment",
        valid_from=date(2027, 1, 1),
        source="new list",
    )
    before = targets("ncrp", Kind.HARM, "bullying", on=date(2026, 12, 31))
    after = targets("ncrp", Kind.HARM, "bullying", on=date(2027, 1, 1))
    assert before == ["women_children.cyber_bullying"]
    assert after == ["women_children.sexual_harassment"]


def test_every_scheme_is_carried() -> None:
    held = set(CodeMap.objects.values_list("scheme", flat=True))
    assert held == set(CodeMap.Scheme.values)


# --- rules and codes fit together ----------------------------------------------------------------


def test_every_clock_has_a_name_a_start_and_a_duty_in_four_languages() -> None:
    for rule in ClockRule.objects.all():
        for kind, code in (
            (Kind.CLOCK_RULE, rule.label_code),
            (Kind.CLOCK_START, rule.starts_on),
            (Kind.OBLIGATED_PARTY, rule.obligated_party),
        ):
            assert label(kind, code, "hi") != code, (rule, kind)


def test_every_rule_names_harms_that_exist() -> None:
    known = {code for code, _ in labels(Kind.HARM, "en")}
    for rule in ClockRule.objects.all():
        assert set(rule.harm_codes) <= known, rule


# --- the migrations that bring them --------------------------------------------------------------


def migration(name: str) -> ModuleType:
    return import_module(f"reference.migrations.{name}")


def test_what_the_migrations_brought_can_be_taken_back_and_brought_again() -> None:
    names = ("0003_codes", "0004_code_maps", "0005_clock_rules", "0006_numbers_and_hours")
    own = Code.objects.create(
        kind=Kind.HARM,
        code="our_own",
        position=99,
        label_en="a",
        label_hi="अ",
        label_ar="ا",
        label_fr="a",
    )
    tables = (CodeMap, ClockRule, EmergencyNumber, DeskHours)
    counts = [table.objects.count() for table in tables]
    for name in reversed(names):
        migration(name).unload(apps, None)
    assert [table.objects.count() for table in tables] == [0, 0, 0, 0]
    assert list(Code.objects.all()) == [own], "a code the helpline added itself stays"
    for name in names:
        migration(name).load(apps, None)
    assert [table.objects.count() for table in tables] == counts
    assert Code.objects.count() == 1 + sum(
        len(seed.codes(name)) for name in ("codes", "chi", "clock_codes")
    )
