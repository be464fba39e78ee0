"""Whom to call now: numbers are data that a person has checked, on a day, and checks again."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from privacy import audit
from privacy.access import Person
from privacy.services import NotPossible
from reference.models import EmergencyNumber
from reference.vocabulary import Purpose

_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_NUMBER: Final = re.compile(r"[0-9+][0-9 ]{1,18}")


@transaction.atomic
def verify_number(number: EmergencyNumber, *, on: date, by: Person | None) -> None:
    """Write down that a person called or checked an emergency number on a day."""
    number.verified_on = on
    number.verified_by_id = by.pk if by else None
    number.save(update_fields=["verified_on", "verified_by"])
    audit.record("number_verified", subject="emergency_number", subject_id=number.pk)


@transaction.atomic
def doubt_number(number: EmergencyNumber, *, by: Person) -> None:
    """Take back that a number was verified: it does not answer, or answers otherwise."""
    number.verified_on = number.verified_by_id = None
    number.save(update_fields=["verified_on", "verified_by"])
    audit.record("number_doubted", subject="emergency_number", subject_id=number.pk)


@transaction.atomic
def add_number(
    country: str,
    *,
    purpose: str,
    number: str,
    names: dict[str, str],
    hours: str = "",
    languages: Sequence[str] = (),
    source: str = "",
    by: Person | None,
) -> EmergencyNumber:
    """Add a number, not yet verified; `names` are its labels by language (English at least).

    A language without a name takes the English one. Raises NotPossible.
    """
    number = number.strip()
    if not _COUNTRY.fullmatch(country) or not _NUMBER.fullmatch(number):
        raise NotPossible(_("Write the number as one dials it: figures, spaces, a leading +."))
    if EmergencyNumber.objects.filter(country=country, purpose=purpose, number=number).exists():
        raise NotPossible(_("This number is in the list already."))
    last = EmergencyNumber.objects.filter(country=country).aggregate(last=Max("position"))["last"]
    made = EmergencyNumber(
        country=country,
        purpose=Purpose(purpose),
        number=number,
        hours=hours,
        languages=list(languages),
        source=source,
        position=(last or 0) + 1,
        **{f"label_{tag}": names.get(tag) or names["en"] for tag in ("en", "hi", "ar", "fr")},
    )
    made.save(force_insert=True)
    audit.record("number_added", subject="emergency_number", subject_id=made.pk)
    return made


def may_go_live(country: str) -> bool:
    """Whether somebody has verified a number for danger in a country."""
    return _verified_for_danger(country).exists()


def stale_numbers(country: str, *, on: date) -> list[EmergencyNumber]:
    """The verified numbers of a country that nobody has checked for too long."""
    known = EmergencyNumber.objects.filter(country=country, verified_on__isnull=False)
    return [number for number in known if number.is_stale(on)]


def _verified_for_danger(country: str) -> QuerySet[EmergencyNumber]:
    return EmergencyNumber.objects.filter(
        country=country, purpose=Purpose.DANGER, verified_on__isnull=False
    )
