"""What a supervisor does on the board: say that a reveal or a cover was looked at."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from insight import board
from privacy import audit
from privacy.models import AuditEvent
from privacy.services import NotPossible


@transaction.atomic
def review_reveal(event: AuditEvent, *, by: User) -> None:
    """Write down that somebody else looked at why a field was opened, or a case covered."""
    waiting = {seen.event.pk for seen in board.reveals(by)}
    if event.pk not in waiting:
        raise NotPossible(_("There is nothing to review here."))
    if event.actor == str(by.pk):
        raise NotPossible(_("Somebody else reviews what you opened."))
    audit.record(
        f"{event.verb}_reviewed", folder=event.folder, subject=event.verb, subject_id=event.pk
    )
