"""What a partner does through their link, without an account: open it, answer, tell the outcome."""

import secrets
from enum import Enum
from hmac import compare_digest

from django.db import transaction
from django.utils.translation import gettext as _

from privacy import audit
from privacy.access import acting
from privacy.clock import database_now
from privacy.models import Consent
from privacy.services import NotPossible, has_consent
from reference.reading import is_code
from reference.vocabulary import Kind
from referrals import handover, links
from referrals.models import Packet, PartnerLink, SupportReferral
from referrals.progress import State, move


class Opening(Enum):
    """What came of typing a code."""

    OPEN = "open"
    WRONG = "wrong"
    SHUT = "shut"


def find_link(token: str) -> PartnerLink | None:
    """The link of an address, while it leads anywhere; None for unknown, ended, locked, expired."""
    link = links.by_token(token)
    return link if link is not None and link.opens(database_now()) else None


@transaction.atomic
def open_door(link: PartnerLink, *, code: str) -> tuple[Opening, str]:
    """Try a code; when it is right, bind the link to this browser and return the browser's secret.

    A link opens in one browser only: a colleague, or another device, asks for a new one. Answers
    instead of raising, so that a wrong try is counted whatever happens next.
    """
    link = PartnerLink.objects.select_for_update().get(pk=link.pk)
    if link.bound or not link.opens(database_now()):
        return Opening.SHUT, ""
    if not links.code_is(link, code):
        link.tries += 1
        link.save(update_fields=["tries"])
        _note("door_wrong_code", link)
        if link.locked:
            _note("door_locked", link)
        return (Opening.SHUT if link.locked else Opening.WRONG), ""
    secret = secrets.token_urlsafe(32)
    link.bound = links.fingerprint(secret)
    link.save(update_fields=["bound"])
    referral = referral_of(link)
    if referral.state == State.SENT:
        move(referral, State.VIEWED)
    _note("door_opened", link)
    return Opening.OPEN, secret


def is_bound_to(link: PartnerLink, secret: str) -> bool:
    """Whether the browser that shows this secret is the one that typed the code."""
    return bool(link.bound and secret) and compare_digest(link.bound, links.fingerprint(secret))


def referral_of(link: PartnerLink) -> SupportReferral:
    """The one referral of a link. Run inside `acting(link=...)`: the wall decides."""
    return SupportReferral.objects.select_related("service").get(pk=link.referral_id)  # type: ignore[no-any-return]


def show(link: PartnerLink) -> handover.Content:
    """What was shared with this partner, on the record. Run inside `acting(link=...)`.

    Whether a parent may hear of it is asked anew at every reading: a home that was safe when this
    was sent may not be today.
    """
    packet = Packet.objects.get(referral=link.referral_id)
    _note("packet_viewed", link)
    return handover.as_of_now(handover.read(packet), _guardian_safe_now(link))


@transaction.atomic
def accept(link: PartnerLink) -> None:
    """The partner takes it on; the link stays until the outcome can be known."""
    referral = _answering(link)
    move(referral, State.ACCEPTED)
    with acting(part="referrals"):
        links.keep_for_outcome(link, referral)
    _note("partner_accepted", link)


@transaction.atomic
def decline(link: PartnerLink, *, reason: str) -> None:
    """The partner cannot; `reason` is a `decline_reason` code. The link ends."""
    referral = _answering(link)
    if not is_code(Kind.DECLINE_REASON, reason):
        raise NotPossible(_("Choose a reason."))
    move(referral, State.DECLINED, decline_reason=reason)
    _shut(referral)
    _note("partner_declined", link)


@transaction.atomic
def report_outcome(link: PartnerLink, *, state: str) -> None:
    """What came of an accepted referral; the link ends with the last word."""
    referral = _answering(link)
    if state not in (State.FIRST_SEEN, State.COMPLETED, State.NOT_REACHED):
        raise NotPossible(_("Choose what came of it."))
    move(referral, state)
    if not referral.is_open:
        _shut(referral)
    _note("partner_outcome", link)


def ended_as(link: PartnerLink) -> str:
    """The state in which the referral ended, to say goodbye by; only for a browser that was in."""
    with acting(part="referrals"):
        return referral_of(link).state


def _guardian_safe_now(link: PartnerLink) -> str:
    with acting(part="referrals"):
        rows = SupportReferral.objects.filter(pk=link.referral_id)
        return str(rows.values_list("case__guardian_safe", flat=True).get())


def _answering(link: PartnerLink) -> SupportReferral:
    referral = referral_of(link)
    if not has_consent(referral.folder_id, Consent.Purpose.REFERRAL, referral.pk):
        raise NotPossible(_("The young person has taken their agreement back."))
    return referral


def _shut(referral: SupportReferral) -> None:
    with acting(part="referrals"):
        links.end(referral, by=None)


def _note(verb: str, link: PartnerLink) -> None:
    with acting(part="referrals"):
        folder = SupportReferral.objects.values_list("folder_id", flat=True).get(
            pk=link.referral_id
        )
    audit.record(verb, folder=folder, subject="referral", subject_id=link.referral_id)
