"""Breaking glass on a case one cannot see, by its code; and the words that are owed for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Role, User
from cases.holding import conversation_folders
from cases.models import Case
from privacy import audit, glass, reviews
from privacy.access import acting, may
from privacy.classes import NARRATIVE
from privacy.clock import database_now
from privacy.exclusions import shut_to
from privacy.models import AuditEvent, Glass
from privacy.services import NotPossible

# Who may look into a case of their own team that is not theirs.
LOOKERS: Final = frozenset({Role.COUNSELLOR, Role.SUPERVISOR, Role.ON_CALL})
# Codes are not to be guessed: so many that opened nothing, within so long.
TRIES: Final = 10
TRIES_WITHIN: Final = timedelta(hours=1)
_REFUSED: Final = "glass_refused"


@dataclass(frozen=True)
class Owed:
    """An opening for which its person has not said why yet."""

    key: UUID
    kind: str
    code: str
    opened_at: datetime
    due_at: datetime

    @property
    def is_late(self) -> bool:
        return self.due_at <= database_now()


@transaction.atomic
def break_glass(code: str, *, reason: str, by: User) -> Case | None:
    """Open one case of the person's teams to them, to read, for an hour; the alarm rings at once.

    None, in the same way, for a code that does not exist, one of another team, one that its
    reporter had hidden and one this person is kept out of. Who reads the case already has no need.
    The caller looked for the fresh factor.
    """
    if reason not in glass.REASONS[Glass.Kind.LOOK]:
        raise NotPossible(_("Say why: one tap is enough."))
    if _tries(by) >= TRIES:
        raise NotPossible(_("Too many codes that opened nothing. Try again in an hour."))
    teams = by.duties.filter(role__in=LOOKERS).values_list("team", flat=True)
    with acting(part="glass"):
        # One question for all that open nothing, so that each takes as long as the others.
        rows = Case.objects.filter(
            code=code.strip().upper(),
            folder__team__in=list(teams),
            folder__hidden_at__isnull=True,
        )
        case: Case | None = rows.exclude(folder__in=shut_to(by)).select_related("folder").first()
    if case is None:
        audit.record(_REFUSED, subject="glass")
        return None
    if not may(by, case.folder_id, NARRATIVE, "r"):
        with acting(part="glass"):
            also = conversation_folders(case)
            Case.objects.filter(pk=case.pk).touch()
        glass.open_glass(case.folder, kind=Glass.Kind.LOOK, reason=reason, also=also, by=by)
    return case


def owed(user: User) -> list[Owed]:
    """What a person's desk asks them to say, with the codes they opened."""
    rows = glass.owed(user)
    codes = codes_of([row.folder_id for row in rows])
    return [
        Owed(row.pk, row.kind, codes.get(row.folder_id, ""), row.opened_at, glass.words_due(row))
        for row in rows
    ]


def find_owed(user: User, key: UUID) -> Glass | None:
    """One of the openings a person owes words for."""
    return next((row for row in glass.owed(user) if row.pk == key), None)


@dataclass(frozen=True)
class ToTalk:
    """A deed of one's own that its reviewer wants to talk about."""

    code: str
    who: str
    at: datetime


def to_talk_about(user: User) -> list[ToTalk]:
    """What reviewers want to talk about with this person, by code and reviewer's name."""
    rows = reviews.to_talk_about(user)
    codes = codes_of([row.folder_id for row in rows])
    names = dict(
        User.objects.filter(pk__in=[row.reviewed_by_id for row in rows]).values_list("pk", "name")
    )
    return [
        ToTalk(codes.get(row.folder_id, ""), names[row.reviewed_by_id], reviews.done_at(row))
        for row in rows
        if row.reviewed_by_id
    ]


def codes_of(folders: Sequence[UUID]) -> dict[UUID, str]:
    """The codes of cases their people opened themselves, whether they reach them still or not."""
    with acting(part="glass"):
        return dict(Case.objects.filter(folder__in=folders).values_list("folder", "code"))


def alarm(user: User) -> bool:
    """Whether somebody looked or acted beyond their own cases and this person has it to review."""
    waiting = Glass.objects.reviewable_by(user).filter(reviewed_at__isnull=True)
    return bool(waiting.exclude(user=user).exists())


def running(case: Case, user: User) -> Glass | None:
    """The person's own opening of this case that has not ended yet."""
    return next(iter(glass.running(user, case.folder)), None)


def _tries(by: User) -> int:
    since = database_now() - TRIES_WITHIN
    rows = AuditEvent.objects.filter(actor=str(by.pk), verb=_REFUSED, at__gt=since)
    return int(rows.count())
