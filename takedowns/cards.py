"""The two cards of getting it down on the case page."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from cases.models import Case, CaseConversation
from cases.registry import Card
from intake.models import Conversation, OutboundMessage
from privacy.access import may
from privacy.classes import CATEGORY, CONTENT_LOCATOR, NARRATIVE
from privacy.minimise import minimised_all
from reference.services import targets
from takedowns import reading
from takedowns.forms import ChildLinkForm, LinkOutcomeForm, PlaceForm
from takedowns.links import CAN_CARRY, may_be_sent, message_state
from takedowns.models import ChildLink, ReportedContent, TakedownRequest

State = TakedownRequest.State
_ENDED_WELL = frozenset(
    {"removed", "disabled", "account_suspended", "account_terminated", "removed_before_report"}
)


def takedown_card(case: Case, user: User) -> Card | None:
    """The places and their requests; states and counts only for who may not see more."""
    rows = reading.as_rows(reading.requests_of(user).filter(case=case), user)
    places = list(
        ReportedContent.objects.visible_to(user).filter(case=case).select_related("platform")
    )
    works = case.status == Case.Status.OPEN and may(user, case.folder_id, CONTENT_LOCATOR, "w")
    if not (rows or places or works):
        return None
    waiting = {row.pk for row in places} - {row.request.content_id for row in rows}
    return Card(
        key="takedowns",
        title=_("Takedowns"),
        gist=_gist(rows, len(places)),
        template="takedowns/_card.html",
        context={
            "rows": rows,
            "unrouted": minimised_all([row for row in places if row.pk in waiting], user),
            "place_form": PlaceForm(prefix="place") if works else None,
            "agreed": bool(reading.with_consent({case.folder_id})),
        },
        sign=("danger", _("late")) if any(row.late for row in rows) else None,
    )


def link_card(case: Case, user: User) -> Card | None:
    """The child's own link to the analysts, for whoever holds the story."""
    if not (
        may(user, case.folder_id, NARRATIVE, "w")
        and may(user, case.folder_id, CONTENT_LOCATOR, "w")
    ):
        return None
    links = list(ChildLink.objects.visible_to(user).filter(case=case).order_by("-made_at"))
    return Card(
        key="own-link",
        title=_("Their own link"),
        gist=_shown(links[0])[1] if links else _("none yet"),
        template="takedowns/_link_card.html",
        context=link_context(case, user, links),
        sign=_link_sign(links),
    )


def link_context(
    case: Case, user: User, links: Iterable[ChildLink], form: ChildLinkForm | None = None
) -> dict[str, object]:
    """What the link's fragment shows; the age told before stands beside, and is never chosen."""
    conversations, kept = reachable(case), list(links)
    return {
        "links": [
            {
                "link": seen,
                "sign": _shown(row)[0],
                "word": _shown(row)[1],
                "can_send": may_be_sent(row),
                "problem": reading.problem_label(seen.problem) if seen.problem else "",
            }
            for row, seen in zip(kept, minimised_all(kept, user), strict=True)
        ],
        "link_form": form or ChildLinkForm(conversations=conversations),
        "told": _told(case) if may(user, case.folder_id, CATEGORY, "r") else "",
        "outcome_form": LinkOutcomeForm(prefix="link"),
        "can_make": case.status == Case.Status.OPEN and bool(conversations),
    }


def reachable(case: Case) -> list[Conversation]:
    """The case's conversations in which a link can be sent."""
    linked = CaseConversation.objects.standing().filter(case=case).values("conversation")
    return list(Conversation.objects.filter(pk__in=linked, channel__in=CAN_CARRY))


def _told(case: Case) -> str:
    """The band of what they said of their age, where it gives one."""
    found = targets("iwf_age", "age_band", case.age_band)
    return str(ChildLink.AgeBand(found[0]).label) if len(found) == 1 else ""


def _gist(rows: list[reading.Row], places: int) -> str:
    done = {
        row.request.content_id
        for row in rows
        if row.request.state == State.CLOSED and row.request.outcome in _ENDED_WELL
    }
    total = max(places, len({row.request.content_id for row in rows}))
    if not total:
        return _("none yet")
    return ngettext("%(done)d of %(total)d down", "%(done)d of %(total)d down", total) % {
        "done": len(done),
        "total": total,
    }


_SIGNS = {
    ChildLink.State.MAKING: "waiting",
    ChildLink.State.MADE: "attention",
    ChildLink.State.SENT: "done",
    ChildLink.State.FAILED: "danger",
    ChildLink.State.UNKNOWN: "attention",
}


def _shown(link: ChildLink) -> tuple[str, str]:
    """(kind of sign, word): a link is only as sent as the message it went out in."""
    if link.state == ChildLink.State.SENT:
        message = message_state(link)
        if message == OutboundMessage.State.FAILED:
            return "danger", _("made, and the message did not go out")
        if message == OutboundMessage.State.UNKNOWN:
            return "attention", _("made; not known whether the message went out")
    return _SIGNS[ChildLink.State(link.state)], link.get_state_display()


def _link_sign(links: list[ChildLink]) -> tuple[str, str] | None:
    kind = _shown(links[0])[0] if links else ""
    return (kind, _("look")) if kind in ("danger", "attention") else None
