"""Break glass (to look) and danger cover (to act): one case, an hour, said why, reviewed."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from privacy import audit
from privacy.access import NotAllowed, acting, grant
from privacy.actor import Person
from privacy.clock import database_now
from privacy.exclusions import excluded_from
from privacy.models import Folder, Glass
from privacy.services import NotPossible, on_deed

GLASS_FOR: Final = timedelta(minutes=60)
WORDS_WITHIN: Final = timedelta(hours=24)
LEAST_WORDS: Final = 20

# One tap: why somebody looks into, or acts in, a case that is not theirs.
REASONS: Final = {
    Glass.Kind.LOOK: {
        "holder_away": _("whoever holds it cannot be reached"),
        "somebody_at_risk": _("somebody may be at risk"),
        "complaint": _("somebody complained about our work"),
        "court": _("a court or an authority asks"),
    },
    Glass.Kind.ACT: {
        "called": _("I was called for it"),
        "nobody_on": _("nobody who could is on shift"),
        "holder_away": _("whoever holds it cannot be reached"),
    },
}

# Told of each opening and renewal, in its transaction: supervisors and auditors hear of it.
on_opened: list[Callable[[Glass], None]] = []


@transaction.atomic
def open_glass(
    folder: Folder, *, kind: str, reason: str, also: Iterable[Folder] = (), by: Person
) -> Glass:
    """Open one case's folder, and those of its conversations (`also`), to a person for 60 minutes.

    The caller asked whether this person may, and looked for the fresh factor. A danger cover that
    runs is renewed; a look that runs is the same look. Raises NotAllowed for who is kept out.
    """
    if reason not in REASONS[Glass.Kind(kind)]:
        raise NotPossible(_now("Say why: one tap is enough."))
    if by.pk in excluded_from([folder.pk]):
        raise NotAllowed("excluded", folder=folder.pk)
    now = database_now()
    with acting(part="glass"):
        running = Glass.objects.filter(folder=folder, user=by.pk, kind=kind, until__gt=now)
        opened: Glass | None = running.order_by("opened_at").last()
        if opened is not None and kind == Glass.Kind.LOOK:
            return opened
        opened = _renewed(opened, now) if opened else _made(folder, kind, reason, now, by)
        for one in (folder, *also):
            grant(one, kind, to=by, until=opened.until, reason=reason, by=by)
        audit.record(kind, folder=folder.pk, subject="glass", subject_id=opened.pk, reason=reason)
        for tell in (*on_deed, *on_opened):
            tell(opened)
    return opened


@transaction.atomic
def say_why(opened: Glass, *, words: str, by: Person) -> None:
    """Give the words that are owed; once given they stay as they are."""
    if opened.user_id != by.pk:
        raise NotAllowed("glass", folder=opened.folder_id)
    if len(words.strip()) < LEAST_WORDS:
        raise NotPossible(_now("Say a little more: 20 characters at least."))
    with acting(part="glass"):
        row = Glass.objects.select_for_update().get(pk=opened.pk)
        if row.said_at is not None:
            raise NotPossible(_now("You have said why already."))
        row.words, row.said_at = words.strip(), database_now()
        row.save(update_fields=["words", "said_at"])
        audit.record("glass_said", folder=row.folder_id, subject="glass", subject_id=row.pk)


def owed(user: Person) -> list[Glass]:
    """For which openings a person has not said why yet, the oldest first.

    Asked as a part: they may have to say it when the case is out of their reach again.
    """
    with acting(part="glass"):
        rows = Glass.objects.filter(user=user.pk, said_at__isnull=True)
        return list(rows.order_by("opened_at"))


def running(user: Person, folder: Folder | None = None) -> list[Glass]:
    """The openings of a person that have not ended yet."""
    with acting(part="glass"):
        rows = Glass.objects.filter(user=user.pk, until__gt=database_now())
        rows = rows.filter(folder=folder) if folder else rows
        return list(rows.order_by("opened_at"))


def words_due(opened: Glass) -> datetime:
    """By when the words are owed (UTC)."""
    return opened.opened_at + WORDS_WITHIN


def _made(folder: Folder, kind: str, reason: str, now: datetime, by: Person) -> Glass:
    made = Glass(
        folder=folder,
        kind=kind,
        user_id=by.pk,
        reason=reason,
        opened_at=now,
        until=now + GLASS_FOR,
    )
    made.save(force_insert=True)
    return made


def _renewed(opened: Glass, now: datetime) -> Glass:
    opened.until, opened.renewed = now + GLASS_FOR, opened.renewed + 1
    opened.reviewed_at, opened.reviewed_by, opened.verdict = None, None, ""
    opened.save(update_fields=["until", "renewed", "reviewed_at", "reviewed_by", "verdict"])
    return opened
