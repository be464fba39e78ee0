"""Nobody makes us read much: 413, except for a mail provider that shows our secret."""

import asyncio
import base64
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from helpline import bodies
from helpline.bodies import limited

SECRET = "amaan:a-long-secret"
AUTH = b"Basic " + base64.b64encode(SECRET.encode())
MAIL = "/hooks/mail/postmark/"


def ask(path: str, pieces: list[bytes], *headers: tuple[bytes, bytes]) -> tuple[int, int]:
    """Status and how many octets the application saw, for a body sent in pieces."""
    seen, sent = 0, list(pieces)
    answers: list[int] = []

    async def app(_scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        nonlocal seen
        while (message := await receive())["type"] == "http.request":
            seen += len(message["body"])
            if not message["more_body"]:
                await send({"type": "http.response.start", "status": 200, "headers": []})
                return

    async def receive() -> dict[str, Any]:
        piece = sent.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(sent)}

    async def send(message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            answers.append(message["status"])

    scope = {"type": "http", "path": path, "headers": list(headers)}
    guarded = limited(app)

    async def run() -> None:
        await guarded(scope, receive, send)

    asyncio.run(run())
    (status,) = answers
    return status, seen


@pytest.fixture(autouse=True)
def _secret(settings: Settings) -> None:
    settings.MAIL_WEBHOOK_SECRET = SECRET


BIG = [b"x" * 65536] * 20


def test_a_declared_length_is_believed_and_nothing_is_read() -> None:
    declared = (b"content-length", str(bodies.ORDINARY + 1).encode())
    assert ask("/", [b"x"], declared) == (413, 0)
    assert ask(MAIL, [b"x"], declared) == (413, 0)
    assert ask(MAIL, [b"x"], declared, (b"authorization", AUTH)) == (200, 1)


def test_a_body_that_grows_beyond_it_is_not_read_to_its_end() -> None:
    status, seen = ask("/", BIG)
    assert status == 413
    assert seen <= bodies.ORDINARY
    assert ask(MAIL, BIG, (b"authorization", AUTH)) == (200, 20 * 65536)


@pytest.mark.parametrize("shown", [b"", b"Basic x", b"Bearer " + AUTH[6:], AUTH + b"x"])
def test_without_our_secret_a_mail_door_takes_no_more_than_others(shown: bytes) -> None:
    assert ask(MAIL, BIG, (b"authorization", shown))[0] == 413


def test_where_no_secret_is_set_none_opens_it(settings: Settings) -> None:
    settings.MAIL_WEBHOOK_SECRET = ""
    assert ask(MAIL, BIG, (b"authorization", b"Basic Og=="))[0] == 413


@pytest.mark.django_db  # every request gives back the connections it was lent
def test_other_servers_are_told_by_the_declared_length() -> None:
    data = "x" * (bodies.ORDINARY + 1)
    assert Client().post("/health/", data, content_type="text/plain").status_code == 413


def test_a_body_we_read_stays_in_memory(tmp_path: Path, settings: Settings) -> None:
    assert settings.FILE_UPLOAD_MAX_MEMORY_SIZE > bodies.LARGEST
    with tempfile.SpooledTemporaryFile(
        max_size=settings.FILE_UPLOAD_MAX_MEMORY_SIZE, dir=str(tmp_path)
    ) as kept:
        kept.write(b"x" * bodies.LARGEST)
        assert not kept._rolled  # type: ignore[attr-defined]
