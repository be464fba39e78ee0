"""Calls a colleague to their desk at night: a constant text that opens the way in, and no more."""

import logging
from datetime import timedelta
from email.utils import make_msgid
from smtplib import SMTPException
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import telephones
from accounts.models import User
from intake.channels import twilio_api
from intake.models import OnCallPage, OutboundMessage
from intake.registry import Carrier, CarrierError, NotKnown
from privacy.access import acting
from privacy.clock import database_now

PAGE: Final = "page"
# Ten people in danger at once are one call: it says nothing but "sign in".
RINGS_FOR: Final = timedelta(minutes=2)

logger = logging.getLogger("helpline.page")


class Page(Carrier):
    """The outbox carrier `page`; its subject is an OnCallPage.

    By SMS where the person gave a number and SMS is set up; by mail where that does not go, or
    nobody knows whether it went: two calls do no harm, none might.
    """

    def send(self, outbound: OutboundMessage) -> str:
        """Call them, unless somebody has answered meanwhile."""
        with acting(part="delivery"):
            rows = OnCallPage.objects.select_related("user", "conversation")
            page = rows.filter(pk=outbound.subject_id).first()
            ringing = page is not None and _is_ringing(page)
        if ringing:
            raise CarrierError("just_called", permanent=True)
        if page is None or page.answered_at or page.conversation.waiting_since is None:
            raise CarrierError("answered", permanent=True)
        number = telephones.number_of(page.user) if settings.TWILIO_SMS_FROM else None
        if number:
            try:
                return _text(page.user, number)
            except (CarrierError, NotKnown) as failed:
                logger.warning("a page goes by mail instead: %s", failed)
        return _mail(page.user)


def _is_ringing(page: OnCallPage) -> bool:
    """Whether they were called a moment ago and have not come yet: their desk shows them all."""
    others = OnCallPage.objects.filter(user=page.user, answered_at__isnull=True).exclude(pk=page.pk)
    sent = OutboundMessage.objects.filter(
        carrier=PAGE,
        subject_id__in=others.values("pk"),
        state=OutboundMessage.State.ACCEPTED,
        settled_at__gt=database_now() - RINGS_FOR,
    )
    return bool(sent.exists())


def subject() -> str:
    """The same for every page, whoever it is about."""
    return _("Please look at your desk")


def body() -> str:
    """Where to sign in; no name, no number, no count, no reason."""
    way = settings.PUBLIC_BASE_URL + reverse("account_login")
    return _("You are on call. Please sign in now:") + f"\n{way}"


def _text(user: User, number: str) -> str:
    with override(user.page_language):
        words = body()
    sent = twilio_api.call(
        "POST",
        "/Messages.json",
        data={"From": settings.TWILIO_SMS_FROM, "To": number, "Body": words},
    )
    return str(sent["sid"])


def _mail(user: User) -> str:
    reference = make_msgid(domain=settings.MAIL_REPLY_DOMAIN)
    headers = {"Message-ID": reference, "Auto-Submitted": "auto-generated"}
    with override(user.page_language):
        mail = EmailMessage(subject(), body() + "\n", to=[user.email], headers=headers)
    try:
        mail.send()
    except (OSError, SMTPException):
        raise CarrierError("unreachable", permanent=False) from None
    return reference.strip("<>")[:64]
