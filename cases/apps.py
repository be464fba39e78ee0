"""Registers the stage, and what it hears and says of arrivals and answers."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "cases"

    def ready(self) -> None:
        from cases import contact, triage  # noqa: PLC0415
        from intake import registry  # noqa: PLC0415

        registry.on_message.append(triage.on_message)
        registry.before_reply.append(contact.refuse_unsafe)
