"""The only module that speaks to `cryptography`: sealing, opening, wrapping, keyed hashes.

AES-256-GCM with a random 96-bit nonce (NIST SP 800-38D). What is sealed is bound to its place by
associated data (table, column, row, key version), so that a ciphertext moved elsewhere does not
open. Intake seals to an X25519 public key (RFC 7748, HKDF-SHA256), so that a web process can store
what it cannot read. Data keys are wrapped by a version of the master key (privacy.ring).
"""

import base64
import hashlib
import hmac
import os
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from privacy.ring import KEY_BYTES, KeyUnavailable, current_ring

__all__ = ["CannotOpen", "KeyUnavailable"]

NONCE_BYTES: Final = 12
_FORMAT: Final = b"\x01"
_VERSIONED: Final = b"\x02"  # what is wrapped says first which version of the master key did it
_MARK_BYTES: Final = 3


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


def hash_with(key: bytes, value: str) -> str:
    """HMAC-SHA256 of a normalised value, hex."""
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()


def wrap(data_key: bytes, place: bytes) -> bytes:
    """Seal a data key under the newest version of the master key. Raises KeyUnavailable."""
    ring = current_ring()
    mark = _VERSIONED + ring.current.to_bytes(2, "big")
    wrapping = derive(ring.versions[ring.current], b"wrap")
    return mark + seal(wrapping, data_key, mark + place)


def unwrap(wrapped: bytes, place: bytes) -> bytes:
    """Open what any version in the ring wrapped. Raises CannotOpen, KeyUnavailable."""
    versions, version = current_ring().versions, wrapped_by(wrapped)
    if version not in versions:
        if version > max(versions):  # this process's copy of the ring is older than the key
            raise KeyUnavailable("wrapped by a version that is not in this ring yet")
        raise CannotOpen("wrapped by a version that was retired")
    wrapping = derive(versions[version], b"wrap")
    if wrapped[:1] == _FORMAT:  # wrapped before there were versions
        return open_sealed(wrapping, wrapped, place)
    mark = wrapped[:_MARK_BYTES]
    return open_sealed(wrapping, wrapped[_MARK_BYTES:], mark + place)


def wrapped_by(wrapped: bytes) -> int:
    """Which version of the master key wrapped this."""
    return 1 if wrapped[:1] == _FORMAT else int.from_bytes(wrapped[1:_MARK_BYTES], "big")


def require_master_key() -> None:
    """Raise KeyUnavailable while the master key cannot be read."""
    current_ring()


def seal_for_intake(plain: bytes) -> bytes:
    """Seal to the intake public key: needs no secret, so it works while the key file is away."""
    ephemeral = X25519PrivateKey.generate()
    public = ephemeral.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return public + seal(_once(ephemeral.exchange(_intake_public_key()), public), plain, b"intake")


def open_for_intake(secret: bytes, sealed: bytes) -> bytes:
    """Open what `seal_for_intake` made, with the secret of the intake pair. Raises CannotOpen."""
    public, body = sealed[:32], sealed[32:]
    shared = _private_key(secret).exchange(X25519PublicKey.from_public_bytes(public))
    return open_sealed(_once(shared, public), body, b"intake")


def intake_public_half(secret: bytes) -> str:
    """The public half of an intake pair, as its file holds it."""
    public = _private_key(secret).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return base64.b64encode(public).decode()


def new_pair() -> tuple[bytes, bytes]:
    """A private key of 32 bytes (X25519) and its public half."""
    made = X25519PrivateKey.generate()
    public = made.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return made.private_bytes_raw(), public


def seal_to(public: bytes, plain: bytes, purpose: bytes) -> bytes:
    """Seal to somebody's public key, for one purpose: only their private key opens it."""
    ours, mark = new_pair()
    theirs = X25519PublicKey.from_public_bytes(public)
    shared = X25519PrivateKey.from_private_bytes(ours).exchange(theirs)
    return mark + seal(_once(shared, mark + public), plain, purpose)


def open_with(private: bytes, sealed: bytes, purpose: bytes) -> bytes:
    """Open what `seal_to` made for this private key and purpose. Raises CannotOpen."""
    key, mark = X25519PrivateKey.from_private_bytes(private), sealed[:32]
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    shared = key.exchange(X25519PublicKey.from_public_bytes(mark))
    return open_sealed(_once(shared, mark + public), sealed[32:], purpose)


def halves(key: bytes) -> tuple[bytes, bytes]:
    """Two halves of a key, each of them random by itself: without the other it says nothing."""
    first = os.urandom(len(key))
    return first, joined(first, key)


def joined(first: bytes, second: bytes) -> bytes:
    """The key that two halves make (exclusive or)."""
    return bytes(one ^ other for one, other in zip(first, second, strict=True))


def _intake_public_key() -> X25519PublicKey:
    path = Path(settings.AMAAN_INTAKE_PUBLIC_KEY_FILE)
    return _read_public_key(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _read_public_key(path: Path, _changed: int) -> X25519PublicKey:
    return X25519PublicKey.from_public_bytes(base64.b64decode(path.read_text()))


@lru_cache(maxsize=2)
def _private_key(secret: bytes) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(secret)


@lru_cache(maxsize=64)
def derive(secret: bytes, purpose: bytes) -> bytes:
    """A key for one purpose out of a secret that serves several."""
    return _once(secret, purpose)


def _once(secret: bytes, purpose: bytes) -> bytes:
    """A derived key that is not remembered: it opens one thing."""
    return HKDF(hashes.SHA256(), KEY_BYTES, salt=b"amaan", info=purpose).derive(secret)


def sign(private: bytes, said: bytes) -> bytes:
    """An Ed25519 signature (RFC 8032) with a private key of 32 bytes."""
    return Ed25519PrivateKey.from_private_bytes(private).sign(said)


def is_signed(public: bytes, said: bytes, signature: bytes) -> bool:
    """Whether `sign` made this signature, with the other half of this public key."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, said)
    except InvalidSignature:
        return False
    return True


def verifying_key(private: bytes) -> bytes:
    """The public key that goes with a private key for signing."""
    key = Ed25519PrivateKey.from_private_bytes(private).public_key()
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)
