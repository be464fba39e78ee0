"""What a request's sheet and a place's page show, minimised for one person."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from cases.models import Case
from privacy.access import may
from privacy.classes import CONTENT_LOCATOR
from privacy.minimise import Minimised, minimised, minimised_all
from reference.models import Clock
from reference.reading import label, running_clock
from reference.vocabulary import Evidence, Kind, Subject
from takedowns import reading, services
from takedowns.connectors import CONNECTORS, form
from takedowns.forms import OutcomeForm, ReferenceForm, RouteForm, SentForm
from takedowns.models import ReportedContent, Route, TakedownRequest
from takedowns.moves import about

State = TakedownRequest.State
_SENDABLE: Final = frozenset({State.PREPARED, State.FAILED})
# Which facts of a place are shown, with the kind of their code.
_FACTS: Final = (
    ("medium", Kind.MEDIUM),
    ("origin", Kind.ORIGIN),
    ("place", Kind.PLACE),
    ("age_in_content", Kind.AGE_BAND),
)


@dataclass(frozen=True)
class WaitingPlace:
    """A place nobody has asked anything about yet."""

    place: Minimised
    case_code: str
    platform: str


@dataclass(frozen=True)
class Offer:
    """A route as offered for a place: why not, or what already runs on it."""

    route: Route
    label: str
    clock: str
    why_not: str
    request: TakedownRequest | None


@dataclass(frozen=True)
class Step:
    """One line of a request's history."""

    verb: str
    evidence: str
    at: datetime
    by: str


def waiting_places(user: User) -> list[WaitingPlace]:
    """The first fifty places without a route, the oldest first."""
    rows = list(reading.places_without_route(user)[:50])
    codes = reading.codes_of(rows, user)
    return [
        WaitingPlace(seen, codes.get(row.case_id, ""), row.platform.name if row.platform else "")
        for row, seen in zip(rows, minimised_all(rows, user), strict=True)
    ]


def seen_case(case: Case, user: User) -> Minimised:
    """The case as this person may see it."""
    return minimised(case, user)


def sheet_context(request: reading.Clocked, user: User) -> dict[str, Any]:
    """Everything on a request's sheet. Somebody without locators gets states and clocks only."""
    (row,) = reading.as_rows([request], user)
    content = (
        ReportedContent.objects.visible_to(user)
        .select_related("case", "platform")
        .filter(pk=request.content_id)
        .first()
    )
    works = may(user, request.folder_id, CONTENT_LOCATOR, "w")
    route = request.route
    by_hand = not CONNECTORS[route.connector].carrier
    return {
        "row": row,
        "request_row": row.request,
        "route": route,
        "by_hand": by_hand,
        "clock": clock_of(request),
        "clock_name": reading.clock_label(route.clock_code),
        "threat": running_clock("HELPLINE-THREAT", _about_case(request)),
        "place": minimised(content, user) if content else None,
        "place_facts": place_facts(minimised(content, user)) if content else [],
        "problem": reading.problem_label(request.problem) if request.problem else "",
        "steps": form.steps(route.code) if by_hand else [],
        "lines": _lines(request, content) if by_hand and works else [],
        "history": history(request),
        "can_work": works and request.case.status == Case.Status.OPEN,
        "can_send": request.state in _SENDABLE,
        "can_answer": request.state in (State.SENT, State.UNKNOWN),
        "outcome_label": _outcome(row.request),
        "sent_form": SentForm(),
        "reference_form": ReferenceForm(),
        "outcome_form": OutcomeForm(initial=_evidence(route)),
        "send_form": None,
    }


def place_context(content: ReportedContent, user: User) -> dict[str, Any]:
    """A place with the routes that fit it, and what was asked already."""
    routes = routes_for(content)
    seen = minimised(content, user)
    works = may(user, content.folder_id, CONTENT_LOCATOR, "w")
    return {
        "place": seen,
        "platform": content.platform,
        "place_facts": place_facts(seen),
        "case": seen_case(content.case, user),
        "offers": offers(content, routes, user),
        "route_form": RouteForm(routes=routes),
        "can_work": works and content.case.status == Case.Status.OPEN,
        "agreed": bool(reading.with_consent({content.folder_id})),
    }


def routes_for(content: ReportedContent) -> list[Route]:
    """The routes of the place's platform, and those that serve every platform."""
    fitting = Q(platform__isnull=True)
    if content.platform_id:
        fitting |= Q(platform=content.platform_id)
    return list(Route.objects.filter(fitting).select_related("platform"))


def offers(content: ReportedContent, routes: list[Route], user: User) -> list[Offer]:
    """Each route with its clock, and why it cannot be used or what already runs on it."""
    asked = {
        row.route_id: row
        for row in TakedownRequest.objects.visible_to(user).filter(content=content)
    }
    made = [
        Offer(
            route,
            reading.route_label(route),
            reading.clock_label(route.clock_code),
            services.why_not(content, route),
            asked.get(route.pk),
        )
        for route in routes
    ]
    return sorted(made, key=lambda offer: bool(offer.why_not))


def place_facts(seen: Minimised) -> list[tuple[str, str]]:
    """(name, value) of a place's categories, as far as the person may read them."""
    names = {
        "medium": _("What it is"),
        "origin": _("How it was made"),
        "place": _("Where it stands"),
        "age_in_content": _("Age in it"),
    }
    language = get_language() or "en"
    return [
        (names[name], label(kind, getattr(seen, name), language))
        for name, kind in _FACTS
        if seen.may_read(name)
    ]


def history(request: TakedownRequest) -> list[Step]:
    """What happened to a request, in order."""
    return [
        Step(
            verb=step.get_verb_display(),
            evidence=str(Evidence(step.evidence).label) if step.evidence else "",
            at=step.at,
            by=step.by.name if step.by else _("by itself"),
        )
        for step in request.steps.select_related("by")
    ]


def clock_of(request: TakedownRequest) -> Clock | None:
    """The request's clock: the one that runs, else the last that was stopped."""
    rows = Clock.objects.filter(subject=Subject.TAKEDOWN, subject_id=request.pk)
    found: Clock | None = rows.select_related("rule").order_by("-started_at").first()
    return found


def _lines(request: TakedownRequest, content: ReportedContent | None) -> list[form.Line]:
    if content is None or not form.has_sheet(request.route.code):
        return []
    return form.sheet(services.notice_of(content))


def _about_case(request: TakedownRequest) -> Any:
    return about(request)._replace(kind=Subject.CASE, id=request.case_id)


def _evidence(route: Route) -> dict[str, str]:
    hotline = route.kind == Route.Kind.HOTLINE
    return {"evidence": Evidence.HOTLINE_ANSWER if hotline else Evidence.PLATFORM_ANSWER}


def _outcome(seen: Minimised) -> str:
    if not seen.may_read("outcome") or not seen.outcome:
        return ""
    return label(Kind.OUTCOME, seen.outcome, get_language() or "en")
