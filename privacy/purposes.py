"""Keys that belong to no folder: one for each purpose of keyed hashes, and the intake pair.

They are rows of the keys database, wrapped like all others, so that rotating the master key changes
no hash. What an installation older than that had derived from its one master key is kept.
"""

from pathlib import Path
from typing import Final

from django.conf import settings

from privacy import crypto, keys
from privacy.ring import Ring, current_ring

# Each has a key of its own, so that nothing hashed for one can be joined with another.
PURPOSES: Final = (
    "account",
    "identity",
    "locator",
    "one_time_code",
    "packet",
    "place",
    "profile",
    "reply_token",
)
INTAKE: Final = "intake"
CANARY: Final = "canary"
_OWN: Final = (INTAKE, CANARY, *(f"hash:{purpose}" for purpose in PURPOSES))

# Kept by process and by ring: another ring, or none, and they are asked for anew.
_known: Final[dict[tuple[str, str], bytes]] = {}


def keyed_hash(purpose: str, value: str) -> str:
    """HMAC-SHA256 of a normalised value, hex; each purpose has its own key (no joins across).

    Raises LookupError for a purpose that PURPOSES does not name, crypto.KeyUnavailable.
    """
    if purpose not in PURPOSES:
        raise LookupError(f"{purpose} is no purpose of a keyed hash")
    return crypto.hash_with(key_of(f"hash:{purpose}"), value)


def open_for_intake(sealed: bytes) -> bytes:
    """Open what `crypto.seal_for_intake` made. Raises CannotOpen, KeyUnavailable."""
    return crypto.open_for_intake(key_of(INTAKE), sealed)


def publish_intake_key() -> None:
    """Make the keys that are missing; write the public half for web processes (idempotent)."""
    provide()
    path = Path(settings.AMAAN_INTAKE_PUBLIC_KEY_FILE)
    text = crypto.intake_public_half(key_of(INTAKE))
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def provide() -> None:
    """Give every purpose its row. As the owner, at each deployment and before each rotation."""
    ring = current_ring()
    for name in _OWN:
        keys.provide(keys.NO_FOLDER, name, _derived(ring, name) or crypto.new_key())


def key_of(name: str) -> bytes:
    """The key of one purpose of our own. Raises KeyUnavailable, CannotOpen."""
    ring = current_ring()
    known = _known.get((ring.stamp, name))
    if known is None:
        known = keys.stored(keys.NO_FOLDER, name) or _derived(ring, name)
        if known is None:
            raise crypto.KeyUnavailable("a purpose has no key yet: run manage.py prepare")
        _known[ring.stamp, name] = known
    return known


def _derived(ring: Ring, name: str) -> bytes | None:
    """What the purpose's key was before there were rows, where version 1 is as old as that."""
    return crypto.derive(ring.unnumbered, name.encode()) if ring.unnumbered else None
