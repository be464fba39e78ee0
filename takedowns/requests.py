"""Asking for a takedown: prepared, sent once, answered, or withdrawn before it left."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from cases.models import Case
from intake import services as intake
from privacy.access import acting, require
from privacy.classes import CONTENT_LOCATOR
from privacy.clock import database_now
from privacy.fields import unseal
from privacy.models import Consent, Folder
from privacy.services import NotPossible, Stopped, has_consent
from reference.reading import is_code
from reference.services import count_fact, start_clock, stop_clock
from reference.vocabulary import Evidence, Kind
from takedowns.connectors import CONNECTORS, form
from takedowns.connectors.base import Notice, Receipt
from takedowns.models import ReportedContent, Route, TakedownRequest
from takedowns.moves import (
    Verb,
    about,
    clocks_of,
    facts,
    move,
    note,
    note_step,
    require_open,
    touch,
)

State = TakedownRequest.State
ADULT_BANDS: Final = frozenset({"18_24", "25_plus"})
# What may prove an outcome, as a person records it.
OUTCOME_EVIDENCE: Final = (
    Evidence.PLATFORM_ANSWER,
    Evidence.HOTLINE_ANSWER,
    Evidence.AUTHORITY_RECEIPT,
    Evidence.TOLD_BY_PERSON,
    Evidence.RECORDED_BY_STAFF,
)
_TROUBLE: Final = {
    "needs_link": gettext_lazy("This route takes web addresses only."),
    "link_too_long": gettext_lazy("This route takes addresses of at most 1000 characters."),
    "over_18": gettext_lazy("This route is for pictures of people under 18."),
    "under_18": gettext_lazy("This route is for people who are 18 or over in the picture."),
    "other_platform": gettext_lazy("This route belongs to another platform."),
    "unknown_connector": gettext_lazy("This route cannot be used yet."),
}


@transaction.atomic
def prepare_request(content: ReportedContent, *, route: Route, by: User) -> TakedownRequest:
    """Open the request of one place on one route; asked again it is the same one.

    One that was withdrawn comes back prepared. Raises NotPossible when the route does not fit.
    """
    require(by, content.folder_id, CONTENT_LOCATOR)
    require_open(content.case)
    if words := why_not(content, route):
        raise NotPossible(words)
    with acting(part="takedowns"):
        made, new = TakedownRequest.objects.get_or_create(
            content=content,
            route=route,
            defaults={
                "folder_id": content.folder_id,
                "case_id": content.case_id,
                "prepared_by": by,
            },
        )
        if new:
            note_step(made, Verb.PREPARED, by=by)
    if made.state == State.CANCELLED:
        made = move(made, State.PREPARED, verb=Verb.PREPARED, by=by, problem="")
    elif not new:
        return made
    note("request_prepared", made, route.code)
    touch(content.case)
    return made


def trouble(content: ReportedContent, route: Route) -> str:
    """A code for why a route cannot carry this place; empty when it can."""
    if route.platform_id not in (None, content.platform_id):
        return "other_platform"
    age = "over_18" if content.age_in_content in ADULT_BANDS else "under_18"
    if route.age not in ("", age):
        return age
    connector = CONNECTORS.get(route.connector)
    return connector.trouble(notice_of(content)) if connector else "unknown_connector"


def why_not(content: ReportedContent, route: Route) -> str:
    """Why a route cannot carry this place, in words; empty when it can."""
    code = trouble(content, route)
    return str(_TROUBLE[code]) if code else ""


def notice_of(content: ReportedContent) -> Notice:
    """What is said about a place, with its locator in clear. Raises crypto.CannotOpen."""
    return Notice(
        kind=content.locator_kind,
        locator=unseal(content, "locator") or "",
        origin=content.origin,
        medium=content.medium,
        place=content.place,
        minor=content.age_in_content not in ADULT_BANDS,
    )


@transaction.atomic
def send_request(request: TakedownRequest, *, by: User) -> TakedownRequest:
    """Have the route's connector send it, once, from the outbox.

    Raises NotPossible when it goes by hand, waits for consent, or is in a state that forbids it:
    what may have arrived is never sent again before somebody has asked.
    """
    require(by, request.folder_id, CONTENT_LOCATOR)
    require_open(request.case)
    carrier = CONNECTORS[request.route.connector].carrier
    if not carrier:
        raise NotPossible(_("This route goes by hand: send it there, then mark it sent."))
    _require_consent(request)
    request = move(
        request,
        State.SENDING,
        verb=Verb.QUEUED,
        by=by,
        problem="",
        tries=request.tries + 1,
    )
    intake.queue(
        carrier,
        folder=request.folder_id,
        subject_id=request.pk,
        client_key=f"takedown:{request.pk.hex}:{request.tries}",
    )
    note("request_sending", request, request.route.code)
    touch(request.case)
    return request


@transaction.atomic
def mark_sent(
    request: TakedownRequest, *, reference: str = "", at: datetime | None = None, by: User
) -> TakedownRequest:
    """Note that a person sent it by hand, or learned that it was sent; the law's clock starts then.

    `at` is the moment of sending (default: now). With the other side's number the evidence is
    their receipt, else our own sending.
    """
    require(by, request.folder_id, CONTENT_LOCATOR)
    now = database_now()
    at = min(at or now, now)
    if request.state != State.UNKNOWN:
        if CONNECTORS[request.route.connector].carrier:
            raise NotPossible(_("This route is sent from here."))
        _require_consent(request)
    evidence = Evidence.PLATFORM_RECEIPT if reference.strip() else Evidence.OUR_SENDING
    sheet = form.sheet_sha256(notice_of(request.content))
    return _sent(request, Receipt(reference.strip(), sheet), at=at, evidence=evidence, by=by)


@transaction.atomic
def mark_not_sent(request: TakedownRequest, *, by: User) -> TakedownRequest:
    """Note that a person asked and learned that an unclear sending did not arrive."""
    require(by, request.folder_id, CONTENT_LOCATOR)
    if request.state != State.UNKNOWN:
        raise NotPossible(_("This is known already."))
    evidence = Evidence.RECORDED_BY_STAFF
    request = move(request, State.FAILED, verb=Verb.FAILED, evidence=evidence, by=by)
    note("request_not_sent", request, "asked")
    touch(request.case)
    return request


@transaction.atomic
def note_reference(request: TakedownRequest, *, reference: str, by: User) -> TakedownRequest:
    """Keep the number the other side gave for a request that was sent."""
    require(by, request.folder_id, CONTENT_LOCATOR)
    if not reference.strip():
        raise NotPossible(_("Type the number they gave."))
    if request.state != State.SENT:
        raise NotPossible(_("There is a number only once it was sent."))
    with acting(part="takedowns"):
        request.reference = reference.strip()
        request.save(update_fields=["reference"])
        note_step(request, Verb.REFERENCE, evidence=Evidence.PLATFORM_RECEIPT, by=by)
    note("reference_noted", request, "")
    return request


@transaction.atomic
def record_outcome(
    request: TakedownRequest, *, outcome: str, evidence: str, by: User
) -> TakedownRequest:
    """Enter what came of it (an outcome code) and what proves it; its clocks stop.

    Raises NotPossible unless it was sent, or may have been.
    """
    require(by, request.folder_id, CONTENT_LOCATOR)
    if not is_code(Kind.OUTCOME, outcome) or evidence not in OUTCOME_EVIDENCE:
        raise NotPossible(_("Choose from the list."))
    now = database_now()
    request = move(
        request,
        State.CLOSED,
        verb=Verb.CLOSED,
        evidence=evidence,
        by=by,
        outcome=outcome,
        outcome_at=now,
        problem="",
    )
    with acting(part="takedowns"):
        for clock in clocks_of([request.pk]):
            stop_clock(clock, evidence=Evidence(evidence), at=now, by=by)
    note("outcome_recorded", request, outcome)
    count_fact(now.date(), "takedowns_answered", outcome=outcome, **facts(request))
    touch(request.case)
    return request


def settle_sending(
    request: TakedownRequest,
    *,
    receipt: Receipt | None = None,
    unknown: bool = False,
    problem: str = "",
) -> None:
    """Write down how a sending ended: with a receipt, unclear, or certainly not.

    For carriers, inside their own part. What is no longer being sent is left as it is, so that
    hearing of it twice does no harm.
    """
    fresh = TakedownRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if fresh.state != State.SENDING:
        return
    if receipt is not None:
        _sent(fresh, receipt, at=database_now(), evidence=Evidence.PLATFORM_RECEIPT, by=None)
        return
    state, verb = (State.UNKNOWN, Verb.UNKNOWN) if unknown else (State.FAILED, Verb.FAILED)
    move(fresh, state, verb=verb, by=None, problem=problem)
    note(f"request_{state}", fresh, problem)
    touch(fresh.case)


def _sent(
    request: TakedownRequest, receipt: Receipt, *, at: datetime, evidence: Evidence, by: User | None
) -> TakedownRequest:
    request = move(
        request,
        State.SENT,
        verb=Verb.SENT,
        evidence=evidence,
        by=by,
        reference=receipt.reference or None,
        notice_sha256=receipt.sha256,
        sent_at=at,
        problem="",
    )
    if request.route.clock_code:
        with acting(part="takedowns"):
            start_clock(
                Folder.objects.get(pk=request.folder_id),
                request.route.clock_code,
                subject=about(request),
                evidence=evidence,
                at=at,
                by=by,
            )
    note("request_sent", request, request.route.code)
    # On the day it is recorded: figures of past months, once shown, do not move.
    count_fact(database_now().date(), "takedowns_sent", **facts(request))
    touch(request.case)
    return request


def _require_consent(request: TakedownRequest) -> None:
    if request.route.needs_consent and not has_consent(request.folder_id, Consent.Purpose.TAKEDOWN):
        raise NotPossible(
            _("This asks in the young person's name. Their consent to takedowns is missing.")
        )


def on_consent_withdrawn(consent: Consent) -> Stopped:
    """Cancel what is open, unsent, and in the young person's name. Filled into privacy's list."""
    if consent.purpose != Consent.Purpose.TAKEDOWN:
        return Stopped()
    named = TakedownRequest.objects.filter(folder=consent.folder_id, route__needs_consent=True)
    with acting(part="takedowns"):
        sent = named.filter(sent_at__isnull=False).count()
    return Stopped(ended=cancel_unsent(named), sent=sent)


def on_close(case: Case, by: User | None) -> None:
    """A case ends only when nothing is on its way; what was never sent is withdrawn with it."""
    with acting(part="takedowns"):
        rows = TakedownRequest.objects.filter(case=case)
        waiting = rows.filter(state__in={State.SENDING, State.SENT, State.UNKNOWN}).count()
    if waiting:
        raise NotPossible(
            _("Takedown requests still wait for an answer. Record it, or “no answer”, first.")
        )
    cancel_unsent(rows)


def cancel_unsent(rows: "QuerySet[TakedownRequest]") -> int:
    """Withdraw those of the requests that never left us. Returns how many."""
    with acting(part="takedowns"):
        found = list(rows.filter(state__in={State.PREPARED, State.FAILED}))
    for request in found:
        move(request, State.CANCELLED, verb=Verb.CANCELLED, by=None)
        note("request_cancelled", request, "")
    return len(found)
