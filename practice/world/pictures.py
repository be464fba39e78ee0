"""The one picture that everybody here sends: octets marked so that a search finds any of them.

It is never shown and stands for what must never be opened. Whoever fetches it gets it, and is
found out: the ledger counts the look, and the marks lie wherever the octets were put.
"""

from __future__ import annotations

import hashlib


def _noise(label: str, octets: int) -> bytes:
    blocks = [hashlib.sha256(f"{label} {place}".encode()).digest() for place in range(octets // 32)]
    return b"".join(blocks)


# A JPEG's first octets, then noise that nothing else in the world contains.
PICTURE = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + _noise("a picture nobody opens", 4096)
