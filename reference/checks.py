"""Deploy checks: what must be known about the country before the desk may go live."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from reference.models import EmergencyNumber
from reference.vocabulary import Purpose


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
    if EmergencyNumber.objects.filter(
        country=country, purpose=Purpose.DANGER, verified_on__isnull=False
    ).exists():
        return []
    return [
        Error(
            f"{country} has no verified emergency number for danger",
            hint="Call it or check it with the authority, then record the day.",
            id="reference.E001",
        )
    ]
