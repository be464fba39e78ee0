"""The only module that speaks to `cryptography`: sealing, opening, wrapping, keyed hashes.

AES-256-GCM with a random 96-bit nonce (NIST SP 800-38D). What is sealed is bound to its place by
associated data (table, column, row, key version), so that a ciphertext moved elsewhere does not
open. Intake seals to an X25519 public key (RFC 7748, HKDF-SHA256), so that a web process can store
what it cannot read.
"""

import base64
import hashlib
import hmac
import os
import stat
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
_FORMAT: Final = b"\x01"


class KeyUnavailable(Exception):
    """The master key is configured but cannot be read now; reading and writing must wait."""


class CannotOpen(Exception):
    """A sealed value did not open: wrong place, wrong key, damaged, or its key was destroyed."""


def new_key() -> bytes:
    """A fresh random 256-bit data key."""
    return AESGCM.generate_key(bit_length=256)


def seal(key: bytes, plain: bytes, place: bytes) -> bytes:
    """Encrypt `plain` for exactly one place; two calls never give the same bytes."""
    nonce = os.urandom(NONCE_BYTES)
    return _FORMAT + nonce + AESGCM(key).encrypt(nonce, plain, place)


def open_sealed(key: bytes, sealed: bytes, place: bytes) -> bytes:
    """Decrypt what `seal` made for the same key and place. Raises CannotOpen."""
    nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    if sealed[:1] != _FORMAT or len(nonce) != NONCE_BYTES:
        raise CannotOpen("format")
    try:
        return AESGCM(key).decrypt(nonce, body, place)
    except InvalidTag:
        raise CannotOpen("tag") from None


def keyed_hash(purpose: str, value: str) -> str:
    """HMAC-SHA256 of a normalised value, hex; each purpose has its own key (no joins across)."""
    key = _derive(master_key(), b"hash:" + purpose.encode())
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()


def wrap(data_key: bytes, place: bytes) -> bytes:
    """Seal a data key under the master key."""
    return seal(_derive(master_key(), b"wrap"), data_key, place)


def unwrap(wrapped: bytes, place: bytes) -> bytes:
    """Open a data key wrapped under the master key. Raises CannotOpen, KeyUnavailable."""
    return open_sealed(_derive(master_key(), b"wrap"), wrapped, place)


def seal_for_intake(plain: bytes) -> bytes:
    """Seal to the intake public key: needs no secret, so it works while the key file is away."""
    ephemeral = X25519PrivateKey.generate()
    public = ephemeral.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return public + seal(_once(ephemeral.exchange(_intake_public_key()), public), plain, b"intake")


def open_for_intake(sealed: bytes) -> bytes:
    """Open what `seal_for_intake` made. Raises CannotOpen, KeyUnavailable."""
    public, body = sealed[:32], sealed[32:]
    shared = _intake_private_key().exchange(X25519PublicKey.from_public_bytes(public))
    return open_sealed(_once(shared, public), body, b"intake")


def master_key() -> bytes:
    """The 256-bit key that wraps all others, from the environment or a file outside the database.

    Read again whenever the file changes, so that a key that vanishes stops reading at once.
    Raises KeyUnavailable.
    """
    if settings.AMAAN_MASTER_KEY:
        return _decode(settings.AMAAN_MASTER_KEY)
    if not settings.AMAAN_MASTER_KEY_FILE:
        raise KeyUnavailable("no master key is configured")
    path = Path(settings.AMAAN_MASTER_KEY_FILE)
    try:
        about = path.stat()
        if not stat.S_IMODE(about.st_mode) & 0o400:
            raise KeyUnavailable("the master key file is not readable")
        return _read_key(path, about.st_mtime_ns)
    except (OSError, UnicodeDecodeError):
        raise KeyUnavailable("the master key file is not readable") from None


def publish_intake_key() -> None:
    """Write the public half of the intake key where web processes find it (idempotent)."""
    path = Path(settings.AMAAN_INTAKE_PUBLIC_KEY_FILE)
    public = _intake_private_key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    text = base64.b64encode(public).decode()
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


@lru_cache(maxsize=2)
def _read_key(path: Path, _changed: int) -> bytes:
    return _decode(path.read_text())


def _decode(text: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except ValueError:  # binascii.Error is one, and letters outside ASCII are another
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyUnavailable("the master key is not 32 bytes of base64")
    return key


def _intake_public_key() -> X25519PublicKey:
    path = Path(settings.AMAAN_INTAKE_PUBLIC_KEY_FILE)
    return _read_public_key(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _read_public_key(path: Path, _changed: int) -> X25519PublicKey:
    return X25519PublicKey.from_public_bytes(base64.b64decode(path.read_text()))


def _intake_private_key() -> X25519PrivateKey:
    return _private_key(_derive(master_key(), b"intake"))


@lru_cache(maxsize=2)
def _private_key(secret: bytes) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(secret)


@lru_cache(maxsize=64)
def _derive(secret: bytes, purpose: bytes) -> bytes:
    return _once(secret, purpose)


def _once(secret: bytes, purpose: bytes) -> bytes:
    """A derived key that is not remembered: it opens one thing."""
    return HKDF(hashes.SHA256(), KEY_BYTES, salt=b"amaan", info=purpose).derive(secret)
