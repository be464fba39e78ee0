"""Whom an arrival is from: addresses found by keyed hash, and the one that is answered."""

from intake.inbound import Address, Inbound
from intake.models import Conversation, Identity
from privacy.crypto import keyed_hash


def known_identity(inbound: Inbound) -> Identity | None:
    """The identity this arrival's addresses are known by; an account's own id counts first."""
    hashes = [identity_hash(inbound.channel, one) for one in _addresses(inbound)]
    rows = Identity.objects.select_related("conversation").filter(
        channel=inbound.channel, value_hash__in=hashes
    )
    found: dict[str | None, Identity] = {row.value_hash: row for row in rows}
    return next((found[one] for one in hashes if one in found), None)


def keep_addresses(conversation: Conversation, inbound: Inbound) -> None:
    """Remember every address named; the one written from is the one that is answered.

    An address that another conversation knows stays there: nothing moves between people.
    """
    named = [_keep(conversation, inbound, one) for one in _addresses(inbound)]
    ours = [identity for identity in named if identity.conversation_id == conversation.pk]
    if ours:
        answered = ours[-1].pk  # the sender stands last
        kept = Identity.objects.filter(conversation=conversation)
        kept.filter(current=True).exclude(pk=answered).update(current=False)
        line = inbound.carrier or inbound.channel
        kept.filter(pk=answered).exclude(current=True, carrier=line).update(
            current=True, carrier=line
        )


def identity_hash(channel: str, address: Address) -> str:
    """The keyed hash an address is found by."""
    return keyed_hash("identity", f"{channel}:{address.scheme}:{address.value}")


def _keep(conversation: Conversation, inbound: Inbound, address: Address) -> Identity:
    identity, _made = Identity.objects.get_or_create(
        channel=inbound.channel,
        scheme=address.scheme,
        value_hash=identity_hash(inbound.channel, address),
        defaults={
            "folder_id": conversation.folder_id,
            "conversation": conversation,
            "carrier": inbound.carrier or inbound.channel,
            "value": address.value,
            "profile_name": inbound.profile_name or None,
        },
    )
    found: Identity = identity
    return found


def _addresses(inbound: Inbound) -> list[Address]:
    """Every address an arrival names, the sender's own last."""
    return [*inbound.also, *([inbound.sender] if inbound.sender else [])]
