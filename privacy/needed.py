"""Just in time: a document number exists for one chosen filing, until that is sent."""

from django.db import transaction
from django.utils.translation import gettext as _

from privacy import audit
from privacy.access import require
from privacy.actor import Person
from privacy.classes import IDENTITY
from privacy.clock import database_now
from privacy.models import Consent, Folder, Needed
from privacy.services import NotPossible, has_consent


@transaction.atomic
def keep_for(folder: Folder, *, needed_for: str, document: str, by: Person) -> Needed:
    """Keep a document number for one filing the person chose; again: in place of the former.

    Raises NotPossible for any other purpose, and until their consent to that filing stands.
    """
    require(by, folder.pk, IDENTITY)
    if needed_for not in Needed.For.values:
        raise NotPossible(_("This is not one of the choices."))
    if not has_consent(folder.pk, needed_for):
        raise NotPossible(_("First write down that they agreed to this filing."))
    if not document.strip():
        raise NotPossible(_("Write something first."))
    forget_for(folder, needed_for=needed_for)
    made = Needed(
        folder=folder, needed_for=needed_for, document=document.strip(), written_by_id=by.pk
    )
    made.save(force_insert=True)
    audit.record(
        "document_kept",
        folder=folder.pk,
        subject="needed",
        subject_id=made.pk,
        classes=[IDENTITY],
        reason=needed_for,
    )
    return made


@transaction.atomic
def filing_sent(folder: Folder, *, needed_for: str, by: Person) -> int:
    """The filing is on its way: what it alone needed is forgotten. Says how many values went."""
    require(by, folder.pk, IDENTITY)
    return forget_for(folder, needed_for=needed_for, sent=True)


def forget_for(folder: Folder, *, needed_for: str, sent: bool = False) -> int:
    """Clear the values kept for a filing, in the caller's transaction, whoever acts."""
    rows = Needed.objects.filter(folder=folder, needed_for=needed_for, document__isnull=False)
    at = database_now()
    gone = rows.update(document=None, **({"sent_at": at} if sent else {}))
    if gone:
        audit.record("document_forgotten", folder=folder.pk, classes=[IDENTITY], reason=needed_for)
    return int(gone)


def drop_with(consent: Consent) -> int:
    """What a withdrawn consent to a filing takes with it."""
    if consent.purpose not in Needed.For.values:
        return 0
    return forget_for(consent.folder, needed_for=consent.purpose)
