"""Deploy checks: what must be known about the country before the desk may go live."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from privacy.clock import database_now
from reference import numbers


@register(Tags.database, deploy=True)
def check_emergency_numbers(
    app_configs: Sequence[AppConfig] | None = None,
    databases: Sequence[str] | None = None,
    **_kwargs: Any,
) -> list[CheckMessage]:
    """A live helpline's country has a number for danger that somebody has verified.

    Reads the database, so it runs with `check --deploy --database default`; not in practice mode.
    """
    if settings.PRACTICE or "default" not in (databases or ()):
        return []
    country = settings.HELPLINE_COUNTRY
    if not numbers.may_go_live(country):
        return [
            Error(
                f"{country} has no verified emergency number for danger",
                hint=f"Call it, then: manage.py verify_number {country} NUMBER",
                id="reference.E001",
            )
        ]
    stale = numbers.stale_numbers(country, on=database_now().date())
    return [
        Warning(
            f"The number {number.number} ({country}) was last verified on {number.verified_on}",
            hint="Call it again, then say so in the set-up.",
            id="reference.W001",
        )
        for number in stale
    ]
