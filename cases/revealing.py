"""What of a case may be revealed, and the row it stands on."""

from typing import Final
from uuid import UUID

from django.shortcuts import get_object_or_404

from accounts.models import User
from cases.holding import linked
from cases.models import Case
from intake.models import Identity
from privacy.models import CaseData, Needed

# The word in the address, the record it stands on, its field.
REVEALABLE: Final[dict[str, tuple[type[CaseData], str]]] = {
    "name": (Case, "name"),
    "school": (Case, "school"),
    "safe-words": (Case, "safe_words"),
    "address": (Identity, "value"),
    "document": (Needed, "document"),
}


def revealable(case: Case, what: str, key: UUID, user: User) -> tuple[CaseData, str]:
    """The row of this case a masked field stands on, if this person may know of it; else 404."""
    model, field = REVEALABLE[what]
    rows = model._default_manager.visible_to(user).filter(pk=key)
    if model is Identity:
        rows = rows.filter(conversation__in=linked(case))
    else:
        rows = rows.filter(folder=case.folder_id)
    return get_object_or_404(rows), field
