"""The doors of WhatsApp and SMS: store once, answer."""

from typing import Final
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from intake import services
from intake.channels import meta_api, spoken
from intake.channels.base import NotVerified, Webhook
from intake.channels.cloud import CLOUD
from intake.channels.sms import SMS
from intake.channels.whatsapp import WHATSAPP
from intake.views.signed import signed
from privacy.middleware import works_without_key

LARGEST_BATCH: Final = 3 * 1024 * 1024  # octets; Meta gathers what it could not bring before


@signed(WHATSAPP)
def whatsapp(hook: Webhook) -> str:
    """A message by WhatsApp."""
    for inbound in WHATSAPP.parse(hook):
        services.receive(inbound)
    return spoken.nothing()


@signed(WHATSAPP)
def whatsapp_status(hook: Webhook, key: UUID) -> str:
    """How one of our messages fares; its key came back in the address."""
    services.receive(WHATSAPP.parse_status(hook, str(key)))
    return spoken.nothing()


@signed(SMS)
def sms(hook: Webhook) -> str:
    """A message by SMS."""
    for inbound in SMS.parse(hook):
        services.receive(inbound)
    return spoken.nothing()


@signed(SMS)
def sms_status(hook: Webhook, key: UUID) -> str:
    """How one of our messages by SMS fares."""
    services.receive(SMS.parse_status(hook, str(key)))
    return spoken.nothing()


@signed(CLOUD, largest=LARGEST_BATCH, content_type="text/plain")
def _meta_batch(hook: Webhook) -> str:
    """What Meta brings: many messages and statuses in one body, each stored once."""
    for inbound in CLOUD.parse(hook):
        services.receive(inbound)
    return ""


@works_without_key
@csrf_exempt  # Meta has no cookie of ours; its signature is checked
@login_not_required
@require_http_methods(["GET", "POST"])
def meta(request: HttpRequest) -> HttpResponse:
    """Meta's one door: GET connects it, POST brings messages and statuses."""
    if request.method == "POST":
        return _meta_batch(request)
    try:
        told = meta_api.challenge(request.GET.dict())
    except NotVerified:
        return HttpResponse(status=403)
    return HttpResponse(told, content_type="text/plain")
