"""Registers the stage, and hangs its parts in where earlier stages offer a place."""

from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "referrals"

    def ready(self) -> None:
        from cases import registry as cases  # noqa: PLC0415
        from intake import registry as intake  # noqa: PLC0415
        from privacy import services as privacy  # noqa: PLC0415
        from referrals import services  # noqa: PLC0415
        from referrals.cards import card  # noqa: PLC0415
        from referrals.connectors.partner_mail import PartnerMail  # noqa: PLC0415
        from referrals.told import copy_sections, status_lines  # noqa: PLC0415

        intake.carriers[services.CARRIER] = PartnerMail()
        privacy.on_consent_withdrawn.append(services.drop_under)
        cases.cards.append(card)
        cases.on_close.append(services.settle_on_close)
        intake.status_lines.append(status_lines)
        intake.own_copy.append(copy_sections)
