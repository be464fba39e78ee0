"""Signed checkpoints of the chain, appended to a file that lies where the database cannot reach.

Each line says how many links there were, the hash of the last and when, and the hash of the line
before it; it is signed (Ed25519) with a key that only the process that chains can read. Whoever
rewrites the whole database afterwards cannot make the chain fit these lines.
"""

import base64
import binascii
import fcntl
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from privacy import chain
from privacy.clock import database_now
from privacy.crypto import KeyUnavailable, is_signed, sign, verifying_key

EVERY: Final = timedelta(minutes=5)
_KEY_BYTES: Final = 32
_FACTS: Final = ("count", "head", "at", "before")


class Forged(Exception):
    """A line of the anchor file is not ours, or one before it is not there; `line` is its place."""

    def __init__(self, line: int) -> None:
        super().__init__("an anchor does not hold")
        self.line = line


@dataclass(frozen=True)
class Anchor:
    """One checkpoint: after `count` links the last hash was `head`; `at` in UTC."""

    count: int
    head: str
    at: datetime
    line: bytes


def write_if_due() -> bool:
    """Anchor the chain if the last anchor is five minutes old; whether that was done.

    Events that came late are given their places first. Raises OSError when the file cannot be
    written, KeyUnavailable when the key cannot be read.
    """
    if not settings.AMAAN_ANCHOR_FILE:
        return False
    path = Path(settings.AMAAN_ANCHOR_FILE)
    key = key_in(Path(settings.AMAAN_ANCHOR_KEY_FILE))
    _publish(path, key)
    with path.open("ab+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        lines = _lines(file.read())
        now = database_now()
        if lines and now - _anchor(lines[-1]).at < EVERY:
            return False
        while chain.chain(everything=True):
            continue
        _append(file.fileno(), _signed(lines, now, key))
    return True


def read(path: Path, public: bytes) -> list[Anchor]:
    """Every anchor of a file, oldest first. Raises Forged at a line that does not hold.

    A line that was cut short by a power cut is left out; the next one is bound to the one before.
    """
    before, found = b"", []
    for place, line in enumerate(_lines(path.read_bytes()), start=1):
        told = json.loads(line)
        if told["before"] != _hash(before) or not _is_ours(told, public):
            raise Forged(place)
        found.append(_anchor(line))
        before = line
    return found


def marks(anchors: list[Anchor]) -> Mapping[int, tuple[str, datetime]]:
    """What `chain.verify` compares with; of several anchors of one count, the first."""
    return {anchor.count: (anchor.head, anchor.at) for anchor in reversed(anchors)}


def public_file(path: Path) -> Path:
    """Where the public half of the key lies beside an anchor file; the auditor keeps a copy."""
    return path.with_name(f"{path.name}.pub")


def key_in(path: Path) -> bytes:
    """A key of 32 bytes, as base64 in a file. Raises KeyUnavailable."""
    try:
        key = base64.b64decode(path.read_text().strip(), validate=True)
    except (OSError, ValueError):
        key = b""
    if len(key) != _KEY_BYTES:
        raise KeyUnavailable("a key of the anchors cannot be read")
    return key


def _publish(path: Path, key: bytes) -> None:
    public = public_file(path)
    if not public.exists():
        public.write_text(base64.b64encode(verifying_key(key)).decode() + "\n")


def _signed(lines: list[bytes], now: datetime, key: bytes) -> bytes:
    count, head = chain.head()
    told: dict[str, Any] = {
        "count": count,
        "head": head,
        "at": now.isoformat(),
        "before": _hash(lines[-1] if lines else b""),
    }
    told["signature"] = base64.b64encode(sign(key, _words(told))).decode()
    return json.dumps(told).encode()


def _is_ours(told: Mapping[str, Any], public: bytes) -> bool:
    try:
        signature = base64.b64decode(told["signature"], validate=True)
    except (binascii.Error, TypeError):
        return False
    return is_signed(public, _words(told), signature)


def _append(handle: int, line: bytes) -> None:
    """On disk before anybody relies on it; a line cut short before it is closed first."""
    os.write(handle, b"\n" + line + b"\n")
    os.fsync(handle)


def _lines(content: bytes) -> list[bytes]:
    return [line for line in content.split(b"\n") if _is_whole(line)]


def _is_whole(line: bytes) -> bool:
    try:
        told = json.loads(line)
    except ValueError:
        return False
    return isinstance(told, dict) and {*_FACTS, "signature"} <= told.keys()


def _anchor(line: bytes) -> Anchor:
    told = json.loads(line)
    return Anchor(told["count"], told["head"], datetime.fromisoformat(told["at"]), line)


def _words(told: Mapping[str, Any]) -> bytes:
    return json.dumps([told[name] for name in _FACTS]).encode()


def _hash(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()
