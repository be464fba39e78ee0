"""Registers the stage, and that a broken glass is told to who oversees and who audits."""

from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "insight"

    def ready(self) -> None:
        from insight import alerts  # noqa: PLC0415
        from privacy import glass  # noqa: PLC0415

        glass.on_opened.append(alerts.note_glass)
