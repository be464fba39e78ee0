"""Registers the project's own commands and system checks."""

import resource

from django.apps import AppConfig
from django.conf import settings

from helpline.logs import say_crashes_quietly


class HelplineConfig(AppConfig):
    name = "helpline"

    def ready(self) -> None:
        """Load the checks; a process that dies leaves no picture of its memory, and no words."""
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if not settings.DEBUG:
            say_crashes_quietly()
        from helpline import checks, declared  # noqa: F401, PLC0415
