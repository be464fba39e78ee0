"""How this stage's things leave by the outbox: called once, and what is unclear stays unclear."""

from typing import ClassVar

from intake.models import OutboundMessage
from intake.registry import Carrier, CarrierError, NotKnown
from privacy.access import acting, may
from privacy.classes import CONTENT_LOCATOR, NARRATIVE
from privacy.services import NotPossible
from takedowns.connectors import CONNECTORS
from takedowns.connectors.base import ConnectorError, Notice, Receipt
from takedowns.connectors.iwf_link import IwfChildLink
from takedowns.models import ChildLink, RequestStep, TakedownRequest
from takedowns.services import deliver_link, notice_of, settle_link, settle_sending

NO_LONGER = "no_longer_allowed"


class RequestCarrier(Carrier):
    """Sends a takedown request through its connector. Never tries again by itself."""

    def __init__(self, connector: str) -> None:
        self.connector = connector

    def send(self, outbound: OutboundMessage) -> str:
        with acting(part="takedowns"):
            request = _request(outbound)
            notice = self._notice(request)
        receipt = self._call(notice)
        # Kept at once and on its own: whatever happens next, that it was sent is known.
        with acting(part="takedowns"):
            settle_sending(request, receipt=receipt)
        return ""

    def settled(self, outbound: OutboundMessage) -> None:
        with acting(part="takedowns"):
            request = _request(outbound)
            if outbound.state == OutboundMessage.State.UNKNOWN:
                settle_sending(request, unknown=True, problem=outbound.problem)
            elif outbound.state == OutboundMessage.State.FAILED:
                settle_sending(request, problem=outbound.problem)

    def _notice(self, request: TakedownRequest) -> Notice:
        """What to send, if who asked for it may still ask."""
        asked = request.steps.filter(verb=RequestStep.Verb.QUEUED).last()
        if request.state != TakedownRequest.State.SENDING or asked is None or asked.by is None:
            raise CarrierError("not_asked_for", permanent=True)
        if not may(asked.by, request.folder_id, CONTENT_LOCATOR, "w"):
            raise CarrierError(NO_LONGER, permanent=True)
        return notice_of(request.content)

    def _call(self, notice: Notice) -> Receipt:
        try:
            return CONNECTORS[self.connector].send(notice)
        except ConnectorError as error:
            raise _told(error) from None


class LinkCarrier(Carrier):
    """Has a child's link made, seals it, and sends it in the conversation."""

    connector: ClassVar = IwfChildLink()

    def send(self, outbound: OutboundMessage) -> str:
        with acting(part="takedowns"):
            link = _link(outbound)
            if link.state != ChildLink.State.MAKING:
                raise CarrierError("not_asked_for", permanent=True)
            if not may(link.made_by, link.folder_id, NARRATIVE, "w"):
                raise CarrierError(NO_LONGER, permanent=True)
        try:
            address = self.connector.make(case_number=link.case_number, age_band=link.age_band)
        except ConnectorError as error:
            raise _told(error) from None
        with acting(part="takedowns"):
            settle_link(link, address=address)
        self._deliver(link)
        return ""

    def settled(self, outbound: OutboundMessage) -> None:
        with acting(part="takedowns"):
            link = _link(outbound)
            if outbound.state == OutboundMessage.State.UNKNOWN:
                settle_link(link, unknown=True, problem=outbound.problem)
            elif outbound.state == OutboundMessage.State.FAILED:
                settle_link(link, problem=outbound.problem)

    def _deliver(self, link: ChildLink) -> None:
        """Send it now if they can be written to; else it waits, made, for the counsellor."""
        try:
            with acting(part="takedowns"):
                deliver_link(link, by=None)
        except NotPossible:
            with acting(part="takedowns"):
                ChildLink.objects.filter(pk=link.pk, state=ChildLink.State.MADE).update(
                    problem="cannot_write_now"
                )


def _request(outbound: OutboundMessage) -> TakedownRequest:
    found: TakedownRequest = TakedownRequest.objects.select_related(
        "content", "route", "route__platform", "case"
    ).get(pk=outbound.subject_id)
    return found


def _link(outbound: OutboundMessage) -> ChildLink:
    found: ChildLink = ChildLink.objects.select_related("made_by", "case").get(
        pk=outbound.subject_id
    )
    return found


def _told(error: ConnectorError) -> CarrierError | NotKnown:
    if error.may_have_arrived:
        return NotKnown(error.code)
    return CarrierError(error.code, permanent=True)
