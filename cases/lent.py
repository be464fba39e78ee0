"""What the case page says of wider sight: one's own hour, who looked, who was asked, who is out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.models import User
from cases import conflicts, cover, glass
from cases.forms import PURPOSES
from cases.holding import linked
from cases.models import Case
from cases.right_forms import FILINGS, AdviceForm, PersonForm
from cases.sight import Sight
from privacy.access import capacities
from privacy.clock import database_now
from privacy.glass import REASONS
from privacy.minimise import Minimised
from privacy.models import Consultation, Glass, Needed, Reveal

_SHOWN = 20
_FIELDS = {
    "value": lazy("the address or number"),
    "name": lazy("the real name"),
    "school": lazy("the school"),
    "safe_words": lazy("the code word"),
    "document": lazy("the document number"),
    "safe_contact": lazy("writing against the rules of safe contact"),
}


@dataclass(frozen=True)
class Look:
    """One line of who looked: everybody of the case may know it."""

    who: str
    what: str
    why: str
    at: datetime
    reviewed: bool


@dataclass(frozen=True)
class Lent:
    """The hour that this page is open to its reader beyond their own work."""

    kind: str
    until: datetime
    words_owed: UUID | None
    may_renew: bool


def what_of(deed: Reveal | Glass) -> str:
    """What was opened or done, in words."""
    if isinstance(deed, Reveal):
        return str(_FIELDS.get(deed.field, deed.field))
    if deed.kind == Glass.Kind.LOOK:
        return _("the whole case, to read")
    return _("the whole case, to act in danger")


def why_of(deed: Reveal | Glass) -> str:
    """What for, as they chose it."""
    if isinstance(deed, Reveal):
        return str(PURPOSES.get(Reveal.Purpose(deed.purpose), deed.purpose))
    return str(REASONS[Glass.Kind(deed.kind)].get(deed.reason, deed.reason))


def lent_now(case: Case, user: User) -> Lent | None:
    """One's own broken glass or danger cover of this case, while it runs."""
    running = glass.running(case, user)
    if running is None:
        return None
    held = capacities(user, [case.folder_id])[case.folder_id]
    if running.kind not in held or "own" in held:
        return None
    owed = running.pk if running.said_at is None else None
    return Lent(running.kind, running.until, owed, cover.may_renew(case, user))


def cards_of(sight: Sight) -> dict[str, Any]:
    """What the cards of the page need: looks, consultations, needed numbers, conflicts."""
    case, user = sight.case, sight.user
    asked = Consultation.objects.visible_to(user).filter(folder=case.folder_id)
    numbers = Needed.objects.visible_to(user).filter(folder=case.folder_id, document__isnull=False)
    consultations, documents = sight.of(asked.order_by("-at"), numbers.order_by("at"))
    supervises = conflicts.may_note(case, user)
    out = conflicts.kept_out(case, user) if supervises else []
    return {
        "looks": looks_of(case, user),
        "reveals_end": _reveals_end(case, user),
        "consultations": [_shown(one, user) for one in consultations],
        "advice_form": AdviceForm(),
        "documents": [
            (FILINGS[Needed.For(one.needed_for)], one, one.is_masked("document"))
            for one in documents
        ],
        "filings": [
            (code, words)
            for code, words in FILINGS.items()
            if code not in {one.needed_for for one in documents}
        ],
        "kept_out": out,
        "keep_out_form": PersonForm(people=conflicts.team_of(case)) if supervises else None,
    }


def looks_of(case: Case, user: User) -> list[Look]:
    """Who opened something masked, or the whole case, newest first."""
    deeds: list[Reveal | Glass] = [
        *Reveal.objects.visible_to(user).filter(folder__in=_folders(case)).order_by("-at")[:_SHOWN],
        *Glass.objects.visible_to(user).filter(folder=case.folder_id)[:_SHOWN],
    ]
    people = User.objects.filter(pk__in=[one.user_id for one in deeds])
    names = dict(people.values_list("pk", "name"))
    lines = [
        Look(
            names.get(one.user_id, ""),
            what_of(one),
            why_of(one),
            one.at if isinstance(one, Reveal) else one.opened_at,
            one.reviewed_at is not None,
        )
        for one in deeds
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:_SHOWN]


def _reveals_end(case: Case, user: User) -> datetime | None:
    """When the first of what is revealed to this person here is masked again."""
    mine = Reveal.objects.visible_to(user).filter(
        folder__in=_folders(case), user=user, until__gt=database_now()
    )
    return mine.order_by("until").values_list("until", flat=True).first()


def _folders(case: Case) -> list[UUID]:
    """The case's own, and its conversations': addresses are revealed there."""
    return [case.folder_id, *(one.folder_id for one in linked(case))]


@dataclass(frozen=True)
class Asked:
    """One consultation as this reader sees it."""

    row: Minimised
    asked: str
    asked_by: str
    words: bool
    mine: bool
    """whether this reader was asked, and can still answer"""


def _shown(one: Minimised, user: User) -> Asked:
    names = dict(
        User.objects.filter(pk__in=[one.asked_id, one.asked_by_id]).values_list("pk", "name")
    )
    mine = one.asked_id == user.pk and one.until > database_now()
    return Asked(
        one,
        names.get(one.asked_id, ""),
        names.get(one.asked_by_id, ""),
        one.may_read("summary") and (mine or one.asked_id != user.pk),
        mine and one.may_read("summary"),
    )
