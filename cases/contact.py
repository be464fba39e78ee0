"""Whether one may write to a reporter now: the safe-contact rules and the channel's own window."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from cases.models import Case, CaseConversation
from intake.flags import read_flags
from intake.models import Channel, Conversation
from intake.reach import WINDOW, address_of, refuse_unsendable
from intake.registry import NotNow
from privacy.access import acting, current_actor
from privacy.clock import database_now
from privacy.services import NotPossible

# Numbers are reissued: after this, who writes may be somebody else, and gets a case of their own.
SAME_PERSON_FOR: Final = timedelta(days=60)
# Whose rule it is, and which, is not told to who does not have that case.
ELSEWHERE: Final = gettext_noop(
    "Another rule that stands for this conversation keeps us from writing now."
)
# A phone that others use too is theirs so long after they wrote.
IN_HAND: Final = timedelta(hours=1)


@dataclass(frozen=True)
class Verdict:
    """`refusal` says why not, in words ("": write); `may_set_aside` whether a reason helps.

    `approved_only`: free words may not go out any more, texts that the provider approved may.
    """

    refusal: str = ""
    may_set_aside: bool = False
    window_until: datetime | None = None
    approved_only: bool = False


def verdict(case: Case, conversation: Conversation, *, at: datetime) -> Verdict:
    """What the composer says about writing in a conversation of a case at a moment (UTC)."""
    until = window_until(conversation)
    if case.status == Case.Status.CLOSED:
        return Verdict(_("This case is closed."))
    try:
        refuse_unsendable(conversation, address_of(conversation), "–", approved=True)
    except NotPossible as why:
        return Verdict(str(why), window_until=until)
    if unsafe := unsafe_now(case, conversation, at=at):
        return Verdict(unsafe, may_set_aside=True, window_until=until)
    if any(broken_rule(other, conversation, at=at) for other in _others(case, conversation)):
        return Verdict(_(ELSEWHERE), window_until=until)
    if conversation.channel == Channel.WHATSAPP and (until is None or until <= at):
        words = _("More than 24 hours have passed since they last wrote.")
        return Verdict(words, window_until=until, approved_only=True)
    return Verdict(window_until=until)


def unsafe_now(case: Case, conversation: Conversation, *, at: datetime) -> str:
    """Which rule of safe contact writing now would break, in words; "" when none."""
    broken = broken_rule(case, conversation, at=at)
    return str(broken) if broken else ""


def broken_rule(case: Case, conversation: Conversation, *, at: datetime) -> NotNow | None:
    """The rule of safe contact that reaching them now would break, and when it no longer would.

    Run as whoever may read the case's story, or as a part that may: flags are part of it.
    """
    if case.safe_aside_until and case.safe_aside_until > at:
        return None
    if case.do_not_contact:
        return NotNow(_("They said: do not contact me."), code="do_not_contact")
    if case.safe_channel and case.safe_channel != conversation.channel:
        words = _("They said that only %(channel)s is safe.")
        named = {"channel": Channel(case.safe_channel).label}
        return NotNow(words % named, code="other_channel")
    if not _in_hours(case, at):
        words = _("They said it is safe from %(start)s to %(end)s (%(zone)s).") % {
            "start": f"{case.safe_from:%H:%M}",
            "end": f"{case.safe_until:%H:%M}",
            "zone": zone_of(case).key,
        }
        return NotNow(words, code="safe_hours", until=_next_safe(case, at))
    if _phone_put_away(conversation, at) and "shared_device" in read_flags(conversation):
        words = _("Others use their phone too. Wait until they write: then they have it in hand.")
        return NotNow(words, code="shared_phone")
    return None


def refuse_unsafe(conversation: Conversation) -> None:
    """Hook of intake, before anything of ours goes to a reporter. Raises NotNow."""
    # First answers go out in batches, which asking as another part takes apart. A machine part sees
    # every link, so that without one there is nobody's rule to look for.
    links = CaseConversation.objects.standing().filter(conversation=conversation.pk)
    if current_actor().part and not links.exists():
        return
    at = database_now()
    known = {case.pk for case in _whose_rules(conversation)}
    with acting(part="triage"):  # of every child it is about, whoever's their cases are
        cases = _whose_rules(conversation)
    for case in cases:
        broken = broken_rule(case, conversation, at=at)
        if broken and case.pk not in known:
            raise NotNow(_(ELSEWHERE), code=broken.code, until=broken.until)
        if broken:
            raise broken


def _whose_rules(conversation: Conversation) -> list[Case]:
    """The cases whose rules hold: those that are open, else the one that was closed last.

    Whoever comes back goes by the rules they gave before, until somebody notes others; so long
    after closing that the number may be another person's, nobody has given any.
    """
    links = CaseConversation.objects.standing().filter(conversation=conversation)
    cases = [link.case for link in links.select_related("case__folder__team")]
    standing = [case for case in cases if case.status == Case.Status.OPEN]
    back = conversation.filed_to_id is None and conversation.state != Conversation.State.CLOSED
    since = database_now() - SAME_PERSON_FOR
    ended = [case for case in cases if case.closed_at and not (back and case.closed_at < since)]
    return standing or sorted(ended, key=lambda one: str(one.closed_at))[-1:]


def _others(case: Case, conversation: Conversation) -> list[Case]:
    """The other cases whose rules hold for a conversation: another child's, another holder's."""
    with acting(part="triage"):
        return [one for one in _whose_rules(conversation) if one.pk != case.pk]


def is_unsafe_alone(conversation: Conversation) -> bool:
    """Hook of intake: whether a parent who is not safe may be reading along. Part "intake" acts."""
    links = CaseConversation.objects.standing().filter(conversation=conversation)
    return bool(links.filter(case__guardian_safe="no").exists())


def window_until(conversation: Conversation) -> datetime | None:
    """When free words on WhatsApp end; None on channels without such a window."""
    if conversation.channel != Channel.WHATSAPP or conversation.last_inbound_at is None:
        return None
    return conversation.last_inbound_at + WINDOW


def zone_of(case: Case) -> ZoneInfo:
    """The zone in which safe hours are told: the team's."""
    team = case.folder.team
    return ZoneInfo(team.timezone if team else "UTC")


def _phone_put_away(conversation: Conversation, at: datetime) -> bool:
    """Whether so long has passed since they wrote that somebody else may hold the phone."""
    last = conversation.last_inbound_at
    return last is None or at - last > IN_HAND


def _next_safe(case: Case, at: datetime) -> datetime | None:
    """When their safe hours begin next (UTC)."""
    if case.safe_from is None:
        return None
    zone = zone_of(case)
    begins = datetime.combine(at.astimezone(zone).date(), case.safe_from, zone)
    if begins <= at:
        begins = datetime.combine(begins.date() + timedelta(days=1), case.safe_from, zone)
    return begins.astimezone(UTC)


def _in_hours(case: Case, at: datetime) -> bool:
    start, end = case.safe_from, case.safe_until
    if start is None or end is None:
        return True
    now = at.astimezone(zone_of(case)).time()
    return start <= now < end if start <= end else now >= start or now < end
