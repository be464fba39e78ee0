"""Whom an arrival is from: addresses found by keyed hash, and the one that is answered."""

from typing import Final

from intake import ahead, doubts
from intake.inbound import Address, Inbound
from intake.models import Conversation, Identity
from privacy.purposes import keyed_hash

_ACCOUNT: Final = "bsuid"
Known = dict[str, Identity]
"""The identities an arrival's addresses are known by: keyed hash to row."""


def known_identities(inbound: Inbound) -> Known:
    """Those of this arrival's addresses that wrote before, each with its conversation."""
    return ahead.identities_by(inbound.channel, hashes_of(inbound))


def known_identity(inbound: Inbound, known: Known | None = None) -> Identity | None:
    """The identity this arrival is known by; an account's own id counts before its number."""
    rows = known_identities(inbound) if known is None else known
    return next((rows[one] for one in hashes_of(inbound) if one in rows), None)


def keep_addresses(conversation: Conversation, inbound: Inbound, known: Known) -> list[str]:
    """Remember every address named; the one written from is the one that is answered.

    An address that another conversation knows stays there: nothing moves between people. Returns
    the codes of signs that somebody else may be writing: another number, another account on the
    same number, another profile name.
    """
    fresh = all(one.conversation_id != conversation.pk for one in known.values())
    other = _is_another_account(conversation, inbound, known)
    named = [
        known.get(one) or _keep(conversation, inbound, address, one, current=fresh)
        for one, address in zip(hashes_of(inbound), _addresses(inbound), strict=True)
    ]
    ours = [identity for identity in named if identity.conversation_id == conversation.pk]
    if not ours:
        return []
    signs = [*_answer_there(conversation, ours[-1], inbound), *_profile(ours[-1], inbound)]
    return [doubts.NUMBER, *signs] if other and doubts.NUMBER not in signs else signs


def identity_hash(channel: str, address: Address) -> str:
    """The keyed hash an address is found by."""
    return keyed_hash("identity", f"{channel}:{address.scheme}:{address.value}")


def hashes_of(inbound: Inbound) -> list[str]:
    """The keyed hash of every address an arrival names, the sender's own last."""
    return [identity_hash(inbound.channel, one) for one in _addresses(inbound)]


def _is_another_account(conversation: Conversation, inbound: Inbound, known: Known) -> bool:
    """Whether an account nobody knows writes from the number of one that is known here.

    The number was given to somebody else, or another app was opened with it.
    """
    told = zip(hashes_of(inbound), _addresses(inbound), strict=True)
    if not any(one.scheme == _ACCOUNT and key not in known for key, one in told):
        return False
    return any(row.scheme == _ACCOUNT for row in ahead.identities_of(conversation))


def _answer_there(conversation: Conversation, identity: Identity, inbound: Inbound) -> list[str]:
    """Make an identity the one that is answered; says when that is a change of number."""
    line = inbound.carrier or inbound.channel
    changed = identity.current and identity.carrier != line
    signs = []
    if not identity.current:
        for other in ahead.identities_of(conversation):
            if other.current and other.pk != identity.pk:
                signs += [doubts.NUMBER] if other.scheme == identity.scheme else []
                other.current = False
                other.save(update_fields=["current"])
    if changed or not identity.current:
        identity.current, identity.carrier = True, line
        identity.save(update_fields=["current", "carrier"])
    return signs


def _profile(identity: Identity, inbound: Inbound) -> list[str]:
    """Note the profile name they wrote with; another one than before is a sign."""
    told = _profile_hash(inbound)
    if told is None or told == identity.profile_hash:
        return []
    before, identity.profile_hash = identity.profile_hash, told
    identity.profile_name = inbound.profile_name
    identity.save(update_fields=["profile_hash", "profile_name"])
    return [doubts.PROFILE] if before else []


def _keep(
    conversation: Conversation,
    inbound: Inbound,
    address: Address,
    value_hash: str,
    *,
    current: bool,
) -> Identity:
    identity = Identity(
        folder_id=conversation.folder_id,
        conversation=conversation,
        channel=inbound.channel,
        scheme=address.scheme,
        carrier=inbound.carrier or inbound.channel,
        value=address.value,
        value_hash=value_hash,
        profile_name=inbound.profile_name or None,
        profile_hash=_profile_hash(inbound),
        current=current and address == inbound.sender,
    )
    identity.save(force_insert=True)
    ahead.remember(identity)
    return identity


def _profile_hash(inbound: Inbound) -> str | None:
    """Keyed, so that names can be compared without opening anything."""
    return keyed_hash("profile", inbound.profile_name) if inbound.profile_name else None


def _addresses(inbound: Inbound) -> list[Address]:
    """Every address an arrival names, the sender's own last."""
    return [*inbound.also, *([inbound.sender] if inbound.sender else [])]
