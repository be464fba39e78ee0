"""Providers' doors have threads and connections of their own; nobody who leaves takes one along."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from helpline.lent import LentConnectionsMiddleware
from intake.models import InboundEvent
from tests.counterparts import ASHA, World

FORM = b"application/x-www-form-urlencoded"


def scope(path: str, method: str = "POST", **headers: str) -> dict[str, Any]:
    """A request as a server hands it over."""
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "headers": [(b"host", b"localhost"), (b"content-type", FORM), *named],
        "server": ("localhost", 80),
        "client": ("127.0.0.1", 4000),
    }


async def knock(asked: dict[str, Any], *pieces: dict[str, Any]) -> list[dict[str, Any]]:
    """What the web process answers to these pieces of a request."""
    from helpline.asgi import application  # noqa: PLC0415 (sets the environment of a web process)

    caller: Any = ApplicationCommunicator(application, asked)  # type: ignore[no-untyped-call]
    for piece in pieces:
        await caller.send_input({"type": "http.request", **piece})
    answers = [await caller.receive_output(10), await caller.receive_output(10)]
    await caller.wait(10)
    return answers


def signed(world: World, sid: str) -> tuple[dict[str, Any], bytes]:
    """A webhook of Twilio's, and its body."""
    form = world.whatsapp_form(ASHA, "hello") | {"MessageSid": sid}
    body = "&".join(f"{name}={value}" for name, value in form.items())
    body = body.replace("+", "%2B").replace(":", "%3A")
    signature = world.sign("/hooks/whatsapp/", form)["HTTP_X_TWILIO_SIGNATURE"]
    length = str(len(body))
    asked = scope("/hooks/whatsapp/", x_twilio_signature=signature, content_length=length)
    return asked, body.encode()


def break_connections() -> None:
    """End every connection but our own, as a restart of the database does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(autouse=True)
def _nothing_kept(transactional_db: None) -> Iterator[None]:
    """The doors' threads keep connections; the next test's database is emptied without them."""
    yield
    break_connections()


@pytest.mark.django_db(transaction=True)
def test_a_webhook_in_pieces_is_stored_and_answered_and_kept_by_nobody(wired_world: World) -> None:
    asked, body = signed(wired_world, "SM1")
    start, rest = asyncio.run(
        knock(asked, {"body": body[:20], "more_body": True}, {"body": body[20:]})
    )
    assert start["status"] == 200
    headers = dict(start["headers"])
    assert headers[b"cache-control"] == b"no-store"
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert b"<Response" in rest["body"]
    assert InboundEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_broke_meanwhile_costs_no_message(wired_world: World) -> None:
    for number in range(1, 8):  # every thread has had its turn, and keeps its connection
        asked, body = signed(wired_world, f"SM{number}")
        asyncio.run(knock(asked, {"body": body}))
    break_connections()
    for number in range(8, 15):
        asked, body = signed(wired_world, f"SM{number}")
        start, _ = asyncio.run(knock(asked, {"body": body}))
        assert start["status"] == 200
    assert InboundEvent.objects.count() == 14


@pytest.mark.django_db(transaction=True)
def test_what_nobody_signed_and_what_is_no_door(wired_world: World, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]
    asked, body = signed(wired_world, "SM1")
    start, _ = asyncio.run(knock(asked, {"body": body + b"&x=1"}))
    assert start["status"] == 403
    start, _ = asyncio.run(knock(scope("/hooks/whatsapp/", "GET"), {"body": b""}))
    assert start["status"] == 405
    start, _ = asyncio.run(knock(scope("/hooks/nowhere/", "GET"), {"body": b""}))
    assert start["status"] in (302, 404)  # the pages' own answer
    assert InboundEvent.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_page_whose_reader_is_gone_takes_no_connection_along(rf: RequestFactory) -> None:
    """Django gives connections back when an answer is sent: to nobody, it never is."""

    def interrupted(_request: HttpRequest) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        LentConnectionsMiddleware(interrupted)(rf.get("/"))
    assert connection.connection is None
