"""The review list: what was opened beyond one's own work, until somebody else has looked at it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext as _

from accounts.models import User
from cases.lent import what_of, why_of
from cases.models import Case, CaseConversation
from privacy import glass, reviews
from privacy.clock import database_now
from privacy.minimise import minimised_all
from privacy.models import Glass, Reveal
from privacy.reviews import Deed

SHOWN_DONE: Final = 50


@dataclass(frozen=True)
class Waiting:
    """One deed as its reviewer sees it."""

    key: UUID
    kind: str
    """reveal, break_glass or danger_cover"""
    word: str
    """how its address names it: reveal or glass"""
    case: UUID | None
    code: str
    who: str
    own: bool
    what: str
    why: str
    at: datetime
    due_at: datetime
    words: str
    words_due: datetime | None
    """by when their words are owed; None once they are given, or where none are asked"""
    renewed: int
    verdict: str
    reviewed_by: str
    review: str

    @property
    def is_late(self) -> bool:
        """Whether the review, or the words for it, are overdue."""
        now = database_now()
        return self.due_at < now or (self.words_due is not None and self.words_due < now)


@dataclass(frozen=True)
class Counts:
    """How much waits, how much of it is late, and how often glass was broken lately."""

    waiting: int
    late: int
    looks: int
    covers: int


def shown(user: User, which: str) -> list[Waiting]:
    """The list one asked for: `open`, `overdue` or `done`."""
    if which == "done":
        return _as_waiting(reviews.closed_deeds(user, limit=SHOWN_DONE), user)
    found = _as_waiting(reviews.open_deeds(user), user)
    return [one for one in found if one.is_late] if which == "overdue" else found


def counts(user: User, since: datetime) -> Counts:
    """The figures of the team's board."""
    found = _as_waiting(reviews.open_deeds(user), user, words=False)
    rows = Glass.objects.reviewable_by(user).filter(opened_at__gt=since)
    kinds = dict(rows.order_by().values_list("kind").annotate(Count("pk")))
    return Counts(
        len(found),
        sum(one.is_late for one in found),
        kinds.get(Glass.Kind.LOOK, 0),
        kinds.get(Glass.Kind.ACT, 0),
    )


def find(user: User, word: str, key: UUID) -> Deed | None:
    """One deed this person may review, by the word of its address and its key."""
    model = {"glass": Glass, "reveal": Reveal}[word]
    found: Deed | None = model.objects.reviewable_by(user).filter(pk=key).first()
    return found


def _as_waiting(deeds: list[Deed], user: User, *, words: bool = True) -> list[Waiting]:
    cases = _cases({deed.folder_id for deed in deeds}, user)
    people = {deed.user_id for deed in deeds}
    people |= {deed.reviewed_by_id for deed in deeds if deed.reviewed_by_id}
    names = dict(User.objects.filter(pk__in=people).values_list("pk", "name"))
    said = _said(deeds, user) if words else {}
    return [_one(deed, user, cases, names, said) for deed in deeds]


def _one(
    deed: Deed,
    user: User,
    cases: dict[UUID, tuple[UUID, str]],
    names: dict[UUID, str],
    said: dict[UUID, tuple[str, str]],
) -> Waiting:
    case, code = cases.get(deed.folder_id, (None, ""))
    words, review = said.get(deed.pk, ("", ""))
    unsaid = isinstance(deed, Glass) and deed.said_at is None
    return Waiting(
        key=deed.pk,
        kind=reviews.verb_of(deed),
        word="glass" if isinstance(deed, Glass) else "reveal",
        case=case,
        code=code,
        who=names.get(deed.user_id, ""),
        own=deed.user_id == user.pk,
        what=what_of(deed),
        why=why_of(deed),
        at=reviews.done_at(deed),
        due_at=reviews.review_due(deed),
        words=words,
        words_due=glass.words_due(deed) if isinstance(deed, Glass) and unsaid else None,
        renewed=deed.renewed if isinstance(deed, Glass) else 0,
        verdict=_("fine") if deed.verdict == "fine" else _("to talk about"),
        reviewed_by=names.get(deed.reviewed_by_id, "") if deed.reviewed_by_id else "",
        review=review,
    )


def _said(deeds: list[Deed], user: User) -> dict[UUID, tuple[str, str]]:
    """The words of each deed, and of its review, as far as this person may read them."""
    found: dict[UUID, tuple[str, str]] = {}
    for model in (Glass, Reveal):
        rows = [deed for deed in deeds if isinstance(deed, model)]
        for seen in minimised_all(rows, user):
            review = seen.review if model is Glass and seen.may_read("review") else ""
            words = seen.words if seen.may_read("words") else ""
            found[seen.pk] = (str(words or ""), str(review or ""))
    return found


def _cases(folders: set[UUID], user: User) -> dict[UUID, tuple[UUID, str]]:
    """The cases of these folders, those of conversations by the case they serve."""
    rows = Case.objects.visible_to(user)
    found = {
        folder: (key, code)
        for folder, key, code in rows.filter(folder__in=folders).values_list("folder", "pk", "code")
    }
    links = CaseConversation.objects.visible_to(user).standing()
    for folder, key, code in links.filter(conversation__folder__in=folders).values_list(
        "conversation__folder", "case", "case__code"
    ):
        found.setdefault(folder, (key, code))
    return found
