"""Registers the stage, and what it hears and says of arrivals and answers."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "cases"

    def ready(self) -> None:
        from cases import consents, contact, copying, keeping, reporter, triage, wishes  # noqa: PLC0415
        from cases.registry import cards  # noqa: PLC0415
        from intake import registry  # noqa: PLC0415
        from privacy.services import before_reveal, on_consent_withdrawn  # noqa: PLC0415

        cards.append(reporter.card)
        cards.append(keeping.card)
        registry.on_message.append(triage.on_message)
        registry.before_reply.append(contact.refuse_unsafe)
        registry.unsafe_alone.append(contact.is_unsafe_alone)
        registry.status_lines.append(wishes.status_lines)
        registry.may_not_delete.append(wishes.may_not_delete)
        registry.on_hidden.append(wishes.on_hidden)
        registry.own_copy.append(copying.sections)
        registry.seen_in.append(copying.seen_in)
        on_consent_withdrawn.append(consents.on_withdrawn)
        before_reveal.append(wishes.refuse_reveal)
        registry.on_refused.append(wishes.on_refused)
