"""Providers' doors: threads and connections of their own, and nothing that only pages need.

However many pages are slow, a webhook finds a free thread and a free connection to the database. No
session, form token, language or transaction is prepared for it: a door proves who knocks by the
provider's signature, stores one row and answers. A view that does more says so itself.
"""

import asyncio
import io
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.exception import convert_exception_to_response
from django.db import InterfaceError, OperationalError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.security import SecurityMiddleware
from django.urls import ResolverMatch, resolve
from django.utils.translation import override

from privacy.access import NotAllowed
from privacy.crypto import KeyUnavailable

PREFIX: Final = "/hooks/"
THREADS: Final = 6  # each keeps one connection: settings' pool has room for them beside the pages

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


class DoorsMiddleware:
    """Answers what knocks at a door where no `Doors` stands before it (tests, runserver)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The door's answer; pages, and addresses no door has, go on to what follows."""
        return answer(request) if is_door(request.path_info) else self.get_response(request)


class Doors:
    """An ASGI application for the addresses `is_door` knows."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="door")

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Read the body, answer in a thread, send."""
        body = await _body(receive)
        if body is None:
            return
        loop = asyncio.get_running_loop()
        response = await loop.run_in_executor(self._threads, _in_thread, scope, body)
        headers = [(name.lower().encode(), value.encode()) for name, value in response.items()]
        start = {"type": "http.response.start", "status": response.status_code, "headers": headers}
        await send(start)
        await send({"type": "http.response.body", "body": response.content})


def is_door(path: str) -> bool:
    """Whether a view of ours stands behind this address of a webhook."""
    if not path.startswith(PREFIX):
        return False
    try:
        _door(path)
    except Http404:
        return False
    return True


def answer(request: HttpRequest) -> HttpResponse:
    """A door's answer, as nobody and in the house's language."""
    match = request.resolver_match = _door(request.path_info)
    try:
        with override(settings.LANGUAGE_CODE):
            response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    except KeyUnavailable:
        response = HttpResponse(status=503)
    except NotAllowed as refusal:
        refusal.put_on_record()
        response = HttpResponse(status=404)
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("Content-Length", str(len(response.content)))
    return response


@lru_cache(maxsize=256)
def _door(path: str) -> ResolverMatch:
    """Whose door an address is; most are knocked at again and again. Raises Http404."""
    return resolve(path)


def _answer_again(request: HttpRequest) -> HttpResponse:
    """As `answer`; once more when the connection this thread kept turns out to be broken.

    Doors store by the provider's own id, so that twice is once.
    """
    kept = connection.connection
    try:
        return answer(request)
    except (OperationalError, InterfaceError):
        if kept is None or connection.is_usable():
            raise
        connection.close()
        return answer(request)


_secured = convert_exception_to_response(
    SecurityMiddleware(convert_exception_to_response(_answer_again))
)


def _in_thread(scope: Any, body: bytes) -> HttpResponse:
    response = _secured(ASGIRequest(scope, io.BytesIO(body)))
    assert isinstance(response, HttpResponse)  # noqa: S101 (no door streams)
    if connection.errors_occurred:
        connection.close()
    return response


async def _body(receive: Receive) -> bytes | None:
    """The whole body, in memory; None when its sender is gone, or cut off (helpline.bodies)."""
    parts, more = [], True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)
