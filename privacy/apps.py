"""Registers the stage and its checks."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "privacy"

    def ready(self) -> None:
        from privacy import checks  # noqa: F401, PLC0415
