"""Everything the case page shows one person, put together from what they may read."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django import forms
from django.conf import settings
from django.db.models import F
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.models import User
from cases import contact, desk, registry, thread
from cases import forms as own
from cases.contact import Verdict
from cases.models import (
    Assignment,
    Case,
    CaseConversation,
    CaseHarm,
    Draft,
    Handover,
    Note,
    Task,
)
from cases.triage import parse_flags
from intake.models import Channel, Conversation, Identity, Risk
from privacy.access import capacities
from privacy.classes import IDENTITY, NARRATIVE, OPERATIONAL
from privacy.clock import database_now
from privacy.minimise import Minimised, minimised, minimised_all
from privacy.models import Consent
from privacy.policy import level
from reference.services import emergency_numbers, label
from reference.templatetags.amaan import hours_and_minutes
from reference.vocabulary import Kind

Forms = Mapping[str, forms.Form]


# How intake writes down a phrase of its lists: language, colon, phrase.
_HEARD: Final = re.compile(r"[a-z]{2}(?:-\w+)?: (.+)")


@dataclass(frozen=True)
class Rights:
    """What this person may do with this case, from the policy table."""

    story: bool
    """reads the conversation and what was written down"""
    write: bool
    """writes it, while the case is open"""
    operate: bool
    supervise: bool
    people: bool
    """writes who it is about"""


@dataclass(frozen=True)
class Talk:
    """The middle of the page."""

    lines: list[thread.Line]
    conversations: list[Minimised]
    current: Minimised | None
    verdict: Verdict
    draft: str
    client_key: str
    zone: str

    @property
    def window_left(self) -> str:
        """Hours and minutes until free words on the channel end."""
        until = self.verdict.window_until
        return hours_and_minutes(until - timezone.now()) if until else ""


@dataclass(frozen=True)
class Flag:
    """A risk flag that stands, and why."""

    code: str
    label: str
    why: str


def rights_of(case: Case, user: User) -> Rights:
    """What a person may do with a case now."""
    held = capacities(user, [case.folder_id])[case.folder_id]
    is_open = case.status == Case.Status.OPEN
    return Rights(
        story="r" in level(held, NARRATIVE),
        write=is_open and "w" in level(held, NARRATIVE),
        operate=is_open and "w" in level(held, OPERATIONAL),
        supervise="supervise" in held,
        people=is_open and "w" in level(held, IDENTITY),
    )


def state_of(case: Case) -> str:
    """A fingerprint of thread and header; opens nothing, records nothing."""
    links = CaseConversation.objects.standing().filter(case=case)
    versions = links.order_by("pk").values_list("conversation__version", flat=True)
    return ".".join(map(str, [case.version, *versions]))


def talk_of(
    case: Case, user: User, *, on: UUID | None = None, text: str | None = None
) -> Talk | None:
    """The thread and the composer; None for who may not read the story.

    `on` is the conversation to write in (default: where they wrote last); `text` what was typed and
    could not be sent.
    """
    if not rights_of(case, user).story:
        return None
    links = CaseConversation.objects.standing().filter(case=case)
    rows = Conversation.objects.visible_to(user).filter(pk__in=links.values("conversation"))
    conversations = sorted(rows, key=_last_heard, reverse=True)
    current = next((one for one in conversations if one.pk == on), None)
    current = current or next(iter(conversations), None)
    seen = minimised_all(conversations, user)
    verdict = Verdict(_("There is no conversation yet."))
    if current is not None:
        verdict = contact.verdict(case, current, at=database_now())
    return Talk(
        lines=thread.thread_of(case, conversations, user),
        conversations=seen,
        current=next((one for one in seen if current and one.pk == current.pk), None),
        verdict=verdict,
        draft=text if text is not None else _draft(current, user),
        client_key=secrets.token_hex(16),
        zone=contact.zone_of(case).key,
    )


def head_of(case: Case, user: User) -> dict[str, Any]:
    """The header of the case: code, risk, language, age band, and who has it."""
    language = get_language() or "en"
    seen = minimised(case, user)
    return {
        "case": seen,
        "age": label(Kind.AGE_BAND, case.age_band, language) if seen.may_read("age_band") else "",
        "holder": case.holder.get_short_name() if case.holder else "",
    }


def aside_of(case: Case, user: User, *, bound: Forms, opened: str) -> dict[str, Any]:
    """The cards on the right. `bound` are forms with errors, `opened` the card to show open."""
    seen, rights = minimised(case, user), rights_of(case, user)
    context: dict[str, Any] = {
        "rights": rights,
        "opened": opened,
        "forms": _forms(case, seen, rights, user) | dict(bound),
        "given": _given(case, user),
        "numbers": _numbers(case),
        "harms": _harms(case, user) if seen.may_read("age_band") else None,
        "facts": _facts(seen),
        "identities": _identities(case, user),
        "masked": {name: seen.is_masked(name) for name in ("name", "school", "safe_words")},
        "safe_channel": Channel(case.safe_channel).label if case.safe_channel else "",
        "tasks": _tasks(case, user),
        "consents": _consents(case, user),
        "cards": registry.cards_for(case, user),
        "unheld": [(desk.reason_words(code), n) for code, n in case.nobody_because.items()],
    }
    if rights.story:
        context |= _story(case, seen, user)
    return context


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


def _story(case: Case, seen: Minimised, user: User) -> dict[str, Any]:
    notes = Note.objects.visible_to(user).filter(case=case).select_related("author")
    sheets = Handover.objects.visible_to(user).filter(case=case).order_by("-at")
    return {
        "flags": flags_of(seen),
        "notes": minimised_all(notes.order_by("-at"), user),
        "sheet": next(iter(minimised_all(sheets.select_related("given_by")[:1], user)), None),
    }


def _forms(case: Case, seen: Minimised, rights: Rights, user: User) -> dict[str, forms.Form]:
    made: dict[str, forms.Form] = {}
    if rights.operate:
        flags = list(parse_flags(seen.flags)) if rights.story else []
        initial = {"risk": case.risk, "flags": flags}
        made["risk"] = own.RiskForm(initial=initial, narrative=rights.write)
    if rights.people:
        made["people"] = own.PeopleForm(mine=seen)
        made["safe"] = own.SafeContactForm(mine=seen)
    if rights.write:
        harms = CaseHarm.objects.visible_to(user).standing().filter(case=case)
        codes = [harm.code for harm in harms]
        primary = next((harm.code for harm in harms if harm.primary), "")
        made |= {
            "summary": own.SummaryForm(mine=seen),
            "plan": own.PlanForm(mine=seen),
            "harms": own.HarmsForm(initial={"codes": codes, "primary": primary}),
            "note": own.NoteForm(),
            "task": own.TaskForm(),
            "aside": own.AsideForm(),
            "consent": own.ConsentForm(
                guardian_safe=case.guardian_safe == "yes", initial={"language": case.language}
            ),
        }
    return made


def _given(case: Case, user: User) -> dict[str, Any] | None:
    """Why this person has the case: their own reasons, the others as counts."""
    row = Assignment.objects.visible_to(user).filter(case=case, ended_at__isnull=True).last()
    if row is None or not (row.user_id == user.pk or rights_of(case, user).supervise):
        return None
    others = [(desk.reason_words(code), n) for code, n in row.others.items()]
    overridden = [desk.reason_words(code) for code in row.reasons.get("overridden", [])]
    return {"row": row, "others": others, "overridden": overridden}


def _harms(case: Case, user: User) -> list[tuple[str, bool]]:
    language = get_language() or "en"
    rows = CaseHarm.objects.visible_to(user).standing().filter(case=case).order_by("-primary")
    return [(label(Kind.HARM, harm.code, language), harm.primary) for harm in rows]


_FACTS: Final = {
    "age_band": (Kind.AGE_BAND, lazy("Age")),
    "gender": (Kind.GENDER, lazy("Gender")),
    "relation": (Kind.RELATION, lazy("Who writes to us")),
    "adult_knows": (Kind.ADULT_KNOWS, lazy("Does an adult know?")),
}


def _facts(seen: Minimised) -> list[tuple[str, str]]:
    """Coded facts as label and value; those not known are left out."""
    language = get_language() or "en"
    return [
        (str(name), label(kind, getattr(seen, field), language))
        for field, (kind, name) in _FACTS.items()
        if seen.may_read(field) and getattr(seen, field) != own.UNKNOWN[0]
    ]


def _identities(case: Case, user: User) -> list[tuple[Minimised, bool]]:
    """The addresses in use, each with whether it is masked."""
    links = CaseConversation.objects.standing().filter(case=case)
    rows = Identity.objects.visible_to(user).filter(
        conversation__in=links.values("conversation"), current=True
    )
    seen = minimised_all(rows.order_by("first_seen_at"), user)
    return [(one, one.is_masked("value")) for one in seen]


def _tasks(case: Case, user: User) -> list[Minimised]:
    """What is open first, the next due on top."""
    rows = Task.objects.visible_to(user).filter(case=case)
    order = F("done_at").asc(nulls_first=True), F("due_at").asc(nulls_last=True)
    return minimised_all(rows.order_by(*order), user)


def _consents(case: Case, user: User) -> list[tuple[str, Minimised]]:
    names = {str(code): str(words) for code, words in own.consent_names().items()}
    names[Consent.Purpose.REFERRAL] = _("a referral")
    rows = Consent.objects.visible_to(user).filter(folder=case.folder_id).order_by("given_at")
    return [(names[row.purpose], row) for row in minimised_all(rows, user)]


def _numbers(case: Case) -> list[tuple[str, str, bool]]:
    """Whom to call where the person is, with whether somebody checked it; only in danger."""
    if case.risk != Risk.DANGER:
        return []
    language = get_language() or "en"
    found = emergency_numbers(case.region[:2] or settings.HELPLINE_COUNTRY)
    return [(row.label(language), row.number, row.verified_on is not None) for row in found]


def _draft(conversation: Conversation | None, user: User) -> str:
    if conversation is None:
        return ""
    rows = Draft.objects.visible_to(user).filter(conversation=conversation, user=user)
    return next((str(row.body or "") for row in minimised_all(rows, user)), "")


def _last_heard(conversation: Conversation) -> datetime:
    return conversation.last_inbound_at or conversation.started_at
