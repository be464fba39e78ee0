"""Changes of privacy's own: revealing a field, recording and withdrawing consent."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from privacy import audit
from privacy.access import Person, require
from privacy.clock import database_now
from privacy.models import CaseData, Consent, Folder, Reveal

REVEAL_FOR: Final = timedelta(minutes=10)


@dataclass(frozen=True)
class Stopped:
    """What withdrawing a consent did: how much ended unsent, and how much had left us before."""

    ended: int = 0
    sent: int = 0


# What a stage must do when consent is withdrawn; filled in each stage's `apps.py`.
on_consent_withdrawn: list[Callable[[Consent], Stopped]] = []

# Told of each deed that somebody else must look at afterwards, in its transaction: the row, which
# has a folder and a user. Whoever can review it is found then.
on_deed: list[Callable[[Any], None]] = []


# Asked before a field is revealed: raise NotPossible to refuse it (row, name of the field).
before_reveal: list[Callable[[CaseData, str], None]] = []


class NotPossible(Exception):
    """The change is allowed to this person but not possible now; `str()` says why, to them."""


@transaction.atomic
def reveal(row: CaseData, *, field: str, purpose: str, words: str, by: Person) -> Reveal:
    """Open one masked field to one person for ten minutes; `words` say what for (required)."""
    klass = row._meta.get_field(field).db_comment or ""  # type: ignore[union-attr]
    require(by, row.folder_id, klass, "m")
    require(by, row.folder_id, klass, "w")  # who only sees the shape has nothing to reveal it for
    if purpose not in Reveal.Purpose.values or not words.strip():
        raise NotPossible(_("Choose a purpose and say in a few words what you need it for."))
    for ask in before_reveal:
        ask(row, field)
    now = database_now()
    made = Reveal(
        folder_id=row.folder_id,
        user_id=by.pk,
        subject=row._meta.label_lower,
        subject_id=row.pk,
        field=field,
        purpose=purpose,
        words=words,
        at=now,
        until=now + REVEAL_FOR,
    )
    made.save(force_insert=True)
    audit.record(
        "reveal",
        folder=row.folder_id,
        subject=row._meta.label_lower,
        subject_id=row.pk,
        classes=[klass],
        reason=purpose,
    )
    for tell in on_deed:
        tell(made)
    return made


@transaction.atomic
def set_aside(row: CaseData, *, rule: str, purpose: str, words: str, by: Person) -> Reveal:
    """Act for ten minutes against a rule that protects somebody: said why, and reviewed, as a look.

    `rule` names it (a code); the caller asked whether this person may, and does what follows.
    """
    if purpose not in Reveal.Purpose.values or not words.strip():
        raise NotPossible(_("Choose a purpose and say in a few words what you need it for."))
    now = database_now()
    made = Reveal(
        folder_id=row.folder_id,
        user_id=by.pk,
        subject=row._meta.label_lower,
        subject_id=row.pk,
        field=rule,
        purpose=purpose,
        words=words,
        at=now,
        until=now + REVEAL_FOR,
    )
    made.save(force_insert=True)
    for tell in on_deed:
        tell(made)
    return made


@transaction.atomic
def record_consent(
    folder: Folder,
    *,
    purpose: str,
    given_by: str,
    language: str,
    how: str,
    subject_id: UUID | None = None,
    told: bool = False,
    by: Person,
) -> Consent:
    """Write down what the young person agreed to: one purpose, by whom, how, in what language.

    `told`: what cannot be taken back was named to them first. Without it there is no consent to an
    irrevocable purpose (`Consent.IRREVOCABLE`): NotPossible.
    """
    require(by, folder.pk, "category")
    if purpose in Consent.IRREVOCABLE and not told:
        raise NotPossible(_("First tell them what cannot be taken back, and note that you did."))
    made = Consent(
        folder=folder,
        purpose=purpose,
        given_by=given_by,
        language=language,
        how=how,
        subject_id=subject_id,
        told=told,
        recorded_by_id=by.pk,
    )
    made.save(force_insert=True)
    audit.record("consent", folder=folder.pk, subject="consent", subject_id=made.pk, reason=purpose)
    return made


@transaction.atomic
def withdraw_consent(consent: Consent, *, by: Person) -> Consent:
    """Withdraw a consent; every stage cancels what is open and unsent under it.

    How much ended, and how much had left us already, stays with the consent: the child is told.
    """
    require(by, consent.folder_id, "category")
    if consent.withdrawn_at is not None:
        return consent
    consent.withdrawn_at, consent.withdrawn_by_id = database_now(), by.pk
    consent.save(update_fields=["withdrawn_at", "withdrawn_by"])
    told = [react(consent) for react in on_consent_withdrawn]
    consent.stopped = sum(one.ended for one in told)
    consent.already_sent = sum(one.sent for one in told)
    consent.save(update_fields=["stopped", "already_sent"])
    audit.record(
        "consent_withdrawn",
        folder=consent.folder_id,
        subject="consent",
        subject_id=consent.pk,
        reason=consent.purpose,
    )
    return consent


def has_consent(folder: UUID, purpose: str, subject_id: UUID | None = None) -> bool:
    """Whether a consent for the purpose stands (for this referral, where one is named)."""
    standing = Consent.objects.filter(folder=folder, purpose=purpose, withdrawn_at__isnull=True)
    if subject_id is not None:
        standing = standing.filter(subject_id=subject_id)
    return bool(standing.exists())
