"""Legal holds on a case and all that belongs to it, and the ground on which it is kept."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from accounts.models import User
from cases.holding import conversation_folders, require_supervision
from cases.models import Case
from privacy import holds, keeping
from privacy.models import Folder, LawfulBasis, LegalHold


@transaction.atomic
def ask_hold(case: Case, *, classes: Iterable[str], reason: str, by: User) -> UUID:
    """Propose that named classes of a case and its conversations are kept; key of the matter.

    A second person agrees (`privacy.keeping.agree_hold`). Raises NotAllowed, NotPossible.
    """
    require_supervision(case, by=by)
    folders = [Folder.objects.get(pk=case.folder_id), *conversation_folders(case)]
    return keeping.ask_hold(folders, classes=classes, reason=reason, by=by)


def matters_of(case: Case, user: User) -> list[LegalHold]:
    """Holds on a case that are asked for or stand, as far as this person may know of them."""
    rows = LegalHold.objects.visible_to(user).filter(folder=case.folder_id, ended_at__isnull=True)
    return list(rows.select_related("asked_by", "agreed_by").order_by("asked_at"))


def basis_of(case: Case, user: User) -> LawfulBasis | None:
    """The ground on which a case is kept today."""
    rows = LawfulBasis.objects.visible_to(user).filter(folder=case.folder_id)
    found: LawfulBasis | None = rows.order_by("-valid_from", "-recorded_at").first()
    return found


def hold_on(case: Case) -> LegalHold | None:
    """A hold that stands on a case, the oldest first."""
    return holds.in_force([case.folder_id]).order_by("agreed_at").first()
