"""What the pages and the API show: rows by clock, one request's sheet, what is still missing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final, TypedDict
from uuid import UUID

from django.db.models import Case, F, OuterRef, QuerySet, Subquery, When
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_stubs_ext import WithAnnotations

from accounts.models import User
from privacy.clock import database_now
from privacy.minimise import Minimised, minimised_all
from privacy.models import Consent
from reference.models import Clock
from reference.reading import label
from reference.vocabulary import Kind, Subject
from takedowns.models import ReportedContent, Route, TakedownRequest

State = TakedownRequest.State
SIGNS: Final = {
    State.PREPARED: "new",
    State.SENDING: "waiting",
    State.SENT: "waiting",
    State.UNKNOWN: "attention",
    State.FAILED: "danger",
    State.CLOSED: "done",
    State.CANCELLED: "off",
}


_WAITS_FOR_US: Final = Case(
    When(state__in=[State.UNKNOWN, State.FAILED, State.PREPARED], then=0), default=1
)


class Due(TypedDict):
    """What `requests_of` adds to a request."""

    due: datetime | None


if TYPE_CHECKING:
    Clocked = WithAnnotations[TakedownRequest, Due]
else:
    Clocked = TakedownRequest


@dataclass(frozen=True)
class Row:
    """A request as one person may see it, with its clock and what it lacks."""

    request: Minimised
    case_code: str
    platform: str
    due_at: datetime | None
    late: bool
    sign: str
    route: str
    missing: list[str] = field(default_factory=list)

    @property
    def pk(self) -> UUID:
        return self.request.pk


def requests_of(user: User) -> "QuerySet[Clocked]":
    """The requests this person may know of, with `due` of their running clock; next due first.

    Without a clock, what waits for us stands before what waits for others.
    """
    running = Clock.objects.running().filter(
        subject=Subject.TAKEDOWN, subject_id=OuterRef("pk"), paused_at__isnull=True
    )
    rows: QuerySet[Clocked] = (
        TakedownRequest.objects.visible_to(user)
        .select_related("case", "route__platform")
        .annotate(due=Subquery(running.order_by("due_at").values("due_at")[:1]))
        .order_by(F("due").asc(nulls_last=True), _WAITS_FOR_US, "prepared_at", "pk")
    )
    return rows


def filtered(rows: "QuerySet[Clocked]", *, state: str, platform: str) -> "QuerySet[Clocked]":
    """Only those in a state (`open` and `late` gather several) and of a platform, by codes."""
    if state == "late":
        rows = rows.filter(due__lt=database_now())
    elif state in State.values:
        rows = rows.filter(state=state)
    elif state != "all":
        rows = rows.filter(state__in=TakedownRequest.OPEN)
    return rows.filter(route__platform__code=platform) if platform else rows


def places_without_route(user: User) -> "QuerySet[ReportedContent]":
    """Places that nobody has asked anything about yet, the oldest first."""
    rows: QuerySet[ReportedContent] = (
        ReportedContent.objects.visible_to(user)
        .filter(requests__isnull=True, case__status="open")
        .select_related("case", "platform")
        .order_by("added_at")
    )
    return rows


def as_rows(found: Iterable[Clocked], user: User) -> list[Row]:
    """Requests from `requests_of` as this person may see them."""
    kept = list(found)
    requests = minimised_all(kept, user)
    codes = codes_of(kept, user)
    agreed = with_consent({row.folder_id for row in kept})
    named = platforms_of(kept, user)
    now = database_now()
    return [
        Row(
            request=seen,
            case_code=codes.get(row.case_id, ""),
            platform=row.route.platform.name
            if row.route.platform
            else named.get(row.content_id, ""),
            due_at=row.due,
            late=row.due is not None and row.due < now,
            sign=SIGNS[State(row.state)],
            route=route_label(row.route),
            missing=missing(row, agreed=row.folder_id in agreed),
        )
        for row, seen in zip(kept, requests, strict=True)
    ]


def codes_of(rows: Iterable[TakedownRequest | ReportedContent], user: User) -> dict[UUID, str]:
    """Case key to case code, for cases whose code the person may read."""
    cases = {row.case_id: row.case for row in rows}
    return {seen.pk: seen.code for seen in minimised_all(cases.values(), user)}


def platforms_of(rows: Iterable[TakedownRequest], user: User) -> dict[UUID, str]:
    """Place key to the platform's name, for the places this person may see."""
    places = ReportedContent.objects.visible_to(user).filter(
        pk__in=[row.content_id for row in rows], platform__isnull=False
    )
    return dict(places.values_list("pk", "platform__name"))


def with_consent(folders: set[UUID]) -> set[UUID]:
    """Those of the folders in which consent to takedowns stands."""
    standing = Consent.objects.filter(
        folder__in=folders, purpose=Consent.Purpose.TAKEDOWN, withdrawn_at__isnull=True
    )
    return set(standing.values_list("folder_id", flat=True))


def missing(row: Clocked, *, agreed: bool) -> list[str]:
    """What has to happen next for this request, in a few words each."""
    unsent = row.state in (State.PREPARED, State.FAILED)
    checks = [
        (unsent and row.route.needs_consent and not agreed, _("consent")),
        (row.state == State.PREPARED, _("to be sent")),
        (row.state == State.FAILED, _("another try")),
        (row.state == State.UNKNOWN, _("ask whether it arrived")),
        (row.state == State.SENT and row.reference is None, _("their number")),
        (row.state == State.SENT, _("their answer")),
    ]
    return [words for lacks, words in checks if lacks]


def route_label(route: Route) -> str:
    """How a route is named on pages: what serves everywhere by name, a platform's by its kind."""
    known = {
        "iwf-url": _("Internet Watch Foundation"),
        "ncmec-take-it-down": _("Take It Down: they do it themselves"),
        "stopncii": _("StopNCII: they do it themselves"),
        "site-contact": _("the site's own contact"),
        "in-ncrp": _("National Cyber Crime Reporting Portal (India)"),
    }
    if route.platform_id is None:
        return known.get(route.code, route.name)
    if route.kind != Route.Kind.GRIEVANCE:
        return str(route.get_kind_display())
    if route.clock_code == "IN-NCII":
        return _("grievance officer: intimate or altered imagery")
    return _("grievance officer: anything else")


def clock_label(code: str) -> str:
    """A clock rule's name in the page's language; empty for none."""
    if not code:
        return ""
    return label(Kind.CLOCK_RULE, code.lower().replace("-", "_"), get_language() or "en")


def problem_label(code: str) -> str:
    """Why something was not sent, in words; an unknown code of the other side as it is."""
    words = {
        "not_reached": _("The other side could not be reached."),
        "not_configured": _("This connection is not set up on this installation."),
        "no_answer_in_time": _("The other side did not answer in time."),
        "cut_off": _("The line was lost before the answer came."),
        "odd_answer": _("The other side answered in a way we do not understand."),
        "worker_lost": _("Our own process ended before the answer came."),
        "our_fault": _("A mistake of our own: please tell who runs this installation."),
        "no_longer_allowed": _("Who asked for it no longer has this case."),
        "cannot_write_now": _("The young person cannot be written to now."),
        "http_401": _("The other side did not accept our sign-in."),
        "http_403": _("The other side did not accept our sign-in."),
        "http_429": _("The other side had too many requests."),
    }
    return words.get(code) or code.replace("_", " ")
