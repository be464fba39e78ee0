"""The foundation's single-use link for one child: made once, sent once in their conversation."""

import secrets
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from cases.models import Case, CaseConversation
from intake import services as intake
from intake.models import Channel, Conversation, OutboundMessage
from privacy import audit
from privacy.access import acting, require
from privacy.classes import CONTENT_LOCATOR, NARRATIVE
from privacy.clock import database_now
from privacy.fields import unseal
from privacy.services import NotPossible
from reference.reading import is_code
from reference.services import count_fact
from reference.vocabulary import Kind
from takedowns.connectors.iwf_link import IwfChildLink
from takedowns.models import ChildLink
from takedowns.moves import require_open, touch

State = ChildLink.State
TEXT: Final = "own_link"  # the neutral text it is sent with: intake.texts
CAN_CARRY: Final = frozenset({Channel.WHATSAPP, Channel.SMS, Channel.EMAIL})
_ADULT: Final = frozenset({"18_24", "25_plus"})


@transaction.atomic
def make_child_link(
    case: Case, *, conversation: Conversation, age_band: str, by: User
) -> ChildLink:
    """Have a link made for the child, in the age band the counsellor confirms, and sent to them.

    The call leaves from the outbox, once, with a random number that names nobody. Raises
    NotPossible while another one for this conversation is on its way.
    """
    require(by, case.folder_id, NARRATIVE)
    require(by, case.folder_id, CONTENT_LOCATOR)
    require_open(case)
    _require_fitting(case, conversation, age_band)
    link = ChildLink(
        folder_id=case.folder_id,
        case=case,
        conversation_id=conversation.pk,
        age_band=age_band,
        case_number=secrets.token_hex(16),
        made_by=by,
    )
    link.save(force_insert=True)
    intake.queue(
        IwfChildLink.carrier,
        folder=case.folder_id,
        subject_id=link.pk,
        client_key=f"child-link:{link.pk.hex}",
    )
    _note("child_link_asked", link, ChildLink.AgeBand(age_band).name.lower())
    touch(case)
    return link


@transaction.atomic
def deliver_link(link: ChildLink, *, by: User | None) -> ChildLink:
    """Send a link that was made and not sent, or whose message certainly failed. Twice is once.

    Raises NotPossible with the reason why the young person cannot be written to now.
    """
    if by is not None:
        require(by, link.folder_id, NARRATIVE)
    with acting(part="takedowns"):
        fresh: ChildLink = (
            ChildLink.objects.select_for_update(of=("self",))
            .select_related("case", "made_by")
            .get(pk=link.pk)
        )
        if not may_be_sent(fresh):
            return fresh
        address = unseal(fresh, "link") or ""
        with acting(part="intake"):
            conversation = Conversation.objects.get(pk=fresh.conversation_id)
        message = intake.send_link(
            conversation, code=TEXT, values={"link": address}, by=by or fresh.made_by
        )
        fresh.state, fresh.problem, fresh.sent_at = State.SENT, "", database_now()
        fresh.message_id = message.pk
        fresh.save(update_fields=["state", "problem", "sent_at", "message_id"])
    _note("child_link_sent", fresh, "")
    count_fact(fresh.sent_at.date(), "child_links_sent")
    touch(fresh.case)
    return fresh


def message_state(link: ChildLink) -> str:
    """How the message a link went out in fares (an outbound state); empty for none."""
    if link.message_id is None:
        return ""
    found = OutboundMessage.objects.filter(message=link.message_id)
    return str(found.values_list("state", flat=True).first() or "")


def may_be_sent(link: ChildLink) -> bool:
    """Whether it was made and certainly has not reached the young person."""
    if link.state == State.SENT:
        return message_state(link) == OutboundMessage.State.FAILED
    return link.state == State.MADE


def settle_link(
    link: ChildLink, *, address: str = "", unknown: bool = False, problem: str = ""
) -> ChildLink:
    """Write down how the making of a link ended. For the carrier, inside the stage's part.

    What is no longer being made is left as it is: hearing of it twice does no harm.
    """
    fresh: ChildLink = (
        ChildLink.objects.select_for_update(of=("self",)).select_related("case").get(pk=link.pk)
    )
    if fresh.state != State.MAKING:
        return fresh
    if address:
        fresh.state, fresh.link = State.MADE, address
    else:
        fresh.state = State.UNKNOWN if unknown else State.FAILED
    fresh.problem = problem
    fresh.save(update_fields=["state", "link", "problem"])
    _note(f"child_link_{fresh.state}", fresh, problem)
    touch(fresh.case)
    return fresh


@transaction.atomic
def record_link_outcome(link: ChildLink, *, outcome: str, by: User) -> ChildLink:
    """Enter what the foundation, or the young person, says came of a link that was sent."""
    require(by, link.folder_id, CONTENT_LOCATOR)
    if not is_code(Kind.OUTCOME, outcome):
        raise NotPossible(_("Choose from the list."))
    if link.state != State.SENT:
        raise NotPossible(_("There is an outcome only once the link was sent."))
    link.outcome, link.outcome_at = outcome, database_now()
    link.save(update_fields=["outcome", "outcome_at"])
    _note("child_link_outcome", link, outcome)
    count_fact(link.outcome_at.date(), "child_links_answered", outcome=outcome)
    touch(link.case)
    return link


def _require_fitting(case: Case, conversation: Conversation, age_band: str) -> None:
    linked = CaseConversation.objects.standing().filter(case=case, conversation=conversation)
    if not linked.exists():
        raise NotPossible(_("This conversation does not belong to the case."))
    if age_band not in ChildLink.AgeBand.values:
        raise NotPossible(_("Confirm the age band."))
    if case.age_band in _ADULT:
        raise NotPossible(_("This link is for people under 18. For adults there is StopNCII."))
    if conversation.channel not in CAN_CARRY:
        raise NotPossible(_("A link cannot be sent on the phone. Ask them to write."))
    on_its_way = ChildLink.objects.filter(
        conversation_id=conversation.pk, state__in={State.MAKING, State.MADE}
    )
    if on_its_way.exists():
        raise NotPossible(_("A link is already on its way. Wait until it was sent."))


def _note(verb: str, link: ChildLink, reason: str) -> None:
    audit.record(
        verb, folder=link.folder_id, subject="child_link", subject_id=link.pk, reason=reason
    )
