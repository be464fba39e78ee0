"""A partner's link: its random token, the code said another way, and how it ends."""

import hashlib
import secrets
import unicodedata
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password

from privacy.access import grant, revoke
from privacy.actor import Person
from privacy.clock import database_now
from privacy.models import Folder
from referrals.models import LinkLetter, PartnerLink, SupportReferral

# How long a link waits for an answer, and how long an accepted one stays for the outcome.
ANSWER_WITHIN: Final = timedelta(days=14)
OUTCOME_WITHIN: Final = timedelta(days=90)

_TOKEN_BYTES: Final = 32
_CODE_DIGITS: Final = 8


def make(referral: SupportReferral, *, by: Person | None) -> tuple[LinkLetter, str]:
    """A fresh link with its grant and the letter that carries it; returns letter and clear code.

    The code is nowhere but in the answer: it is said to the partner, and kept only as a slow hash.
    Earlier links of the referral end. Run inside `acting(part="referrals")`.
    """
    end(referral, by=by)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    code = "".join(secrets.choice("0123456789") for _ in range(_CODE_DIGITS))
    link = PartnerLink(
        referral_id=referral.pk,
        token=fingerprint(token),
        code=make_password(code),
        expires_at=database_now() + ANSWER_WITHIN,
    )
    link.save(force_insert=True)
    open_to(link, referral, by=by)
    letter = LinkLetter(
        folder_id=referral.folder_id,
        referral=referral,
        kind=LinkLetter.Kind.LINK,
        token=token,
        link=link,
    )
    letter.save(force_insert=True)
    return letter, f"{code[:4]} {code[4:]}"


def open_to(link: PartnerLink, referral: SupportReferral, *, by: Person | None) -> None:
    """Let the link reach its referral until it expires."""
    folder = Folder.objects.get(pk=referral.folder_id)
    grant(folder, "partner", link=link.pk, until=link.expires_at, reason="referral", by=by)


def keep_for_outcome(link: PartnerLink, referral: SupportReferral) -> None:
    """An accepted referral's link stays until the outcome can be known."""
    link.expires_at = database_now() + OUTCOME_WITHIN
    link.save(update_fields=["expires_at"])
    open_to(link, referral, by=None)


def end(referral: SupportReferral, *, by: Person | None) -> int:
    """End every link of a referral, and empty letters not yet sent; returns how many ended."""
    ended = 0
    for link in PartnerLink.objects.filter(referral_id=referral.pk, revoked_at__isnull=True):
        link.revoked_at = database_now()
        link.save(update_fields=["revoked_at"])
        revoke(referral.folder_id, capacity="partner", link=link.pk, by=by)
        ended += 1
    LinkLetter.objects.filter(referral=referral).update(token=None)
    return ended


def latest(referral: SupportReferral) -> PartnerLink | None:
    """The link made last, whatever became of it."""
    return (
        PartnerLink.objects.filter(referral_id=referral.pk).order_by("-created_at", "-pk").first()
    )


def locked_among(referrals: set[UUID]) -> set[UUID]:
    """The referrals whose standing link wrong codes have closed."""
    shut = PartnerLink.objects.filter(
        referral_id__in=referrals, revoked_at__isnull=True, tries__gte=PartnerLink.TRIES
    )
    return set(shut.values_list("referral_id", flat=True))


def by_token(token: str) -> PartnerLink | None:
    """The link that a token in an address belongs to."""
    return PartnerLink.objects.filter(token=fingerprint(token)).first()


def fingerprint(token: str) -> str:
    """What is stored of a random 256-bit token."""
    return hashlib.sha256(token.encode()).hexdigest()


def code_is(link: PartnerLink, typed: str) -> bool:
    """Whether a typed code is the link's; digits of any script, spaces and dashes do not matter."""
    digits = "".join(str(unicodedata.digit(sign)) for sign in typed if sign.isdigit())
    return check_password(digits, link.code)


def state_of(link: PartnerLink | None) -> str:
    """What staff are told of a link: none, waiting, opened, locked, expired or ended."""
    if link is None:
        return "none"
    if link.revoked_at is not None:
        return "ended"
    if link.locked:
        return "locked"
    if not link.opens(database_now()):
        return "expired"
    return "opened" if link.bound else "waiting"
