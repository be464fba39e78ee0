"""Registers the project's own commands and system checks."""

import resource

from django.apps import AppConfig


class HelplineConfig(AppConfig):
    name = "helpline"

    def ready(self) -> None:
        """Load the checks; a process that dies leaves no picture of its memory behind."""
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        from helpline import checks, declared  # noqa: F401, PLC0415
