"""The card about how long a case is kept: its legal ground, its days of forgetting, legal holds."""

from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.models import User
from cases import legal
from cases.models import Case
from cases.registry import Card
from privacy import holds
from privacy.access import capacities, may
from privacy.classes import (
    CONTACT,
    CONTENT_LOCATOR,
    IDENTITY,
    LEGAL,
    NARRATIVE,
    OPERATIONAL,
    STAFF_PRIVATE,
)
from privacy.clock import database_now
from privacy.keeping import HOLDABLE
from privacy.models import Due, LawfulBasis, LegalHold

NAMES: Final = {
    IDENTITY: lazy("names, schools, addresses"),
    CONTACT: lazy("numbers and addresses to reach them"),
    NARRATIVE: lazy("what was said and written"),
    STAFF_PRIVATE: lazy("colleagues' own notes"),
    CONTENT_LOCATOR: lazy("where content stands"),
    LEGAL: lazy("police and court"),
    OPERATIONAL: lazy("the rows themselves: only figures stay"),
}


class HoldForm(forms.Form):
    """A supervisor asks that a law keeps something; a second person agrees."""

    reason = forms.ChoiceField(label=lazy("Why"), choices=LegalHold.Reason.choices)
    classes = forms.MultipleChoiceField(
        label=lazy("What must be kept"),
        choices=[(one, NAMES[one]) for one in HOLDABLE],
        widget=forms.CheckboxSelectMultiple,
    )


class BasisForm(forms.Form):
    """On what legal ground the case is kept, from today on."""

    basis = forms.ChoiceField(label=lazy("Legal ground"), choices=LawfulBasis.Basis.choices)
    jurisdiction = forms.RegexField(
        r"^[A-Z]{2}$", label=lazy("Whose law"), help_text=lazy("a country as two letters")
    )


@dataclass(frozen=True)
class Matter:
    """A hold as it stands on the card, and what this person may do about it."""

    hold: LegalHold
    classes: list[Any]
    overdue: bool
    may_agree: bool
    may_end: bool


def card(case: Case, user: User) -> Card | None:
    """For whoever works or supervises the case; the words of nothing."""
    if not may(user, case.folder_id, OPERATIONAL, "w"):
        return None
    supervises = "supervise" in capacities(user, [case.folder_id])[case.folder_id]
    found = [_matter(row, user, supervises) for row in legal.matters_of(case, user)]
    basis = legal.basis_of(case, user)
    initial = {"basis": basis.basis, "jurisdiction": basis.jurisdiction} if basis else {}
    rows = Due.objects.visible_to(user).filter(folder=case.folder_id).order_by("on")
    return Card(
        key="keeping",
        title=_("Kept until"),
        gist=_gist(found),
        template="cases/_card_keeping.html",
        context={
            "basis": basis,
            "matters": found,
            "days": [(NAMES.get(row.data_class, row.data_class), row) for row in rows],
            "hold_form": HoldForm(auto_id="hold-%s") if supervises else None,
            "basis_form": BasisForm(auto_id="basis-%s", initial=initial),
        },
        sign=("attention", _("held by law")) if any(one.hold.agreed_at for one in found) else None,
    )


def _matter(row: LegalHold, user: User, supervises: bool) -> Matter:
    stands = row.agreed_at is not None
    return Matter(
        hold=row,
        classes=[NAMES[one] for one in holds.classes_of(row)],
        overdue=row.review_on is not None and row.review_on <= database_now().date(),
        may_agree=not stands and row.asked_by_id != user.pk,
        may_end=supervises or not stands,
    )


def _gist(found: list[Matter]) -> str:
    if any(one.hold.agreed_at is None for one in found):
        return _("a hold waits for a second person")
    if any(one.overdue for one in found):
        return _("a hold waits for its review")
    return ""
