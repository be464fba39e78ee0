"""Every change of a case, by its verb; each stands in the file of its part of the work.

All take the record first, the rest by keyword, and `by`. They raise `privacy.access.NotAllowed`
(answered like "not there") and `privacy.services.NotPossible` (words for the person at the form).
"""

from cases.closing import case_to_reopen, close, is_forgotten, reopen
from cases.cover import cover_danger
from cases.holding import (
    assign,
    counselling_teams,
    hand_over,
    linked,
    require_supervision,
    take_next,
)
from cases.models import Case
from cases.opening import file_message, link_conversation, open_case, unlink_conversation
from cases.typed import drop_typed, save_typed, typed_of
from cases.writing import (
    add_note,
    add_task,
    finish_task,
    reply,
    save_draft,
    set_harms,
    set_risk,
    set_safe_contact_aside,
    update_case,
)

__all__ = [
    "add_note",
    "add_task",
    "assign",
    "case_to_reopen",
    "close",
    "counselling_teams",
    "cover_danger",
    "drop_typed",
    "file_message",
    "finish_task",
    "hand_over",
    "is_forgotten",
    "link_conversation",
    "linked",
    "open_case",
    "reopen",
    "reply",
    "require_supervision",
    "save_draft",
    "save_typed",
    "set_harms",
    "set_risk",
    "set_safe_contact_aside",
    "take_next",
    "touch",
    "typed_of",
    "unlink_conversation",
    "update_case",
]


def touch(case: Case) -> None:
    """Tell open pages of a case to look again; for later stages whose card changed."""
    Case.objects.filter(pk=case.pk).touch()
