"""Whether one may write to a reporter now: the safe-contact rules and the channel's own window."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from cases.models import Case, CaseConversation
from intake.models import Channel, Conversation
from intake.reach import WINDOW, address_of, refuse_unsendable
from privacy.clock import database_now
from privacy.services import NotPossible


@dataclass(frozen=True)
class Verdict:
    """`refusal` says why not, in words ("": write); `may_set_aside` whether a reason helps."""

    refusal: str = ""
    may_set_aside: bool = False
    window_until: datetime | None = None


def verdict(case: Case, conversation: Conversation, *, at: datetime) -> Verdict:
    """What the composer says about writing in a conversation of a case at a moment (UTC)."""
    until = window_until(conversation)
    if case.status == Case.Status.CLOSED:
        return Verdict(_("This case is closed."))
    try:
        refuse_unsendable(conversation, address_of(conversation), "–")
    except NotPossible as why:
        return Verdict(str(why), window_until=until)
    if unsafe := unsafe_now(case, conversation, at=at):
        return Verdict(unsafe, may_set_aside=True, window_until=until)
    return Verdict(window_until=until)


def unsafe_now(case: Case, conversation: Conversation, *, at: datetime) -> str:
    """Which rule of safe contact writing now would break, in words; "" when none."""
    if case.safe_aside_until and case.safe_aside_until > at:
        return ""
    if case.safe_channel and case.safe_channel != conversation.channel:
        return _("They said that only %(channel)s is safe.") % {
            "channel": Channel(case.safe_channel).label
        }
    if not _in_hours(case, at):
        return _("They said it is safe from %(start)s to %(end)s (%(zone)s).") % {
            "start": f"{case.safe_from:%H:%M}",
            "end": f"{case.safe_until:%H:%M}",
            "zone": zone_of(case).key,
        }
    return ""


def refuse_unsafe(conversation: Conversation) -> None:
    """Hook of intake, before anything of ours goes to a reporter. Raises NotPossible."""
    links = CaseConversation.objects.standing().filter(
        conversation=conversation, case__status=Case.Status.OPEN
    )
    at = database_now()
    for link in links.select_related("case__folder__team"):
        if unsafe := unsafe_now(link.case, conversation, at=at):
            raise NotPossible(unsafe)


def window_until(conversation: Conversation) -> datetime | None:
    """When free words on WhatsApp end; None on channels without such a window."""
    if conversation.channel != Channel.WHATSAPP or conversation.last_inbound_at is None:
        return None
    return conversation.last_inbound_at + WINDOW


def zone_of(case: Case) -> ZoneInfo:
    """The zone in which safe hours are told: the team's."""
    team = case.folder.team
    return ZoneInfo(team.timezone if team else "UTC")


def _in_hours(case: Case, at: datetime) -> bool:
    start, end = case.safe_from, case.safe_until
    if start is None or end is None:
        return True
    now = at.astimezone(zone_of(case)).time()
    return start <= now < end if start <= end else now >= start or now < end
