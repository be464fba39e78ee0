"""Clocks that ran out, and officers who are new: looked after by the sweep."""

from celery import shared_task

from privacy.access import acting
from privacy.clock import database_now
from reference.models import Clock
from reference.services import count_fact
from reference.vocabulary import Subject
from takedowns.models import RequestStep, TakedownRequest
from takedowns.moves import Verb, facts, note, note_step
from takedowns.places import bring_officers


@shared_task(name="takedowns.tasks.check_clocks")
def check_clocks() -> int:
    """Write into each request's history that its clock ran out, once; returns how many did.

    Officers who are new to their team get its open work on the same round.
    """
    bring_officers()
    now = database_now()
    with acting(part="takedowns"):
        late = Clock.objects.due_by(now).filter(subject=Subject.TAKEDOWN)
        told = RequestStep.objects.filter(verb=Verb.LATE).values("request")
        requests = (
            TakedownRequest.objects.filter(pk__in=late.values("subject_id"))
            .exclude(pk__in=told)
            .select_for_update(of=("self",), skip_locked=True)
            .select_related("route", "route__platform")
        )
        found = list(requests[:200])
        for request in found:
            note_step(request, Verb.LATE, by=None)
            note("takedown_late", request, request.route.clock_code)
            count_fact(now.date(), "takedowns_late", **facts(request))
    return len(found)
