"""Registers the stage, and hangs it into the lower stages' registries."""

from django.apps import AppConfig


class TakedownsConfig(AppConfig):
    name = "takedowns"

    def ready(self) -> None:
        from cases import registry as cases  # noqa: PLC0415
        from intake.registry import carriers, own_copy, status_lines  # noqa: PLC0415
        from privacy.services import on_consent_withdrawn  # noqa: PLC0415
        from takedowns import cards, pictures, places, progress, services  # noqa: PLC0415
        from takedowns.carriers import LinkCarrier, RequestCarrier  # noqa: PLC0415

        carriers["iwf_report"] = RequestCarrier("iwf")
        carriers["iwf_link"] = LinkCarrier()
        cases.cards += [cards.takedown_card, cards.link_card]
        cases.ways.append(pictures.ways)
        cases.on_close.append(services.on_close)
        cases.found_by_locator.append(places.cases_with)
        status_lines.append(progress.status_lines)
        own_copy.append(progress.copy_sections)
        on_consent_withdrawn.append(services.on_consent_withdrawn)
