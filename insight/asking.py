"""One question to the service as somebody else would ask it: answered in full, then undone."""

import io
import time
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib.messages.storage.session import SessionStorage
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import PermissionDenied
from django.core.handlers.wsgi import WSGIRequest
from django.db import DatabaseError, transaction
from django.http import Http404, HttpResponseBase
from django.urls import ResolverMatch, resolve
from django.utils.translation import get_language

from accounts.models import User
from privacy.access import NotAllowed, acting
from privacy.services import NotPossible

ABSENT: Final = 404
NO_SUCH_METHOD: Final = 405


@dataclass(frozen=True)
class Answer:
    """What came back: status, and head and body as one text. Never shown, only looked through."""

    status: int
    text: str

    @property
    def shows(self) -> bool:
        """Whether the person got anything by it; where one is sent tells something too."""
        return self.status < 400 or self.status in (409, 422)


class _NoSession(SessionBase):
    """A session that is kept nowhere, of somebody who signed in with both factors just now."""

    def __init__(self) -> None:
        super().__init__()
        now = time.time()
        self._session_cache = {
            "account_authentication_methods": [
                {"method": "password", "at": now},
                {"method": "mfa", "type": "webauthn", "at": now},
                {"method": "mfa", "type": "totp", "at": now},
            ]
        }

    @property
    def _session(self) -> Any:
        return self._session_cache

    def save(self, must_create: bool = False) -> None:
        """Nothing is kept."""

    def create(self) -> None:
        """Nothing is made."""

    def exists(self, session_key: str) -> bool:
        """There is none but this."""
        return False


def ask(path: str, user: User, *, posted: dict[str, str] | None = None) -> Answer:
    """Ask an address as this person; every trace in both databases is undone.

    What stands before the views (sign-in, second factor, lock) is left out: it only refuses more.
    """
    request = _request(path, posted)
    request.user = user
    request.resolver_match = match = resolve(request.path_info)
    with transaction.atomic(), transaction.atomic(using="keys"):
        answer = _answer(match, request, user)
        transaction.set_rollback(True)
        transaction.set_rollback(True, using="keys")
    return answer


def _answer(match: ResolverMatch, request: WSGIRequest, user: User) -> Answer:
    try:
        with acting(user=user):
            response = match.func(request, *match.args, **match.kwargs)
            render = getattr(response, "render", None)
            return _read(render() if callable(render) else response)
    except (Http404, NotAllowed, PermissionDenied):
        return Answer(ABSENT, "")
    except (NotPossible, DatabaseError):
        return Answer(409, "")


def _read(response: HttpResponseBase) -> Answer:
    streamed = getattr(response, "streaming_content", None)
    body = b"".join(streamed) if streamed is not None else getattr(response, "content", b"")
    return Answer(response.status_code, f"{response.headers} {body.decode(errors='replace')}")


def _request(path: str, posted: dict[str, str] | None) -> WSGIRequest:
    body = urlencode(posted or {}).encode()
    request: Any = WSGIRequest(
        {
            "REQUEST_METHOD": "POST" if posted else "GET",
            "PATH_INFO": path,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            "wsgi.url_scheme": "https",
        }
    )
    request.LANGUAGE_CODE = get_language() or "en"
    request.session = _NoSession()
    request._messages = SessionStorage(request)
    request._dont_enforce_csrf_checks = True
    found: WSGIRequest = request
    return found
