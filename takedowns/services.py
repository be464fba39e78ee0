"""Every change of getting it down, in one place to import from."""

from takedowns.links import deliver_link, make_child_link, record_link_outcome, settle_link
from takedowns.places import bring_officers, report_content
from takedowns.requests import (
    OUTCOME_EVIDENCE,
    cancel_unsent,
    mark_not_sent,
    mark_sent,
    note_reference,
    notice_of,
    on_close,
    on_consent_withdrawn,
    prepare_request,
    record_outcome,
    send_request,
    settle_sending,
    why_not,
)

__all__ = [
    "OUTCOME_EVIDENCE",
    "bring_officers",
    "cancel_unsent",
    "deliver_link",
    "make_child_link",
    "mark_not_sent",
    "mark_sent",
    "note_reference",
    "notice_of",
    "on_close",
    "on_consent_withdrawn",
    "prepare_request",
    "record_link_outcome",
    "record_outcome",
    "report_content",
    "send_request",
    "settle_link",
    "settle_sending",
    "why_not",
]
