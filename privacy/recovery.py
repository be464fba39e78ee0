"""What is sealed to people and not to this machine: backups, and the copy of the ring.

Files are in the age format (age-encryption.org/v1), so that the `age` program opens them too. The
private half of the recovery key is sealed once for each two of three people, one within the other:
any two open it, and one alone has nothing.
"""

import base64
import io
from collections.abc import Iterable, Sequence
from itertools import combinations, permutations
from typing import BinaryIO, Final

import pyrage

PEOPLE: Final = 3
THRESHOLD: Final = 2


class CannotRecover(Exception):
    """Keys that do not belong together, or a file that this key does not open."""


def new_identity() -> str:
    """A fresh private key, as age writes it: 74 letters, with a check against slips of the pen."""
    return str(pyrage.x25519.Identity.generate())


def recipient_of(identity: str) -> str:
    """The public half, to which anybody can seal. Raises CannotRecover for what is no key."""
    return str(_identity(identity).to_public())


def divide(identity: str, people: Sequence[str]) -> list[str]:
    """The private key, sealed to each two of three people (by their public halves), as text.

    What comes back is no secret, and without it the people's keys open nothing.
    """
    if len(set(people)) != PEOPLE:
        raise CannotRecover(f"{PEOPLE} people are needed, each with a key of their own")
    pieces = []
    for one, other in combinations(people, THRESHOLD):
        inner = _sealed(identity.encode(), one)
        pieces.append(base64.b64encode(_sealed(inner, other)).decode())
    return pieces


def join(pieces: Iterable[str], people: Iterable[str]) -> str:
    """The private key again, with the private keys of any two people. Raises CannotRecover."""
    keys = {key.strip() for key in people}
    for piece in pieces:
        for first, second in permutations(keys, THRESHOLD):
            try:
                inner = _opened(base64.b64decode(piece), first)
                return _opened(inner, second).decode()
            except (CannotRecover, ValueError):
                continue
    raise CannotRecover("these are not the keys of two people who hold this one together")


def seal_stream(source: BinaryIO, target: BinaryIO, recipients: Sequence[str]) -> None:
    """Seal all of a stream to everybody named, piece by piece. Raises CannotRecover, OSError."""
    try:
        known = [pyrage.x25519.Recipient.from_str(one) for one in recipients]
    except pyrage.RecipientError:
        raise CannotRecover("a line of the recipients' file is no age recipient") from None
    if not known:
        raise CannotRecover("nobody is named who could open it")
    pyrage.encrypt_io(source, target, known)


def open_stream(source: BinaryIO, target: BinaryIO, identity: str) -> None:
    """Open what `seal_stream` made. Raises CannotRecover, OSError (target then holds a part)."""
    try:
        pyrage.decrypt_io(source, target, [_identity(identity)])
    except pyrage.DecryptError:
        raise CannotRecover("this key does not open the file, or the file is damaged") from None


def _sealed(plain: bytes, recipient: str) -> bytes:
    target = io.BytesIO()
    seal_stream(io.BytesIO(plain), target, [recipient])
    return target.getvalue()


def _opened(sealed: bytes, identity: str) -> bytes:
    target = io.BytesIO()
    open_stream(io.BytesIO(sealed), target, identity)
    return target.getvalue()


def _identity(text: str) -> "pyrage.x25519.Identity":
    try:
        return pyrage.x25519.Identity.from_str(text.strip())
    except pyrage.IdentityError:
        raise CannotRecover("this is no private key of age's") from None
