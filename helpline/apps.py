"""Registers the project's own commands and system checks."""

from django.apps import AppConfig


class HelplineConfig(AppConfig):
    name = "helpline"

    def ready(self) -> None:
        """Load the checks."""
        from helpline import checks, declared  # noqa: F401, PLC0415
