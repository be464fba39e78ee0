"""The header and the cards of the case page, put together from what one person may read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.conf import settings
from django.db.models import F
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from cases import cover, desk, lent, registry
from cases import forms as own
from cases.assignment import is_own_thoughts
from cases.calling import calling_of
from cases.models import Assignment, Case, CaseConversation, CaseHarm, Handover, Note, Task
from cases.right_forms import IRREVOCABLE
from cases.sight import Sight
from cases.triage import parse_flags
from intake.first_steps import OWN_THOUGHTS
from intake.models import Channel, Identity, Risk
from privacy.minimise import Minimised
from privacy.models import CaseDataQuerySet, Consent
from reference.services import emergency_numbers, label
from reference.vocabulary import Kind

Forms = Mapping[str, forms.Form]

# How intake writes down a phrase of its lists: language, colon, phrase.
_HEARD: Final = re.compile(r"[a-z]{2}(?:-\w+)?: (.+)")


@dataclass(frozen=True)
class Flag:
    """A risk flag that stands, and why."""

    code: str
    label: str
    why: str


def state_of(case: Case) -> str:
    """A fingerprint of thread and header; opens nothing, records nothing."""
    links = CaseConversation.objects.standing().filter(case=case)
    versions = links.order_by("pk").values_list("conversation__version", flat=True)
    return ".".join(map(str, [case.version, *versions]))


def head_of(sight: Sight) -> dict[str, Any]:
    """The header of the case: code, risk, language, age band, and who has it."""
    case, language = sight.case, get_language() or "en"
    known = sight.rights.categories and case.age_band != own.UNKNOWN[0]
    return {
        "case": sight.seen,
        "rights": sight.rights,
        "age": label(Kind.AGE_BAND, case.age_band, language) if known else "",
        "holder": case.holder.get_short_name() if case.holder else "",
        "cover_reasons": cover.REASONS if cover.may_cover(case, sight.user) else {},
        "lent": lent.lent_now(case, sight.user),
        "renew_reason": next(iter(cover.REASONS)),
    }


def aside_of(sight: Sight, *, bound: Forms, opened: str) -> dict[str, Any]:
    """The cards on the right. `bound` are forms with errors, `opened` the card to show open."""
    case, seen, rights = sight.case, sight.seen, sight.rights
    harms = _harms(sight)
    identities, tasks, consents, notes, sheets = sight.of(
        _identities(sight), _tasks(sight), _consents(sight), _notes(sight), _sheets(sight)
    )
    return {
        "opened": opened,
        "forms": _forms(sight, harms) | dict(bound),
        "given": _given(sight),
        "numbers": _numbers(case),
        "harms": _named(harms) if rights.categories else None,
        "facts": _facts(seen),
        "identities": [(one, one.is_masked("value")) for one in identities],
        "masked": {name: seen.is_masked(name) for name in ("name", "school", "safe_words")},
        "safe_channel": Channel(case.safe_channel).label if case.safe_channel else "",
        "tasks": tasks,
        "consents": [(_CONSENTS[row.purpose], row) for row in consents],
        "irrevocable": [(_CONSENTS[purpose], words) for purpose, words in IRREVOCABLE.items()],
        "calling": calling_of(sight),
        "cards": registry.cards_for(case, sight.user),
        "unheld": [(desk.reason_words(code), n) for code, n in case.nobody_because.items()],
        "flags": flags_of(seen) if rights.story else [],
        "notes": notes,
        "sheet": next(iter(sheets), None),
        **lent.cards_of(sight),
    }


def flags_of(seen: Minimised) -> list[Flag]:
    """The flags that stand on a case, with why."""
    language = get_language() or "en"
    flags = parse_flags(seen.flags)
    return [
        Flag(code, label(Kind.RISK_FLAG, code, language), why_words(why))
        for code, why in flags.items()
    ]


def why_words(why: str) -> str:
    """What raised a flag, in words: a phrase we heard, a key pressed, or a person's reason."""
    if why == "said_not_safe":
        return _("They said that they are not safe.")
    heard = _HEARD.match(why)
    return _("We heard: “%(words)s”") % {"words": heard[1]} if heard else why


def _forms(sight: Sight, harms: list[CaseHarm]) -> dict[str, forms.Form]:
    case, seen, rights = sight.case, sight.seen, sight.rights
    made: dict[str, forms.Form] = {}
    if rights.operate:
        flags = list(parse_flags(seen.flags)) if rights.story else []
        initial = {"risk": case.risk, "flags": flags}
        made["risk"] = own.RiskForm(initial=initial, narrative=rights.write)
    if rights.people:
        made["people"] = own.PeopleForm(mine=seen, anonymous=is_own_thoughts(case))
        made["safe"] = own.SafeContactForm(mine=seen)
    if rights.write:
        primary = next((harm.code for harm in harms if harm.primary), "")
        chosen = {"codes": [harm.code for harm in harms], "primary": primary}
        made |= {
            "summary": own.SummaryForm(mine=seen),
            "plan": own.PlanForm(mine=seen),
            "harms": own.HarmsForm(initial=chosen),
            "note": own.NoteForm(),
            "task": own.TaskForm(),
            "aside": own.AsideForm(),
            "consent": own.ConsentForm(
                guardian_safe=case.guardian_safe == "yes", initial={"language": case.language}
            ),
        }
    return made


def _given(sight: Sight) -> dict[str, Any] | None:
    """Why this person has the case: their own reasons, the others as counts."""
    rows = Assignment.objects.visible_to(sight.user).filter(case=sight.case)
    row = rows.filter(ended_at__isnull=True).last()
    if row is None or not (row.user_id == sight.user.pk or sight.rights.supervise):
        return None
    others = [(desk.reason_words(code), n) for code, n in row.others.items()]
    overridden = [desk.reason_words(code) for code in row.reasons.get("overridden", [])]
    return {"row": row, "others": others, "overridden": overridden}


def _harms(sight: Sight) -> list[CaseHarm]:
    rows = CaseHarm.objects.visible_to(sight.user).standing().filter(case=sight.case)
    return list(rows.order_by("-primary", "code"))


def _named(harms: list[CaseHarm]) -> list[tuple[str, bool]]:
    language = get_language() or "en"
    return [(label(Kind.HARM, harm.code, language), harm.primary) for harm in harms]


_FACTS: Final = {
    "age_band": (Kind.AGE_BAND, lazy("Age")),
    "gender": (Kind.GENDER, lazy("Gender")),
    "relation": (Kind.RELATION, lazy("Who writes to us")),
    "adult_knows": (Kind.ADULT_KNOWS, lazy("Does an adult know?")),
}
_CONSENTS: Final = {**own.consent_names(), Consent.Purpose.REFERRAL: lazy("a referral")}


def _facts(seen: Minimised) -> list[tuple[str, str]]:
    """Coded facts as label and value; those not known are left out."""
    language = get_language() or "en"
    return [
        (str(name), label(kind, getattr(seen, field), language))
        for field, (kind, name) in _FACTS.items()
        if seen.may_read(field) and getattr(seen, field) != own.UNKNOWN[0]
    ]


def _identities(sight: Sight) -> CaseDataQuerySet:
    links = CaseConversation.objects.standing().filter(case=sight.case)
    rows = Identity.objects.visible_to(sight.user).filter(
        conversation__in=links.values("conversation"), current=True
    )
    rows = rows.exclude(conversation__pathway=OWN_THOUGHTS)  # they are not asked who they are
    return rows.order_by("first_seen_at")


def _tasks(sight: Sight) -> CaseDataQuerySet:
    """What is open first, the next due on top."""
    rows = Task.objects.visible_to(sight.user).filter(case=sight.case)
    return rows.order_by(F("done_at").asc(nulls_first=True), F("due_at").asc(nulls_last=True))


def _consents(sight: Sight) -> CaseDataQuerySet:
    rows = Consent.objects.visible_to(sight.user).filter(folder=sight.case.folder_id)
    return rows.order_by("given_at")


def _notes(sight: Sight) -> CaseDataQuerySet:
    rows = Note.objects.visible_to(sight.user).filter(case=sight.case)
    return rows.select_related("author").order_by("-at")


def _sheets(sight: Sight) -> CaseDataQuerySet:
    rows = Handover.objects.visible_to(sight.user).filter(case=sight.case)
    return rows.order_by("-at")[:1]


def _numbers(case: Case) -> list[tuple[str, str, bool]]:
    """Whom to call where the person is, with whether somebody checked it; only in danger."""
    if case.risk != Risk.DANGER:
        return []
    language = get_language() or "en"
    found = emergency_numbers(case.region[:2] or settings.HELPLINE_COUNTRY)
    return [(row.label(language), row.number, row.verified_on is not None) for row in found]
