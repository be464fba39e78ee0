"""Which conversation an arrival belongs to: of before or new, and how sure that is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from accounts.models import Team
from intake import ahead, doubts, strangers
from intake.channels.email import reply_token, token_hash
from intake.identities import Known, keep_addresses, known_identities, known_identity
from intake.inbound import Inbound
from intake.models import Channel, Conversation, Identity, InboundEvent
from intake.writing import lock
from privacy import audit, gathering, keys
from privacy.models import Folder
from privacy.retention import keep_open

# Numbers are given to other people: after this long a sender begins anew.
SAME_PERSON: Final = timedelta(days=60)


@dataclass
class Place:
    """The conversation an arrival belongs to, held, and what is known of who wrote.

    `proven` False: it may be somebody else's, and does not count as their having written. `signs`
    are codes of notices that say why somebody else may be holding their telephone.
    """

    conversation: Conversation
    proven: bool = True
    signs: list[str] = field(default_factory=list)
    new: bool = False


def place_of(
    event: InboundEvent, inbound: Inbound, *, reopens: Callable[[Conversation], bool]
) -> Place:
    """The sender's conversation: theirs of before, or a new one for a new sender.

    Its fields are set in memory; the caller saves them. `reopens` says whether a closed one is
    taken up again.
    """
    known = known_identities(inbound)
    identity = known_identity(inbound, known)
    conversation = lock(identity.conversation) if identity else None
    before = conversation
    if identity and conversation and _starts_anew(identity, conversation, event.received_at):
        known = _forget_addresses(conversation, known)
        conversation = None
    if conversation is None:
        place = Place(_begin_conversation(event, inbound, after=before), new=True)
    else:
        place = _of_before(conversation, event, inbound)
        if conversation.state == Conversation.State.CLOSED and reopens(conversation):
            _reopen(conversation)
    if place.proven:
        place.signs += keep_addresses(place.conversation, inbound, known)
        _note_when(place.conversation, _heard_at(event, inbound))
    return place


def zone_of(conversation: Conversation) -> ZoneInfo:
    """The zone of the desk that answers a conversation; the reporter's is not asked."""
    team = conversation.folder.team
    return ZoneInfo(team.timezone if team else "UTC")


def _of_before(conversation: Conversation, event: InboundEvent, inbound: Inbound) -> Place:
    place = Place(conversation)
    if inbound.channel == Channel.EMAIL:
        place.proven = _answers_ours(conversation, inbound)
    elif conversation.state != Conversation.State.CLOSED:
        zone = zone_of(conversation)
        place.signs = doubts.signs_of_return(conversation, at=event.received_at, zone=zone)
    return place


def _note_when(conversation: Conversation, heard: datetime) -> None:
    """They wrote then; what is found late may be older than what they said since, such as STOP."""
    last, stopped = conversation.last_inbound_at, conversation.opted_out_at
    conversation.last_inbound_at = heard if last is None else max(last, heard)
    if stopped is not None and heard > stopped:
        conversation.opted_out_at = None


def _heard_at(event: InboundEvent, inbound: Inbound) -> datetime:
    """When they wrote, for the channel's window: of what was found late, as the provider says."""
    if inbound.late and inbound.occurred_at:
        return min(event.received_at, datetime.fromisoformat(inbound.occurred_at))
    return event.received_at


def _starts_anew(identity: Identity, conversation: Conversation, at: datetime) -> bool:
    """Whether this is a new beginning: forgotten, asked to be deleted, or closed long ago.

    Whoever writes from a number after long may be somebody else.
    """
    if identity.value is None or conversation.hidden_at is not None:
        return True
    last = conversation.last_inbound_at
    long_ago = last is not None and at - last > SAME_PERSON
    return conversation.state == Conversation.State.CLOSED and long_ago


def _forget_addresses(conversation: Conversation, known: Known) -> Known:
    """Nothing finds a conversation of before any more; those addresses that are still known."""
    # At once, and not with a batch's other rows: the same address is inserted anew before those.
    Identity.objects.filter(conversation=conversation).update(value_hash=None, current=False)
    for row in ahead.identities_of(conversation):
        row.value_hash, row.current = None, False
    return {one: row for one, row in known.items() if row.conversation_id != conversation.pk}


def _begin_conversation(
    event: InboundEvent, inbound: Inbound, *, after: Conversation | None
) -> Conversation:
    folder = Folder(kind=Folder.Kind.CONVERSATION, team=_first_team())
    folder.save(force_insert=True)
    keys.begin(folder.pk)
    made = Conversation(folder=folder, channel=inbound.channel, started_at=event.received_at)
    if inbound.channel == Channel.EMAIL:
        made.reply_token = token_hash(reply_token(made.pk))
        if after is not None and after.hidden_at:  # one automatic mail a day: they have had it
            made.step = Conversation.Step.STOPPED
    made.save(force_insert=True)
    ahead.remember(made)
    audit.record("arrived", folder=folder.pk, subject="conversation", subject_id=made.pk)
    return made


def _first_team() -> Team | None:
    return gathering.once("the first team", lambda: Team.objects.order_by("name").first())


def _reopen(conversation: Conversation) -> None:
    """They are back: into the queue, from the first step, and nothing is forgotten meanwhile."""
    conversation.state = Conversation.State.WAITING
    conversation.step = Conversation.Step.NONE
    conversation.filed_to = None
    keep_open(conversation.folder)
    audit.record(
        "came_back",
        folder=conversation.folder_id,
        subject="conversation",
        subject_id=conversation.pk,
    )


def _answers_ours(conversation: Conversation, inbound: Inbound) -> bool:
    """Whether a mail brings back what only a mail of ours in this conversation told.

    That is our reply address, or the key of a message of ours. Anybody can write a From header.
    """
    mine = Conversation.objects.filter(strangers.told_by(inbound), pk=conversation.pk)
    return bool(mine.exists())
