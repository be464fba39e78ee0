"""What a reporter hears of help outside when they ask how it stands: no name, no place."""

from cases.wishes import cases_about, own_cases
from intake import texts
from intake.models import Conversation
from intake.registry import Section
from referrals.models import SupportReferral

State = SupportReferral.State

_ASKED = (State.SENT, State.VIEWED)
_AGREED = (State.ACCEPTED, State.FIRST_SEEN)


def status_lines(conversation: Conversation) -> list[str]:
    """Hook of intake: what is asked for is being arranged, or is arranged. Part "intake" acts."""
    rows = SupportReferral.objects.filter(case__in=own_cases(conversation))
    states = set(rows.values_list("state", flat=True))
    if states.intersection(_AGREED):
        return [texts.status_arranged(done=True)]
    if states.intersection(_ASKED):
        return [texts.status_arranged(done=False)]
    return []


def copy_sections(conversation: Conversation, _chosen: frozenset[str]) -> list[Section]:
    """Hook of intake: what help was asked for, and when."""
    rows = SupportReferral.objects.filter(
        case__in=cases_about(conversation), sent_at__isnull=False
    ).select_related("service")
    lines = [
        texts.copy_referral(row.service.name, row.sent_at)
        for row in rows.order_by("sent_at")
        if row.sent_at is not None
    ]
    return [Section("referrals", texts.copy_title("referrals"), lines)] if lines else []
