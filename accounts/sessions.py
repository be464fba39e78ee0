"""Sessions in the database, found by a digest of their cookie and by the person they belong to."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from accounts.models import SignedIn, User

BROWSER: Final = "browser"
_EPOCH: Final = datetime.fromtimestamp(0, UTC)
# The first that fits: Edge calls itself Chrome too, and all of them Safari.
_BROWSERS: Final = ("Firefox", "Edg", "OPR", "Chrome", "Safari")
_SYSTEMS: Final = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")


def digest(session_key: str) -> str:
    """Under which a session is kept: its key alone opens it, and the key is nowhere but the cookie.

    The key has 165 bits by chance, so that a plain hash cannot be searched.
    """
    return hashlib.sha256(session_key.encode()).hexdigest()


class SessionStore(DatabaseStore):
    """As Django's; for synchronous requests, which are the only ones that have sessions here."""

    @classmethod
    def get_model_class(cls) -> type[SignedIn]:
        return SignedIn

    def _get_session_from_db(self) -> SignedIn | None:
        key, now = digest(self.session_key or ""), timezone.now()
        found = SignedIn.objects.filter(session_key=key, expire_date__gt=now).first()
        if found is None:
            self._session_key = None
        return found

    def exists(self, session_key: str) -> bool:
        return bool(SignedIn.objects.filter(session_key=digest(session_key)).exists())

    def create_model_instance(self, data: dict[str, Any]) -> SignedIn:
        return SignedIn(
            session_key=digest(self._get_or_create_session_key()),  # type: ignore[attr-defined]
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
            user_id=data.get(SESSION_KEY),
        )

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            SignedIn.objects.filter(session_key=digest(key)).delete()


@dataclass(frozen=True)
class Sitting:
    """One session as its owner sees it in the list."""

    key: str
    """the digest: names the session and opens nothing"""
    since: datetime | None
    seen: datetime | None
    browser: str
    locked: bool
    here: bool


def sittings_of(user: User, *, here: str | None = None) -> list[Sitting]:
    """A person's sessions that are not over, the latest first; `here` is the asking one's key."""
    rows = SignedIn.objects.filter(user=user, expire_date__gt=timezone.now())
    found = [_sitting(row, here=digest(here or "")) for row in rows]
    return sorted(found, key=lambda one: one.seen or _EPOCH, reverse=True)


def browser_of(user_agent: str) -> str:
    """The family of a browser and its system, such as "Firefox, Windows"; nothing finer."""
    families = (part for part in _BROWSERS if part in user_agent)
    systems = (part for part in _SYSTEMS if part in user_agent)
    return ", ".join(filter(None, (next(families, ""), next(systems, ""))))


def _sitting(row: SignedIn, *, here: str) -> Sitting:
    told: dict[str, Any] = SessionStore().decode(row.session_data)
    return Sitting(
        key=row.session_key,
        since=_moment(told.get("signed_in_at")),
        seen=_moment(told.get("last_human_action")),
        browser=str(told.get(BROWSER, "")),
        locked="locked_at" in told,
        here=row.session_key == here,
    )


def _moment(seconds: Any) -> datetime | None:
    return datetime.fromtimestamp(float(seconds), UTC) if seconds else None
