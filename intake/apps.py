"""Registers the stage, and its own carriers."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "intake"

    def ready(self) -> None:
        """The three channels, and the deletion of what lies at a provider."""
        from intake.channels.email import Email  # noqa: PLC0415 (models are not ready before)
        from intake.channels.phone import Phone  # noqa: PLC0415
        from intake.channels.whatsapp import WhatsApp, WhatsAppRedact  # noqa: PLC0415
        from intake.registry import carriers  # noqa: PLC0415

        whatsapp = WhatsApp()
        carriers.update(
            whatsapp=whatsapp,
            whatsapp_redact=WhatsAppRedact(whatsapp),
            email=Email(),
            phone=Phone(),
        )
