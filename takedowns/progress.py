"""What a reporter hears of takedowns when they ask how it stands: counts and a time, no place."""

from cases.wishes import cases_about, own_cases
from intake import texts
from intake.models import Conversation
from intake.registry import Section
from reference.models import Clock
from reference.vocabulary import Subject
from takedowns.models import TakedownRequest

State = TakedownRequest.State


def status_lines(conversation: Conversation) -> list[str]:
    """Hook of intake: so many of so many done, the next step by when. Part "intake" acts."""
    requests = TakedownRequest.objects.filter(case__in=own_cases(conversation)).exclude(
        state=State.CANCELLED
    )
    states = dict(requests.values_list("pk", "state"))
    if not states:
        return []
    clocks = Clock.objects.running().filter(
        subject=Subject.TAKEDOWN, subject_id__in=states, paused_at__isnull=True
    )
    due = clocks.order_by("due_at").values_list("due_at", flat=True).first()
    done = sum(state == State.CLOSED for state in states.values())
    return [texts.status_progress(done, len(states), next_by=due)]


def copy_sections(conversation: Conversation, _chosen: frozenset[str]) -> list[Section]:
    """Hook of intake: whom we asked and whether they answered; the place itself names others."""
    rows = TakedownRequest.objects.filter(case__in=cases_about(conversation)).exclude(
        state=State.CANCELLED
    )
    lines = [
        texts.copy_takedown(row.route.name, row.prepared_at, done=row.state == State.CLOSED)
        for row in rows.select_related("route").order_by("prepared_at")
    ]
    return [Section("takedowns", texts.copy_title("takedowns"), lines)] if lines else []
