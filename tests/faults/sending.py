"""People who write all at once, carried as their provider carries them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from typing import Final

import httpx

from practice.signing import twilio_signature
from tests.faults.oracle import Sent
from tests.leaks import WORD, marked, whatsapp
from tests.processes import Desk

HOOK: Final = "/hooks/whatsapp/"
PATIENCE: Final = 15.0  # seconds the provider waits
_fresh = count()


def senders(how_many: int) -> list[str]:
    """People who never wrote before."""
    return [whatsapp(next(_fresh)) for _ in range(how_many)]


def _http() -> httpx.Client:
    """A new connection for every request, as from a provider's many machines."""
    limits = httpx.Limits(max_keepalive_connections=0)
    return httpx.Client(timeout=PATIENCE, trust_env=False, limits=limits)


@dataclass
class Post:
    """The provider's side: posts each message, and once more when that fails, to the next address.

    `seconds` and `statuses` tell of every request there was; status 0 is "nobody answered".
    """

    desk: Desk
    addresses: tuple[str, ...]
    sent: list[Sent] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    unordered: list[Sent] = field(default_factory=list)
    spilled: int = 0  # answers with somebody's words in them
    http: httpx.Client = field(default_factory=_http)

    def carry(self, sender: str, text: str) -> bool:
        """Carry one message; whether the helpline took it."""
        form = self.desk.world.whatsapp_form(sender, marked(text), profile_name=WORD)
        first = len(self.sent) % len(self.addresses)
        tries = (self.addresses[first], self.addresses[first - 1])
        taken = any(self.knock(address, form) == 200 for address in tries)
        self.sent.append(Sent(sender, form["MessageSid"], taken))
        return taken

    def crowd(self, people: Iterable[str], messages: int, *, at_once: int, pause: float) -> None:
        """Each person writes so many messages, one after the other, `pause` seconds apart."""

        def write(sender: str) -> None:
            for place in range(messages):
                self.carry(sender, f"message {place}")
                time.sleep(pause)

        with ThreadPoolExecutor(at_once) as pool:
            list(pool.map(write, people))

    def pour(self, sender: str, *, seconds: float, at_once: int, pause: float) -> None:
        """One person never stops writing, through so many lines at once: in no order."""
        ends, place = time.monotonic() + seconds, count()

        def write() -> None:
            while time.monotonic() < ends:
                form = self.desk.world.whatsapp_form(sender, marked(f"nonsense {next(place)}"))
                taken = self.knock(self.addresses[0], form) == 200
                self.unordered.append(Sent(sender, form["MessageSid"], taken))
                time.sleep(pause)

        with ThreadPoolExecutor(at_once) as pool:
            for one in [pool.submit(write) for _ in range(at_once)]:
                one.result()

    def p99(self) -> float:
        """What 99 of 100 requests did not exceed, in seconds."""
        return sorted(self.seconds)[int(len(self.seconds) * 0.99)]

    def figures(self) -> str:
        """How long requests took, in milliseconds."""
        ordered = sorted(self.seconds)
        half, most = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]
        return (
            f"{len(ordered)} requests: p50 {half * 1000:.0f} ms,"
            f" p99 {most * 1000:.0f} ms, longest {ordered[-1] * 1000:.0f} ms"
        )

    def knock(self, address: str, form: Mapping[str, str]) -> int:
        """Post one form; the status of the answer, 0 when there is none."""
        token = self.desk.env["TWILIO_AUTH_TOKEN"]
        signature = twilio_signature(self.desk.web_url + HOOK, form, token)
        began, status = time.monotonic(), 0
        try:
            headers = {"X-Twilio-Signature": signature}
            answer = self.http.post(address + HOOK, data=dict(form), headers=headers)
            status = answer.status_code
            self.spilled += WORD in answer.text
        except httpx.HTTPError:
            pass
        self.seconds.append(time.monotonic() - began)
        self.statuses.append(status)
        return status
