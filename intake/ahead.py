"""Reading ahead: what the arrivals of one batch will ask for, read for all of them at once.

Outside a batch (privacy.gathering) each question is asked by itself, with the same answer.
"""

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from django.db.models import Max

from intake.models import Conversation, Identity, Message
from privacy import gathering, keys
from privacy.classes import CONTACT, NARRATIVE

_KNOWN: Final = "identities and conversations"


class _Ahead:
    """What a batch has read, and what its own arrivals add to that."""

    def __init__(self) -> None:
        self.asked: set[str] = set()
        self.by_hash: dict[tuple[str, str], Identity] = {}
        self.conversations: dict[UUID, Conversation] = {}
        self.identities: dict[UUID, list[Identity]] = {}
        self.places: dict[UUID, int] = {}

    def add(self, identity: Identity) -> None:
        """Know an identity by its hash, and among those of its conversation."""
        if identity.value_hash:
            self.asked.add(identity.value_hash)
            self.by_hash[identity.channel, identity.value_hash] = identity
        self.identities.setdefault(identity.conversation_id, []).append(identity)


def look(hashes: Iterable[str]) -> set[str]:
    """Read and lock, for a batch, the conversations these keyed hashes of addresses are known in.

    Returns those of the hashes whose conversation somebody else holds: their arrivals must wait
    for it, and this batch must not. Whatever was read before counts no more.
    """
    wanted = set(hashes)
    found = _Ahead()
    rows = list(Identity.objects.filter(value_hash__in=wanted))
    named = {row.conversation_id for row in rows}
    held = Conversation.objects.select_related("folder__team").order_by("pk")
    held = held.select_for_update(skip_locked=True, of=("self",), no_key=True)
    found.conversations = {row.pk: row for row in held.filter(pk__in=named)}
    free = found.conversations.keys()
    folders = {row.filed_to_id or row.folder_id for row in found.conversations.values()}
    keys.open_many(folders, {CONTACT, NARRATIVE})
    busy = {row.value_hash for row in rows if row.conversation_id not in free and row.value_hash}
    for row in Identity.objects.filter(conversation__in=list(free)).order_by("first_seen_at"):
        row.conversation = found.conversations[row.conversation_id]
        found.add(row)
    found.places = {
        one["conversation"]: one["last"]
        for one in Message.objects.filter(conversation__in=list(free))
        .values("conversation")
        .annotate(last=Max("order"))
    }
    found.asked |= wanted - busy
    gathering.remember(_KNOWN, found)
    return busy


def identities_by(channel: str, hashes: Sequence[str]) -> dict[str, Identity]:
    """The identities known by these keyed hashes, with their conversations."""
    known = _known()
    if known is not None and known.asked.issuperset(hashes):
        return {
            one: known.by_hash[channel, one] for one in hashes if (channel, one) in known.by_hash
        }
    rows = Identity.objects.select_related("conversation").filter(
        channel=channel, value_hash__in=hashes
    )
    return {row.value_hash: row for row in rows if row.value_hash}


def identities_of(conversation: Conversation) -> list[Identity]:
    """Every identity of a conversation, the oldest first."""
    known = _known()
    if known is not None and conversation.pk in known.conversations:
        return known.identities.get(conversation.pk, [])
    rows = Identity.objects.filter(conversation=conversation).order_by("first_seen_at")
    return list(rows)


def remember(row: Conversation | Identity) -> None:
    """Know a row that an arrival of this batch made: nobody else can have it yet."""
    known = _known()
    if known is None:
        return
    if isinstance(row, Identity):
        known.add(row)
    else:
        known.conversations[row.pk] = row
        known.places[row.pk] = 0


def held(conversation: Conversation) -> Conversation | None:
    """The conversation as this batch holds it, locked; None when it does not."""
    known = _known()
    return None if known is None else known.conversations.get(conversation.pk)


def next_place(conversation: Conversation) -> int:
    """The next place among the lines of a locked conversation."""
    known = _known()
    if known is not None and conversation.pk in known.conversations:
        known.places[conversation.pk] = known.places.get(conversation.pk, 0) + 1
        return known.places[conversation.pk]
    rows = Message.objects.filter(conversation=conversation)
    return (rows.aggregate(last=Max("order"))["last"] or 0) + 1


def _known() -> _Ahead | None:
    known: _Ahead | None = gathering.known(_KNOWN)
    return known
