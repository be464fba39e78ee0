"""Calling somebody back: a colleague's own telephone rings first, then the reporter's."""

from datetime import timedelta
from typing import Final

from django.conf import settings

from accounts import telephones
from intake.channels import phone, spoken
from intake.models import CallBack, Message, OutboundMessage
from intake.registry import Carrier, CarrierError
from intake.writing import add_message, lock
from privacy.access import acting
from privacy.clock import database_now

# A colleague who pressed a button is at their telephone now, not in half an hour.
SOON: Final = timedelta(minutes=3)


class Bridge(Carrier):
    """Rings the colleague who asked for it; what they press there, our door answers."""

    def send(self, outbound: OutboundMessage) -> str:
        if database_now() - outbound.created_at > SOON:
            raise CarrierError("too_late", permanent=True)
        with acting(part="delivery"):
            back = CallBack.objects.select_related("called_by").get(pk=outbound.subject_id)
            colleague = back.called_by
            number = telephones.number_of(colleague) if colleague else None
        if colleague is None or number is None:
            raise CarrierError("no_telephone", permanent=True)
        base = f"{settings.PUBLIC_BASE_URL}{spoken.BASE}/back/{back.pk}"
        document = spoken.call_back_whisper(colleague.page_language, action=f"{base}/")
        return phone.ring(number, document, status=f"{base}/status/")

    def settled(self, outbound: OutboundMessage) -> None:
        if outbound.state != OutboundMessage.State.FAILED:
            return
        with acting(part="intake"):
            back = CallBack.objects.select_related("conversation").get(pk=outbound.subject_id)
            add_message(
                lock(back.conversation),
                direction=Message.Direction.OUT,
                kind=Message.Kind.NOTICE,
                notice="called_back_not_made",
            )
