"""What a reporter's copy holds of their case, and in which folders they may hear who has looked."""

from typing import Final
from uuid import UUID

from django.utils.translation import get_language

from cases.models import Case, CaseConversation
from cases.wishes import cases_about, cases_of
from intake import texts
from intake.copying import opened
from intake.models import Conversation
from intake.registry import Section
from privacy.models import Consent
from reference.services import label
from reference.vocabulary import Kind

# What a colleague may put in beside, once they have seen that nobody else stands in it.
CHOOSABLE: Final = ("summary", "safety_plan", "child_view")
_THEIRS: Final = ("call_me", "name", "school", "safe_words")


def seen_in(conversation: Conversation) -> list[UUID]:
    """Hook of intake: folders of the cases that are this reporter's alone, or about them."""
    cases = cases_of(conversation)
    if conversation.relation != "self":
        others = CaseConversation.objects.standing().exclude(conversation=conversation)
        cases = cases.exclude(pk__in=others.values("case"))
    return list(cases.values_list("folder", flat=True))


def sections(conversation: Conversation, chosen: frozenset[str]) -> list[Section]:
    """Hook of intake. What is noted about the person is told to that person only.

    Whoever wrote for somebody else gets none of it: it is that person's.
    """
    cases = cases_about(conversation).order_by("opened_at")
    made = [_noted(case, chosen) + _agreed(case) for case in cases]
    return [section for some in made for section in some]


def _noted(case: Case, chosen: frozenset[str]) -> list[Section]:
    names = [*_THEIRS, *(name for name in CHOOSABLE if name in chosen)]
    values = [(name, opened(case, name)) for name in names]
    lines = [texts.copy_fact(name, value) for name, value in values if value]
    language = get_language() or "en"
    for code, kind, field in (
        ("age", Kind.AGE_BAND, "age_band"),
        ("gender", Kind.GENDER, "gender"),
    ):
        if getattr(case, field) != "unknown":
            lines.append(texts.copy_fact(code, label(kind, getattr(case, field), language)))
    return [Section("noted", texts.copy_title("noted"), lines)] if lines else []


def _agreed(case: Case) -> list[Section]:
    rows = Consent.objects.filter(folder=case.folder_id).order_by("given_at")
    lines = [
        texts.copy_agreed(row.purpose, row.given_at, withdrawn=row.withdrawn_at is not None)
        for row in rows
    ]
    return [Section("agreed", texts.copy_title("agreed"), lines)] if lines else []
