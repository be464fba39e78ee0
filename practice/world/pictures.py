"""The one picture that everybody here sends: octets marked so that a search finds any piece of it.

It is never shown and stands for what must never be opened. Whoever fetches it gets it, and is
found out: the ledger counts the look, and the mark lies wherever the octets were put.
"""

from __future__ import annotations

import hashlib

# 32 octets that nothing else in the world contains; any 64 octets of the picture hold all of them.
MARK = hashlib.sha256(b"a picture that nobody opens").digest()

# A JPEG's first octets, then the mark again and again.
PICTURE = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + MARK * 128
