"""One move of a request: allowed from its state, written down with what proves it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from cases.models import Case
from privacy import audit
from privacy.access import acting
from privacy.services import NotPossible
from reference.models import Clock
from reference.reading import About
from reference.vocabulary import Subject
from takedowns.models import RequestStep, TakedownRequest

Verb = RequestStep.Verb


def move(
    request: TakedownRequest,
    state: str,
    *,
    verb: RequestStep.Verb,
    evidence: str = "",
    by: User | None,
    **fields: Any,
) -> TakedownRequest:
    """The request in its new state and with these fields, saved, and the step noted.

    The caller has checked the right: a takedown officer may not write operational rows alone, so
    the stage's own part does. Raises NotPossible when the state does not lead there.
    """
    with acting(part="takedowns"):
        fresh: TakedownRequest = (
            TakedownRequest.objects.select_for_update(of=("self",))
            .select_related("route", "route__platform", "content", "case")
            .get(pk=request.pk)
        )
        if state not in TakedownRequest.MOVES[fresh.state]:
            raise NotPossible(
                _("This request is “%(state)s”: that is not possible now.")
                % {"state": fresh.get_state_display()}
            )
        for name, value in {**fields, "state": state}.items():
            setattr(fresh, name, value)
        fresh.save(update_fields=["state", *fields])
        note_step(fresh, verb, evidence=evidence, by=by)
    return fresh


def note_step(
    request: TakedownRequest, verb: RequestStep.Verb, *, evidence: str = "", by: User | None
) -> None:
    """Add to the request's history, inside the stage's part."""
    RequestStep(
        folder_id=request.folder_id, request=request, verb=verb, evidence=evidence, by=by
    ).save(force_insert=True)


def note(verb: str, request: TakedownRequest, reason: str) -> None:
    """The audit's line about a request."""
    audit.record(
        verb,
        folder=request.folder_id,
        subject="takedown_request",
        subject_id=request.pk,
        reason=reason,
    )


def about(request: TakedownRequest) -> About:
    """The request as what a clock is about."""
    return About(Subject.TAKEDOWN, request.pk)


def clocks_of(keys: Iterable[UUID]) -> list[Clock]:
    """The clocks that run on these requests, the next due first."""
    return list(
        Clock.objects.running()
        .select_related("rule")
        .filter(subject=Subject.TAKEDOWN, subject_id__in=list(keys))
        .order_by("due_at")
    )


def facts(request: TakedownRequest) -> dict[str, str]:
    """By what a request is counted."""
    route = request.route
    found = {"route": route.code}
    if route.platform:
        found["platform"] = route.platform.code
    if route.clock_code:
        found["rule"] = route.clock_code
    return found


def require_open(case: Case) -> None:
    """Raise NotPossible for a closed case."""
    if case.status != Case.Status.OPEN:
        raise NotPossible(_("This case is closed."))


def touch(case: Case) -> None:
    """Tell open pages of the case to look again."""
    with acting(part="takedowns"):
        Case.objects.filter(pk=case.pk).touch()
