"""Which law holds on which day, and who has confirmed it."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest
from django.db import IntegrityError, transaction

from reference.models import ClockRule
from reference.services import rule_at, rules_for
from reference.vocabulary import Risk, Subject

pytestmark = pytest.mark.django_db

# India is five and a half hours ahead: its 20 February begins at 18:30 UTC the evening before.
LAST_MINUTE_OF_THE_19TH: Final = datetime(2026, 2, 19, 18, 29, tzinfo=UTC)
FIRST_MINUTE_OF_THE_20TH: Final = datetime(2026, 2, 19, 18, 30, tzinfo=UTC)
TODAY: Final = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("IN-NCII", timedelta(hours=24), timedelta(hours=2)),
        ("IN-GRIEVANCE", timedelta(days=15), timedelta(days=7)),
        ("IN-GRIEVANCE-URGENT", timedelta(hours=72), timedelta(hours=36)),
        ("IN-ORDER", timedelta(hours=36), timedelta(hours=3)),
    ],
)
def test_india_shortened_its_times_at_midnight_in_india(
    code: str, before: timedelta, after: timedelta
) -> None:
    old, new = (
        rule_at(code, "IN", moment)
        for moment in (LAST_MINUTE_OF_THE_19TH, FIRST_MINUTE_OF_THE_20TH)
    )
    assert old is not None
    assert new is not None
    assert (old.duration, new.duration) == (before, after)


def test_before_its_first_day_the_american_law_gives_no_rule() -> None:
    assert rule_at("US-TIDA", "US", datetime(2026, 5, 18, 12, tzinfo=UTC)) is None
    law = rule_at("US-TIDA", "US", datetime(2026, 5, 19, 12, tzinfo=UTC))
    assert law is not None
    assert law.duration == timedelta(hours=48)


def test_where_the_law_says_now_the_figure_is_our_own() -> None:
    law = rule_at("IN-POCSO-19", "IN", TODAY)
    assert law is not None
    assert law.duration is None
    assert law.house_duration == timedelta(hours=1)


@pytest.mark.parametrize(
    ("risk", "minutes"), [(Risk.DANGER, 5), (Risk.URGENT, 60), (Risk.NORMAL, 60)]
)
def test_the_first_reply_is_promised_by_risk(risk: Risk, minutes: int) -> None:
    rule = rule_at("HELPLINE-FIRST", "ANY", TODAY, risk=risk)
    assert rule is not None
    assert rule.house_duration == timedelta(minutes=minutes)


def test_every_rule_asks_for_a_lawyer_until_one_has_confirmed_it() -> None:
    rules = ClockRule.objects.all()
    assert rules
    assert all(rule.needs_lawyer and rule.source for rule in rules)


def test_the_british_rule_is_shipped_switched_off() -> None:
    assert not ClockRule.objects.get(code="UK-NCII").enabled


def test_a_takedown_of_a_shared_image_in_india_is_timed_by_the_intimate_image_rule() -> None:
    found = rules_for("IN", Subject.TAKEDOWN, harms=["images_shared_without_consent"], when=TODAY)
    assert "IN-NCII" in {rule.code for rule in found}
    assert all(rule.covers(TODAY) for rule in found)


def test_a_takedown_for_bullying_is_not_timed_by_the_intimate_image_rule() -> None:
    found = rules_for("IN", Subject.TAKEDOWN, harms=["bullying"], when=TODAY)
    assert "IN-NCII" not in {rule.code for rule in found}
    assert "IN-GRIEVANCE" in {rule.code for rule in found}


def test_a_rule_switched_off_is_not_offered() -> None:
    harms = ["images_shared_without_consent"]
    found = rules_for("GB", Subject.TAKEDOWN, harms=harms, when=TODAY)
    assert "UK-NCII" not in {rule.code for rule in found}


def test_the_database_refuses_two_rows_of_one_rule_for_the_same_day() -> None:
    law = ClockRule.objects.get(code="IN-NCII", valid_to=None)
    law.pk, law.valid_from = None, date(2026, 6, 1)
    with pytest.raises(IntegrityError, match="rules_do_not_overlap"), transaction.atomic():
        ClockRule.objects.bulk_create([copy_of(law)])


def test_the_database_refuses_a_rule_that_ends_before_it_begins() -> None:
    law = copy_of(ClockRule.objects.get(code="AU-77"))
    law.code, law.valid_to = "AU-X", law.valid_from - timedelta(days=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        law.save(force_insert=True)


def copy_of(rule: ClockRule) -> ClockRule:
    fields = {f.attname: getattr(rule, f.attname) for f in rule._meta.local_fields}
    del fields["id"]
    return ClockRule(**fields)
