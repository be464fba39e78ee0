"""Canaries in the data: how a restored backup is tried without reading anybody's words."""

from typing import Final

from privacy import crypto, keys, purposes
from privacy.models import Canary

COUNT: Final = 3
_SUNG: Final = b"a restored backup sings"


def plant() -> None:
    """See that there are as many as there should be (idempotent). As the owner."""
    key = purposes.key_of(purposes.CANARY)
    for _ in range(COUNT - Canary.objects.count()):
        canary = Canary()
        canary.sealed = crypto.seal(key, _SUNG, _place(canary))
        canary.save(force_insert=True)


def count_singing() -> int:
    """How many open with the keys and the ring at hand.

    Raises crypto.KeyUnavailable without a ring, crypto.CannotOpen with one that is not theirs.
    """
    row = keys.stored(keys.NO_FOLDER, purposes.CANARY)  # asked anew: these may be other databases
    if row is None:
        return 0
    opened = [
        crypto.open_sealed(row, bytes(one.sealed), _place(one)) for one in Canary.objects.all()
    ]
    return opened.count(_SUNG)


def _place(canary: Canary) -> bytes:
    return b"\x1f".join([b"privacy_canary", b"sealed", canary.pk.hex.encode()])
