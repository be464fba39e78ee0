"""Registers the stage, and its own carriers."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "intake"

    def ready(self) -> None:
        """The channels, the deletion of what lies at a provider, and who is on the telephone."""
        from accounts import presence  # noqa: PLC0415 (models are not ready before)
        from intake import copies, copying, deleting, paging, registry, ringing  # noqa: PLC0415 (models are not ready before)
        from intake.channels.base import Redact  # noqa: PLC0415 (models are not ready before)
        from intake.channels.bridge import Bridge  # noqa: PLC0415
        from intake.channels.cloud import CLOUD  # noqa: PLC0415
        from intake.channels.email import Email  # noqa: PLC0415
        from intake.channels.imap import ImapExpunge  # noqa: PLC0415
        from intake.channels.page import Page  # noqa: PLC0415
        from intake.channels.phone import Phone  # noqa: PLC0415
        from intake.channels.sms import SMS  # noqa: PLC0415
        from intake.channels.whatsapp import WHATSAPP  # noqa: PLC0415
        from privacy import custody, retention  # noqa: PLC0415

        registry.carriers.update(
            whatsapp=WHATSAPP,
            sms=SMS,
            cloud=CLOUD,
            twilio_redact=Redact(WHATSAPP),
            cloud_redact=Redact(CLOUD),
            email=Email(),
            imap_expunge=ImapExpunge(),
            phone=Phone(),
            phone_bridge=Bridge(),
            page=Page(),
        )
        registry.on_danger.append(paging.on_danger)
        registry.own_copy.append(copying.sections)
        retention.not_yet.append(copies.wait_in)
        custody.not_yet.append(deleting.is_telling)
        presence.in_live_call.append(ringing.is_talking)
