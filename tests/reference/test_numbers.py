"""Whom to call now, and whether anyone has checked it."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from privacy.models import AuditEvent
from reference.checks import check_emergency_numbers
from reference.models import EmergencyNumber
from reference.services import emergency_numbers, verify_number
from reference.vocabulary import Purpose

pytestmark = pytest.mark.django_db


def test_in_india_danger_comes_first_then_the_child_helpline() -> None:
    assert [row.number for row in emergency_numbers("in")] == ["112", "1098", "1930", "14416"]


def test_a_country_we_know_nothing_of_has_no_numbers() -> None:
    assert emergency_numbers("AQ") == []


def test_every_country_we_list_has_a_number_for_danger() -> None:
    for country in set(EmergencyNumber.objects.values_list("country", flat=True)):
        assert emergency_numbers(country)[0].purpose == Purpose.DANGER


def test_no_number_is_shipped_as_verified() -> None:
    assert not EmergencyNumber.objects.filter(verified_on__isnull=False).exists()


def test_verifying_a_number_records_the_day() -> None:
    number = emergency_numbers("IN")[0]
    verify_number(number, on=date(2026, 11, 22), by=None)
    number.refresh_from_db()
    assert number.verified_on == date(2026, 11, 22)
    assert AuditEvent.objects.filter(verb="number_verified", subject_id=number.pk).exists()


@pytest.mark.parametrize("number", ["call me", "", "112; 113"])
def test_the_database_refuses_what_cannot_be_dialled(number: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        EmergencyNumber.objects.filter(country="IN").update(number=number)


def test_a_live_desk_needs_a_verified_number_for_danger(settings: Any) -> None:
    settings.PRACTICE, settings.HELPLINE_COUNTRY = False, "IN"
    (found,) = check_emergency_numbers(databases=["default"])
    assert found.id == "reference.E001"
    verify_number(emergency_numbers("IN")[0], on=date(2026, 11, 22), by=None)
    assert check_emergency_numbers(databases=["default"]) == []


def test_a_verified_child_helpline_is_not_enough(settings: Any) -> None:
    settings.PRACTICE, settings.HELPLINE_COUNTRY = False, "IN"
    verify_number(emergency_numbers("IN")[1], on=date(2026, 11, 22), by=None)
    assert check_emergency_numbers(databases=["default"])


def test_a_practice_desk_may_open_without(settings: Any) -> None:
    settings.PRACTICE = True
    assert check_emergency_numbers(databases=["default"]) == []
