"""How much of a request is ever read: little, except what providers gather or post as a whole.

A body stays in memory: Django would write a larger one to a temporary file (ASGI), and what a mail
brings must never touch a disk.
"""

import base64
import binascii
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

ORDINARY: Final = 512 * 1024  # octets: the largest form of ours has far less
LARGEST: Final = settings.DATA_UPLOAD_MAX_MEMORY_SIZE  # a whole mail with its attachments
MAIL_DOORS: Final = "/hooks/mail/"
BATCHED: Final = 3 * 1024 * 1024  # what Meta gathers in one body, by its own word
BATCH_DOOR: Final = "/hooks/meta/"

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def most(path: str, authorization: str) -> int:
    """How many octets a request to this address may have."""
    if path.startswith(MAIL_DOORS) and _has_secret(authorization):
        return LARGEST
    return BATCHED if path == BATCH_DOOR else ORDINARY


def limited(app: App) -> App:
    """The application, which never hears of more than a request may have: 413 instead."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        room = most(scope["path"], _header(scope["headers"], b"authorization"))
        declared = _header(scope["headers"], b"content-length")
        if declared.isdecimal() and int(declared[:18]) > room:
            await _refuse(send)
            return
        body = _Body(receive, send, room)
        await app(scope, body.receive, body.send)
        if body.room < 0 and not body.answered:
            await _refuse(send)

    return guarded


class BodyLimitMiddleware:
    """The same by the length a request declares, for whatever server runs us."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        declared = str(request.META.get("CONTENT_LENGTH") or "")
        room = most(request.path, request.headers.get("Authorization", ""))
        if declared.isdecimal() and int(declared[:18]) > room:
            return HttpResponse(status=413)
        return self.get_response(request)


class _Body:
    """Counts what comes in; beyond its room the sender seems to have gone away."""

    def __init__(self, receive: Receive, send: Send, room: int) -> None:
        self._receive, self._send = receive, send
        self.room = room
        self.answered = False

    async def receive(self) -> dict[str, Any]:
        """The next piece."""
        message = await self._receive()
        if message["type"] == "http.request":
            self.room -= len(message.get("body", b""))
        return message if self.room >= 0 else {"type": "http.disconnect"}

    async def send(self, message: Mapping[str, Any]) -> None:
        """Pass an answer on."""
        self.answered = True
        await self._send(message)


async def _refuse(send: Send) -> None:
    headers = [(b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def _header(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> str:
    return next((value.decode("latin-1") for known, value in headers if known == name), "")


def _has_secret(authorization: str) -> bool:
    kind, _, told = authorization.partition(" ")
    if not settings.MAIL_WEBHOOK_SECRET or kind.lower() != "basic":
        return False
    try:
        shown = base64.b64decode(told.strip(), validate=True)
    except (binascii.Error, ValueError):
        return False
    return constant_time_compare(shown, settings.MAIL_WEBHOOK_SECRET.encode())
