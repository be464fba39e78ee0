"""Whether somebody is at a session: when it locks, when it is over, and what opens it again.

A session locks after ten minutes without a human action, unless its owner talks on the telephone.
Pages that ask by themselves (their URL name ends in `_live`) are no human action. A locked session
shows nothing until its owner shows a factor. Twelve hours after sign-in it is over, however busy.
"""

import time
from collections.abc import Callable
from enum import Enum
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest

from accounts import factors
from accounts.models import User

SEEN: Final = "last_human_action"
LOCKED_AT: Final = "locked_at"
WRITE_EVERY: Final = 15  # seconds: an action sooner than this after another is not written down

# Asked when nobody did anything for long: whether the person talks on the telephone now. Filled by
# the stage that knows of calls, in its `apps.py`.
in_live_call: list[Callable[[User], bool]] = []


class State(Enum):
    """What a session answers to."""

    OPEN = "open"
    LOCKED = "locked"  # to nothing but its unlocking
    OVER = "over"


def state_of(request: HttpRequest) -> State:
    """The session's state now; takes a lock away when a factor was shown since."""
    session, now = request.session, time.time()
    since = session.setdefault(factors.SIGNED_IN_AT, int(now))
    seen = session.setdefault(SEEN, int(now))
    if now - since > settings.SESSION_COOKIE_AGE:
        return State.OVER
    locked_at = session.get(LOCKED_AT)
    if locked_at is None:
        return _watched(request, now - seen)
    if factors.proved_at(request) > locked_at:
        del session[LOCKED_AT]
        session[SEEN] = int(now)
        return State.OPEN
    return State.LOCKED


def note_action(request: HttpRequest) -> None:
    """A person did something; written down now and then."""
    now = int(time.time())
    if now - int(request.session.get(SEEN, 0)) >= WRITE_EVERY:
        request.session[SEEN] = now


def _watched(request: HttpRequest, idle: float) -> State:
    user: Any = request.user
    if idle <= settings.AMAAN_IDLE_SECONDS or any(asks(user) for asks in in_live_call):
        return State.OPEN
    if not (factors.enrolled(user) or factors.is_excused(user)):
        return State.OVER  # nothing could open it again
    request.session[LOCKED_AT] = time.time()
    return State.LOCKED
