"""What a supervisor does on the board: say that a reveal was looked at."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from insight import board
from privacy import audit
from privacy.models import AuditEvent
from privacy.services import NotPossible


@transaction.atomic
def review_reveal(event: AuditEvent, *, by: User) -> None:
    """Write down that somebody else looked at why a masked field was opened."""
    waiting = {seen.event.pk for seen in board.reveals(by)}
    if event.pk not in waiting:
        raise NotPossible(_("There is nothing to review here."))
    if event.actor == str(by.pk):
        raise NotPossible(_("Somebody else reviews what you opened."))
    audit.record("reveal_reviewed", folder=event.folder, subject="reveal", subject_id=event.pk)
