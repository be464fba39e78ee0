"""Looking at deeds afterwards: reveals, broken glass, danger covers; never by who did them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from privacy import audit
from privacy.access import NotAllowed, acting, may, revoke
from privacy.actor import Person
from privacy.classes import NARRATIVE
from privacy.clock import database_now
from privacy.models import Glass, Reveal, Reviewed
from privacy.services import NotPossible

Deed = Reveal | Glass

REVIEW_WITHIN: Final = timedelta(days=7)
LEAST_A_LINE: Final = 10


def open_deeds(user: Person) -> list[Deed]:
    """What waits for a review that this person may give, broken glass first, then the oldest."""
    glass = Glass.objects.reviewable_by(user).filter(reviewed_at__isnull=True)
    reveals = Reveal.objects.reviewable_by(user).filter(reviewed_at__isnull=True)
    return [*glass.order_by("opened_at"), *reveals.order_by("at")]


def closed_deeds(user: Person, *, limit: int) -> list[Deed]:
    """What was reviewed last, of what this person may review; the newest first."""
    found: list[Deed] = []
    for model in (Glass, Reveal):
        rows = model.objects.reviewable_by(user).filter(reviewed_at__isnull=False)
        found += rows.order_by("-reviewed_at")[:limit]
    return sorted(found, key=lambda one: one.reviewed_at or one.until, reverse=True)[:limit]


def done_at(deed: Deed) -> datetime:
    """When it was done (UTC)."""
    return deed.opened_at if isinstance(deed, Glass) else deed.at


def review_due(deed: Deed) -> datetime:
    """By when somebody else has looked at it (UTC)."""
    return done_at(deed) + REVIEW_WITHIN


@transaction.atomic
def review(deed: Deed, *, verdict: str, lines: Sequence[str] = (), by: Person) -> None:
    """Say what one thinks of a colleague's deed; of broken glass and covers in two lines.

    Raises NotAllowed for who may not review it, NotPossible for who did it and for what is missing.
    """
    if not may(by, deed.folder_id, NARRATIVE, "y"):
        raise NotAllowed("review", folder=deed.folder_id)
    if deed.user_id == by.pk:
        raise NotPossible(_("Somebody else reviews what you opened."))
    if verdict not in Reviewed.Verdict.values:
        raise NotPossible(_("Say whether it was fine."))
    written = [line.strip() for line in lines if len(line.strip()) >= LEAST_A_LINE]
    if isinstance(deed, Glass) and len(written) < 2:
        raise NotPossible(_("Write both lines: what it was for, and what follows from it."))
    with acting(part="glass"):
        row = type(deed).objects.select_for_update().get(pk=deed.pk)
        if row.reviewed_at is not None:
            raise NotPossible(_("Somebody has reviewed this already."))
        row.reviewed_at, row.reviewed_by_id, row.verdict = database_now(), by.pk, verdict
        names = ["reviewed_at", "reviewed_by", "verdict"]
        if isinstance(row, Glass):
            row.review = "\n".join(written)
            names.append("review")
        row.save(update_fields=names)
        audit.record(
            f"{verb_of(row)}_reviewed",
            folder=row.folder_id,
            subject=verb_of(row),
            subject_id=row.pk,
            reason=verdict,
        )
        _give_back(row, by)


def verb_of(deed: Deed) -> str:
    """What the record calls it."""
    return str(deed.kind) if isinstance(deed, Glass) else "reveal"


def to_talk_about(user: Person) -> list[Deed]:
    """A person's own deeds of late that a reviewer wants to talk about with them."""
    since = database_now() - REVIEW_WITHIN
    found: list[Deed] = []
    with acting(part="glass"):
        for model in (Glass, Reveal):
            rows = model.objects.filter(
                user=user.pk, verdict=Reviewed.Verdict.TALK, reviewed_at__gt=since
            )
            found += rows.order_by("reviewed_at")
    return found


def _give_back(deed: Deed, by: Person) -> None:
    """A reviewer lent from outside the line leaves the folder with the last review they are for."""
    waiting = {"folder": deed.folder_id, "user": deed.user_id, "reviewed_at__isnull": True}
    if not any(model.objects.filter(**waiting).exists() for model in (Glass, Reveal)):
        revoke(deed.folder_id, capacity="reviewing", by=by)
