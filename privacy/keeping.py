"""Changes of how long something is kept: periods, lawful bases, and legal holds of two people."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from privacy import audit, holds
from privacy.access import NotAllowed, Person, capacities, require
from privacy.classes import OPERATIONAL
from privacy.clock import database_now
from privacy.models import Folder, KeepPeriod, LawfulBasis, LegalHold
from privacy.periods import FORGOTTEN_CLASSES, home
from privacy.services import NotPossible

REVIEWED_EVERY: Final = timedelta(days=90)
HOLDABLE: Final = tuple(klass for klass in FORGOTTEN_CLASSES if klass != OPERATIONAL)


@transaction.atomic
def set_period(
    klass: str,
    *,
    keep: str,
    at_least: str,
    jurisdiction: str,
    valid_from: date,
    source: str,
    confirmed_by: str,
    by: Person | None,
) -> KeepPeriod:
    """Write how long a class is kept from a day on. The caller has checked the right.

    Rows are never changed: a correction is another row. Raises NotPossible for a day that is past.
    """
    if klass not in FORGOTTEN_CLASSES:
        raise NotPossible(_("This class has no time of its own."))
    if valid_from < database_now().date():
        raise NotPossible(_("A day that is past keeps the rule it had. Choose today or later."))
    made = KeepPeriod(
        data_class=klass,
        jurisdiction=jurisdiction,
        keep=keep,
        at_least=at_least,
        valid_from=valid_from,
        source=source,
        confirmed_by=confirmed_by,
        made_by_id=by.pk if by else None,
    )
    made.save(force_insert=True)
    audit.record("keep_period", subject="keep_period", subject_id=made.pk, classes=[klass])
    return made


@transaction.atomic
def set_basis(
    folder: Folder, *, basis: str, jurisdiction: str = "", by: Person | None
) -> LawfulBasis:
    """Write on what legal ground a folder is kept from today on; what was before stays written."""
    require(by, folder.pk, OPERATIONAL)
    made = LawfulBasis(
        folder=folder,
        basis=basis,
        jurisdiction=jurisdiction or home(),
        valid_from=database_now().date(),
        recorded_by_id=by.pk if by else None,
    )
    made.save(force_insert=True)
    audit.record("lawful_basis", folder=folder.pk, subject="lawful_basis", reason=basis)
    return made


@transaction.atomic
def ask_hold(folders: Sequence[Folder], *, classes: Iterable[str], reason: str, by: Person) -> UUID:
    """Propose that classes of one matter's folders are not forgotten; the key of the matter.

    A supervisor asks; it holds nothing until a second person agrees. Raises NotPossible.
    """
    named = sorted(set(classes))
    if not named or not set(named) <= set(HOLDABLE) or reason not in LegalHold.Reason.values:
        raise NotPossible(_("Choose a reason and what must be kept."))
    matter = uuid.uuid4()
    for folder in folders:
        _require_supervision(folder.pk, by)
        LegalHold(
            folder=folder,
            matter=matter,
            classes=",".join(named),
            reason=reason,
            asked_by_id=by.pk,
        ).save(force_insert=True)
        audit.record("hold_asked", folder=folder.pk, subject="hold", classes=named, reason=reason)
    return matter


@transaction.atomic
def agree_hold(matter: UUID, *, by: Person) -> None:
    """The second person's word: from now on it holds. Raises NotAllowed or NotPossible."""
    for hold in _rows(matter, by):
        if hold.agreed_at is not None or hold.ended_at is not None:
            raise NotPossible(_("This was decided already."))
        if hold.asked_by_id == by.pk:
            raise NotPossible(_("Somebody else must agree: a hold needs two people."))
        now = database_now()
        hold.agreed_by_id, hold.agreed_at = by.pk, now
        hold.review_on = now.date() + REVIEWED_EVERY
        hold.save(update_fields=["agreed_by", "agreed_at", "review_on"])
        _record("hold_set", hold)


@transaction.atomic
def review_hold(matter: UUID, *, by: Person) -> None:
    """Say that a hold is still needed: for ninety days more. A supervisor does it."""
    for hold in _rows(matter, by):
        _require_supervision(hold.folder_id, by)
        if hold not in holds.in_force([hold.folder_id]):
            raise NotPossible(_("This hold does not stand any more."))
        hold.review_on, hold.reviewed_by_id = database_now().date() + REVIEWED_EVERY, by.pk
        hold.save(update_fields=["review_on", "reviewed_by"])
        _record("hold_reviewed", hold)


@transaction.atomic
def end_hold(matter: UUID, *, by: Person) -> None:
    """End a hold, or refuse one that was asked for: what is overdue is forgotten this night."""
    for hold in _rows(matter, by):
        if hold.agreed_at is not None:
            _require_supervision(hold.folder_id, by)
        if hold.ended_at is None:
            hold.ended_at, hold.ended_by_id = database_now(), by.pk
            hold.save(update_fields=["ended_at", "ended_by"])
            _record("hold_ended", hold)


def _rows(matter: UUID, by: Person) -> list[LegalHold]:
    """The rows of one matter, held. Raises NotAllowed for who may not change its folders."""
    rows = list(LegalHold.objects.select_for_update().filter(matter=matter).order_by("pk"))
    if not rows:
        raise NotAllowed("hold")
    for hold in rows:
        require(by, hold.folder_id, OPERATIONAL)
    return rows


def _require_supervision(folder: UUID, by: Person) -> None:
    if "supervise" not in capacities(by, [folder])[folder]:
        raise NotAllowed("supervise", folder=folder)


def _record(verb: str, hold: LegalHold) -> None:
    audit.record(
        verb,
        folder=hold.folder_id,
        subject="hold",
        subject_id=hold.pk,
        classes=holds.classes_of(hold),
        reason=hold.reason,
    )
