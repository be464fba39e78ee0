"""Whom to call now, and whether anyone has checked it."""

import os
import subprocess
import sys
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.checks import ERROR
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from privacy.clock import database_now
from privacy.models import AuditEvent
from privacy.services import NotPossible
from reference import numbers
from reference.checks import check_emergency_numbers
from reference.models import EmergencyNumber
from reference.services import doubt_number, emergency_numbers, verify_number
from reference.vocabulary import Purpose
from tests.installation import ROOT

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
    verify_number(emergency_numbers("IN")[0], on=database_now().date(), by=None)
    assert check_emergency_numbers(databases=["default"]) == []


def test_a_verified_child_helpline_is_not_enough(settings: Any) -> None:
    settings.PRACTICE, settings.HELPLINE_COUNTRY = False, "IN"
    verify_number(emergency_numbers("IN")[1], on=date(2026, 11, 22), by=None)
    assert check_emergency_numbers(databases=["default"])


def test_a_practice_desk_may_open_without(settings: Any) -> None:
    settings.PRACTICE = True
    assert check_emergency_numbers(databases=["default"]) == []


def test_the_set_up_knows_who_verified_a_number_and_that_it_was_doubted(adil: User) -> None:
    number = emergency_numbers("IN")[0]
    verify_number(number, on=date(2026, 11, 22), by=adil)
    number.refresh_from_db()
    assert number.verified_by == adil
    doubt_number(number, by=adil)
    number.refresh_from_db()
    assert number.verified_on is None
    assert number.verified_by_id is None
    assert AuditEvent.objects.filter(verb="number_doubted", subject_id=number.pk).exists()


def test_a_country_is_ready_when_its_number_for_danger_is_verified_and_no_sooner() -> None:
    assert not numbers.may_go_live("IN")
    verify_number(emergency_numbers("IN")[1], on=date(2026, 11, 22), by=None)
    assert not numbers.may_go_live("IN")
    verify_number(emergency_numbers("IN")[0], on=date(2026, 11, 22), by=None)
    assert numbers.may_go_live("IN")
    assert not numbers.may_go_live("FR")


def test_a_number_is_to_be_checked_again_after_half_a_year(settings: Any) -> None:
    settings.PRACTICE, settings.HELPLINE_COUNTRY = False, "IN"
    number, today = emergency_numbers("IN")[0], database_now().date()
    verify_number(number, on=today - timedelta(days=180), by=None)
    assert not number.is_stale(today)
    assert check_emergency_numbers(databases=["default"]) == []
    verify_number(number, on=today - timedelta(days=181), by=None)
    assert numbers.stale_numbers("IN", on=today) == [number]
    (found,) = check_emergency_numbers(databases=["default"])
    assert (found.id, found.is_serious(ERROR)) == ("reference.W001", False), "it warns, no more"


def test_a_country_we_know_nothing_of_gets_its_own_number(adil: User) -> None:
    made = numbers.add_number(
        "ZA", purpose="danger", number="10111", names={"en": "Police"}, by=adil
    )
    assert emergency_numbers("ZA") == [made]
    assert (made.label("fr"), made.verified_on) == ("Police", None)
    with pytest.raises(NotPossible):
        numbers.add_number("ZA", purpose="danger", number="10111", names={"en": "P"}, by=adil)
    with pytest.raises(NotPossible):
        numbers.add_number("ZA", purpose="danger", number="call me", names={"en": "P"}, by=adil)


def test_who_installs_the_service_says_that_a_number_answers_before_any_page_runs() -> None:
    call_command("verify_number", "in", "112")
    assert numbers.may_go_live("IN")
    with pytest.raises(CommandError):
        call_command("verify_number", "in", "113")


def test_the_web_process_of_a_live_desk_does_not_start_before_somebody_has_called_a_number() -> (
    None
):
    """The real process, on a database that is migrated and in which nothing is verified."""
    name = str(connection.settings_dict["NAME"])
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    live = {
        **os.environ,
        "PRODUCTION": "1",
        "PRACTICE": "0",
        "SECRET_KEY": "x" * 60,
        "PUBLIC_BASE_URL": "https://helpline.example",
        "HELPLINE_COUNTRY": "IN",
        "DATABASE_URL": url,
    }
    started = subprocess.run(
        [sys.executable, "-c", "import helpline.asgi"],
        cwd=ROOT,
        env=live,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert started.returncode != 0
    assert "reference.E001" in started.stderr
    assert "manage.py verify_number IN" in started.stderr, "it says what to do"
