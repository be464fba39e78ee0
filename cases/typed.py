"""What is typed into the forms of a case and not yet saved: a lock or a crash loses none of it."""

import re
from typing import Final

from django.db import transaction

from accounts.models import User
from cases.models import Case, Typed
from privacy import audit
from privacy.access import require
from privacy.classes import NARRATIVE
from privacy.clock import database_now
from privacy.minimise import minimised_all
from privacy.services import NotPossible

# A form and one of its fields, as the page names them.
_PLACE: Final = re.compile(r"[a-z-]{1,30}\.[a-z_]{1,30}")


@transaction.atomic
def save_typed(case: Case, *, place: str, text: str, by: User) -> None:
    """Keep what somebody is typing, sealed under the case's own key; empty text is none."""
    require(by, case.folder_id, NARRATIVE)
    if not _PLACE.fullmatch(place):
        raise NotPossible("place")
    row = Typed.objects.filter(case=case, user=by, place=place).first()
    if row is None and not text:
        return
    row = row or Typed(folder_id=case.folder_id, case=case, user=by, place=place)
    fresh = row._state.adding
    row.body, row.at = text or None, database_now()
    row.save(force_insert=fresh, force_update=not fresh)
    if fresh:
        audit.record("draft", folder=case.folder_id, subject="case", subject_id=case.pk)


def typed_of(case: Case, *, by: User) -> dict[str, str]:
    """What this person typed and did not save, by place."""
    rows = Typed.objects.visible_to(by).filter(case=case, user=by, body__isnull=False)
    seen = minimised_all(list(rows), by)
    return {str(row.place): str(row.body) for row in seen if row.body}


@transaction.atomic
def drop_typed(case: Case, *, form: str, by: User) -> None:
    """A form was saved: what was kept of it is used up."""
    rows = Typed.objects.filter(case=case, user=by, place__startswith=f"{form}.")
    rows.update(body=None, at=database_now())
