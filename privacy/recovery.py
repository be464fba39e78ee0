"""What is sealed to people and not to this machine: backups, and the copy of the ring.

Files are in the age format (age-encryption.org/v1), so that the `age` program opens them too. The
private half of the recovery key is divided among three people by Shamir's scheme (SLIP-0039, 33
words each); any two of them have it, one alone has nothing.
"""

import base64
from collections.abc import Iterable, Sequence
from typing import BinaryIO, Final

import pyrage
from shamir_mnemonic import MnemonicError, combine_mnemonics, generate_mnemonics

THRESHOLD: Final = 2
PEOPLE: Final = 3

# Bech32 (BIP-173), in which age writes its keys; the RFC 4648 letters are Python's own.
_PREFIX: Final = "age-secret-key-"
_BECH32: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BASE32: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_KEY_LETTERS: Final = 52  # 32 bytes


class CannotRecover(Exception):
    """Shares that do not belong together, or a file that this key does not open."""


def new_identity() -> str:
    """A fresh private key, as age writes it."""
    return str(pyrage.x25519.Identity.generate())


def recipient_of(identity: str) -> str:
    """The public half, to which anybody can seal. Raises CannotRecover for what is no key."""
    return str(_identity(identity).to_public())


def split(identity: str) -> list[str]:
    """Three lists of words, of which any two give the private key again."""
    letters = identity.lower().removeprefix(f"{_PREFIX}1")[:_KEY_LETTERS]
    plain = letters.translate(str.maketrans(_BECH32, _BASE32))
    secret = base64.b32decode(plain + "====")
    shares: list[str] = generate_mnemonics(1, [(THRESHOLD, PEOPLE)], secret)[0]
    return shares


def join(shares: Iterable[str]) -> str:
    """The private key again, from two shares. Raises CannotRecover."""
    try:
        secret = combine_mnemonics([" ".join(share.lower().split()) for share in shares])
    except MnemonicError:
        raise CannotRecover("these shares do not belong together, or are too few") from None
    plain = base64.b32encode(secret).decode().rstrip("=")
    letters = plain.translate(str.maketrans(_BASE32, _BECH32))
    return f"{_PREFIX}1{letters}{_checksum(letters)}".upper()


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
    """Open what `seal_stream` made. Raises CannotRecover (target then holds a part), OSError."""
    try:
        pyrage.decrypt_io(source, target, [_identity(identity)])
    except pyrage.DecryptError:
        raise CannotRecover("this key does not open the file, or the file is damaged") from None


def _identity(text: str) -> "pyrage.x25519.Identity":
    try:
        return pyrage.x25519.Identity.from_str(text.strip())
    except pyrage.IdentityError:
        raise CannotRecover("this is no private key of age's") from None


def _checksum(letters: str) -> str:
    spread = [ord(sign) >> 5 for sign in _PREFIX] + [0] + [ord(sign) & 31 for sign in _PREFIX]
    rest = _remainder([*spread, *(_BECH32.index(letter) for letter in letters), *[0] * 6]) ^ 1
    return "".join(_BECH32[(rest >> 5 * (5 - place)) & 31] for place in range(6))


def _remainder(values: Iterable[int]) -> int:
    rest = 1
    for value in values:
        top = rest >> 25
        rest = (rest & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATOR):
            rest ^= generator if top >> bit & 1 else 0
    return rest
