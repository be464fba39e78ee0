"""The letter to a partner: a link and nothing else."""

from email.utils import make_msgid
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from intake.models import OutboundMessage
from intake.registry import Carrier, CarrierError, NotKnown
from privacy.access import acting
from privacy.fields import unseal
from referrals.models import LinkLetter, Service


class PartnerMail(Carrier):
    """The outbox carrier `partner_mail`; its subject is a LinkLetter."""

    def send(self, outbound: OutboundMessage) -> str:
        """Send one letter. A letter whose token is gone was taken back meanwhile."""
        if outbound.subject_id is None:
            raise CarrierError("our_fault", permanent=True)
        with acting(part="referrals"):
            letters = LinkLetter.objects.select_related("referral__service")
            letter = letters.get(pk=outbound.subject_id)
            service, token = letter.referral.service, unseal(letter, "token")
        if letter.kind == LinkLetter.Kind.LINK and token is None:
            raise CarrierError("withdrawn", permanent=True)
        reference = make_msgid(domain=settings.MAIL_REPLY_DOMAIN)
        _send(_write(service, token, reference))
        return reference.strip("<>")[:64]

    def settled(self, outbound: OutboundMessage) -> None:
        """Whatever came of it, the token is not kept: nobody sends the same letter again."""
        with acting(part="referrals"):
            LinkLetter.objects.filter(pk__in=[outbound.subject_id]).update(token=None)


def _write(service: Service, token: str | None, reference: str) -> EmailMessage:
    with translation.override(language_of(service)):
        if token is None:
            subject = _("A page has been closed")
            lines = [
                _("A page that was prepared for you has been closed, at the person's own wish."),
                _("Please do nothing more with it, and delete what you may have kept."),
            ]
        else:
            subject = _("A page for you")
            lines = [
                settings.PUBLIC_BASE_URL + reverse("referrals:door", args=[token]),
                _("It opens with a code that reaches you another way."),
            ]
    headers = {"Message-ID": reference, "Auto-Submitted": "auto-generated"}
    return EmailMessage(subject, "\n\n".join(lines) + "\n", to=[service.email], headers=headers)


def language_of(service: Service) -> str:
    """The first of a partner's languages that our pages speak; English otherwise."""
    ours = {code for code, _name in settings.LANGUAGES}
    spoken = (str(tag).split("-")[0] for tag in service.languages)
    return next((code for code in spoken if code in ours), "en")


def _send(mail: EmailMessage) -> None:
    server = get_connection()
    try:
        server.open()
    except (SMTPException, OSError):
        raise CarrierError("busy", permanent=False) from None
    try:
        server.send_messages([mail])
    except SMTPRecipientsRefused:
        raise CarrierError("wrong_address", permanent=True) from None
    except SMTPResponseException as error:
        raise CarrierError("mail_server", permanent=error.smtp_code >= 500) from None
    except (SMTPException, OSError):
        raise NotKnown("mail_server") from None
    finally:
        server.close()
