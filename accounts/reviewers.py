"""Who looks at deeds afterwards; in a small desk, somebody from outside the line."""

from typing import Any
from uuid import UUID

from accounts.models import Role, User
from privacy.access import acting, grant
from privacy.exclusions import excluded_from
from privacy.models import CoSign, Folder


def see_to(deed: Any) -> None:
    """Hook of privacy: a single supervisor's own deed is reviewed by the safeguarding lead.

    Lends the lead only what a review takes, of this folder, until it is written; a co-sign is
    lent as what they are: safeguarding.
    """
    cosign = isinstance(deed, CoSign)
    actor: UUID = deed.asked_by_id if cosign else deed.user_id
    with acting(part="glass"):
        folder = Folder.objects.get(pk=deed.folder_id)
        if _others(Role.SUPERVISOR, folder, actor):
            return
        for lead in _others(Role.SAFEGUARDING_LEAD, folder, actor):
            capacity = "safeguarding" if cosign else "reviewing"
            grant(folder, capacity, to=lead, reason="small_desk", by=None)


def _others(role: str, folder: Folder, actor: UUID) -> list[User]:
    """Who holds a role in the folder's team, without whoever did it and whoever is kept out."""
    rows = User.objects.filter(is_active=True, duties__team=folder.team_id, duties__role=role)
    barred = {actor, *excluded_from([folder.pk])}
    return [one for one in rows.distinct() if one.pk not in barred]
