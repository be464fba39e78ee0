"""The master key: a ring of numbered versions, outside every database; the newest one wraps.

A ring is lines of text, in a file of mode 0400 (AMAAN_MASTER_KEY_FILE) or in the environment
(AMAAN_MASTER_KEY, where "," may end a line):

    <base64>             version 1, as it was written before there were versions
    2 <base64>           another: 32 random bytes
    3 kms:<base64>       the same as a key service keeps them; AMAAN_KMS opens them
    4 <base64> waits     known to all who read the ring, and not yet used to wrap
"""

import base64
import hashlib
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

KEY_BYTES: Final = 32
LAST_VERSION: Final = 0xFFFF
WAITS: Final = "waits"
_KMS: Final = "kms:"


class KeyUnavailable(Exception):
    """The master key is configured but cannot be read now; reading and writing must wait."""


class KeyService(Protocol):
    """What AMAAN_KMS names: a class without arguments that keeps master keys elsewhere.

    Both are asked when a process reads the ring, never for each data key. Raise OSError or
    KeyUnavailable when the service does not answer, ValueError when it will not open.
    """

    def wrap(self, key: bytes) -> bytes: ...

    def unwrap(self, wrapped: bytes) -> bytes: ...


@dataclass(frozen=True, repr=False)
class Ring:
    """The versions that can be read, and the one that wraps. Printing it shows no key."""

    versions: dict[int, bytes]
    current: int
    unnumbered: bytes | None  # version 1 of an installation older than versions
    stamp: str

    def __repr__(self) -> str:
        return f"<ring of {len(self.versions)}, wraps with {self.current}>"


def current_ring() -> Ring:
    """The ring as it is now: a file is looked at each time, so that one that vanishes counts.

    Raises KeyUnavailable.
    """
    if text := os.environ.get("AMAAN_MASTER_KEY", ""):
        return _parse(text.replace(",", "\n"))
    path = ring_file()
    try:
        about = path.stat()
        if not stat.S_IMODE(about.st_mode) & 0o400:
            raise KeyUnavailable("the master key file is not readable")
        return _read(path, (about.st_mtime_ns, about.st_ino, about.st_size))
    except (OSError, UnicodeDecodeError):
        raise KeyUnavailable("the master key file is not readable") from None


def is_configured() -> bool:
    """Whether a ring is named at all, readable or not."""
    return bool(os.environ.get("AMAAN_MASTER_KEY") or settings.AMAAN_MASTER_KEY_FILE)


def ring_file() -> Path:
    """The file the ring lies in. Raises KeyUnavailable when none is named."""
    if not settings.AMAAN_MASTER_KEY_FILE:
        raise KeyUnavailable("no master key is configured")
    return Path(settings.AMAAN_MASTER_KEY_FILE)


@lru_cache(maxsize=2)
def _read(path: Path, _changed: tuple[int, int, int]) -> Ring:
    return _parse(path.read_text())


@lru_cache(maxsize=2)
def _parse(text: str) -> Ring:
    """Raises KeyUnavailable for what is no ring, without saying what stood there."""
    versions: dict[int, bytes] = {}
    ready, unnumbered = 0, None
    for words in filter(None, (line.split() for line in text.splitlines())):
        number, material, waits = _line(words)
        if number in versions:
            raise KeyUnavailable("the ring has a version twice")
        versions[number] = _key(material)
        if len(words) == 1:
            unnumbered = versions[number]
        if not waits:
            ready = max(ready, number)
    if not ready:
        raise KeyUnavailable("the master key is not 32 bytes of base64")
    return Ring(versions, ready, unnumbered, hashlib.sha256(text.encode()).hexdigest())


def _line(words: list[str]) -> tuple[int, str, bool]:
    """Version, key and whether it waits, of one line. Raises KeyUnavailable."""
    if len(words) == 1:
        return 1, words[0], False
    waits = words[2:] == [WAITS]
    number = int(words[0]) if words[0].isascii() and words[0].isdecimal() else 0
    if not 1 <= number <= LAST_VERSION or (len(words) != 2 and not waits):
        raise KeyUnavailable("the ring has a line that is none")
    return number, words[1], waits


def _key(material: str) -> bytes:
    try:
        key = base64.b64decode(material.removeprefix(_KMS), validate=True)
        if material.startswith(_KMS):
            key = _service().unwrap(key)
    except (OSError, ValueError):  # binascii.Error is one, and letters outside ASCII are another
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyUnavailable("the master key is not 32 bytes of base64")
    return key


def _service() -> KeyService:
    if not settings.AMAAN_KMS:
        raise KeyUnavailable("the ring is kept by a key service, and AMAAN_KMS names none")
    service: KeyService = import_string(settings.AMAAN_KMS)()
    return service


# --- Changing the file ---------------------------------------------------------------------------


def add_version(key: bytes) -> int:
    """Write one more version into the file, waiting (the first of all does not); its number."""
    material = base64.b64encode(key).decode()
    if settings.AMAAN_KMS:
        material = _KMS + base64.b64encode(_service().wrap(key)).decode()
    path = ring_file()
    if not path.exists():
        _write(path, [f"1 {material}"])
        return 1
    version = max(current_ring().versions) + 1
    _write(path, [*path.read_text().splitlines(), f"{version} {material} {WAITS}"])
    return version


def start_newest() -> int:
    """Let the newest version wrap from now on (idempotent); the number of the one that does."""
    _change(max(current_ring().versions), lambda line: line.removesuffix(f" {WAITS}"))
    return current_ring().current


def drop_version(version: int) -> None:
    """Take a version out of the file: what it wrapped does not open any more."""
    _change(version, lambda _line: "")


def _change(version: int, change: Callable[[str], str]) -> None:
    if os.environ.get("AMAAN_MASTER_KEY"):
        return  # the environment is its keeper's to change
    path = ring_file()
    lines = [line.strip() for line in path.read_text().splitlines() if line.strip()]
    changed = [change(line) if _line(line.split())[0] == version else line for line in lines]
    if changed != lines:
        _write(path, [line for line in changed if line])


def _write(path: Path, lines: list[str]) -> None:
    """Whole or not at all, mode 0400, and still its owner's."""
    half = path.with_name(f".{path.name}.half")
    half.unlink(missing_ok=True)
    handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(handle, "w") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())
    if path.exists() and os.geteuid() == 0:
        os.chown(half, path.stat().st_uid, path.stat().st_gid)
    half.replace(path)
