"""A stand-in for the helpline's doors, to test the world alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import pytest
from aiosmtpd.controller import Controller

from tests.counterparts import World

Answer = tuple[int, str]


def _nothing_to_say(form: dict[str, str]) -> Answer:
    return 200, "<Response/>"


class Doors:
    """Answers webhooks as told by path, and remembers each form with its signature header."""

    def __init__(self) -> None:
        self.answers: dict[str, Callable[[dict[str, str]], Answer]] = {}
        self.heard: list[tuple[str, dict[str, str], str]] = []
        self.batches: list[tuple[bytes, str]] = []  # Meta's bodies with their signatures
        self.mails: list[EmailMessage] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def answer(self, path: str, *documents: str, status: int = 200) -> None:
        """Answer one after another; the last for ever."""
        left = list(documents)
        self.answers[path] = lambda _: (status, left.pop(0) if len(left) > 1 else left[0])

    def forms(self, path: str) -> list[dict[str, str]]:
        return [form for found, form, _ in self.heard if found == path]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        doors = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                raw = self.rfile.read(length)
                if hub := self.headers["X-Hub-Signature-256"]:
                    doors.batches.append((raw, hub))
                body = raw.decode()
                form = dict(parse_qsl(body, keep_blank_values=True))
                doors.heard.append((self.path, form, self.headers["X-Twilio-Signature"]))
                given = doors.answers.get(self.path, _nothing_to_say)
                status, text = given(form)
                self.send_response(status)
                self.send_header("Content-Type", "text/xml")
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler


class MailDoor:
    """Takes mail as the helpline's door does."""

    def __init__(self, doors: Doors) -> None:
        self.doors = doors

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:
        self.doors.mails.append(
            BytesParser(EmailMessage, policy=default).parsebytes(envelope.content)
        )
        return "250 OK"


@pytest.fixture
def doors(world: World) -> Iterator[Doors]:
    doors = Doors()
    thread = threading.Thread(target=doors.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    mail = Controller(MailDoor(doors), hostname="127.0.0.1", port=_free_port())
    mail.start()
    world.connect(doors.url, mail_door=("127.0.0.1", mail.port))
    yield doors
    mail.stop()
    doors.server.shutdown()
    doors.server.server_close()


def _free_port() -> int:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as probe:
        return int(probe.server_address[1])
