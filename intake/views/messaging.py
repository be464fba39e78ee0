"""The doors of WhatsApp and its kin: store once, answer."""

from uuid import UUID

from intake import services
from intake.channels import phone as spoken
from intake.channels.base import Webhook
from intake.channels.whatsapp import WhatsApp
from intake.views.signed import signed

_whatsapp = WhatsApp()


@signed(_whatsapp)
def whatsapp(hook: Webhook) -> str:
    """A message by WhatsApp."""
    for inbound in _whatsapp.parse(hook):
        services.receive(inbound)
    return spoken.nothing()


@signed(_whatsapp)
def whatsapp_status(hook: Webhook, key: UUID) -> str:
    """How one of our messages fares; its key came back in the address."""
    services.receive(_whatsapp.parse_status(hook, str(key)))
    return spoken.nothing()
