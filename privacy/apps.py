"""Registers the stage and its checks."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "privacy"

    def ready(self) -> None:
        from privacy import audit, checks, fields  # noqa: F401, PLC0415

        fields.before_opening.append(audit.note_opening)
