"""What the young person agreed to: who may agree, and what taking it back ends."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from cases.models import Case, Task
from privacy import needed
from privacy import services as privacy
from privacy.access import acting
from privacy.clock import database_now
from privacy.models import Consent, Folder
from privacy.services import NotPossible, Stopped

CHILD = "child"
GUARDIAN = "guardian"


@transaction.atomic
def record_consent(
    case: Case,
    *,
    purpose: str,
    given_by: str,
    how: str,
    language: str,
    told: bool = False,
    by: User,
) -> Consent:
    """Write down one consent of a case; a parent's counts only where parents are safe."""
    if given_by == GUARDIAN and case.guardian_safe != "yes":
        raise NotPossible(_("A parent or carer is not to be asked in this case."))
    made = privacy.record_consent(
        Folder.objects.get(pk=case.folder_id),
        purpose=purpose,
        given_by=given_by,
        how=how,
        language=language,
        told=told,
        by=by,
    )
    Case.objects.filter(pk=case.pk).touch()
    return made


@transaction.atomic
def withdraw_consent(case: Case, consent: Consent, *, by: User) -> Consent:
    """Take a consent back; what it stopped, and what had left, stands with it afterwards."""
    withdrawn = privacy.withdraw_consent(consent, by=by)
    Case.objects.filter(pk=case.pk).touch()
    return withdrawn


def on_withdrawn(consent: Consent) -> Stopped:
    """Hook of privacy: numbers kept for a filing go, and nobody is asked to follow up any more."""
    ended = needed.drop_with(consent)
    if consent.purpose == Consent.Purpose.FOLLOW_UP:
        with acting(part="triage"):
            rows = Task.objects.filter(
                folder=consent.folder_id, kind=Task.Kind.FOLLOW_UP, done_at__isnull=True
            )
            ended += rows.update(done_at=database_now())
    return Stopped(ended=ended)
