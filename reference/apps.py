"""Registers the stage and its checks."""

from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    name = "reference"

    def ready(self) -> None:
        from reference import checks  # noqa: F401, PLC0415 (registers them)
