"""The running world: its ledger, its misbehaviours, and how it reaches the helpline's doors."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Mapping
from typing import Any
from uuid import uuid4

import aiohttp
from aiohttp import web

from practice.signing import meta_signature, twilio_signature
from practice.world.config import Config
from practice.world.descriptions import Description
from practice.world.faults import Faults
from practice.world.ledger import Delivery, Ledger, Refusal

PATIENCE = 15.0  # seconds Twilio waits for a webhook's answer


def new_id(prefix: str) -> str:
    """Return an id in Twilio's form: two letters and 32 hexadecimal digits."""
    return prefix + uuid4().hex


class World:
    """Everything the handlers share. One per process."""

    def __init__(self, config: Config, client: aiohttp.ClientSession) -> None:
        self.config = config
        self.ledger = Ledger(config.ledger)
        self.faults = Faults()
        self.description = Description()
        self.client = client
        self._tasks: set[asyncio.Task[None]] = set()

    def reset(self) -> None:
        """Forget every entry and misbehaviour, and stop what was still under way."""
        for task in self._tasks:
            task.cancel()
        if self.config.ledger is not None:
            self.config.ledger.unlink(missing_ok=True)
        self.ledger = Ledger(self.config.ledger)
        self.faults = Faults()

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something beside the current request."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def refuse(self, where: str, reason: str) -> None:
        """Put a refusal in the ledger. The reason names fields, never their values."""
        self.ledger.keep(Refusal(id=uuid4().hex, where=where, reason=reason))

    @property
    def address(self) -> str:
        """The world's own address."""
        return f"http://127.0.0.1:{self.config.port}"

    @property
    def connected(self) -> bool:
        """Say whether the world knows where the helpline is."""
        return bool(self.config.public_base_url)

    def route_of(self, url: str) -> str:
        """Return where a public address is really reached (a test server's own port)."""
        base, real = self.config.public_base_url, self.config.deliver_url
        if base and real and url.startswith(base):
            return real + url.removeprefix(base)
        return url

    async def post(
        self, url: str, parameters: Mapping[str, str], about: str
    ) -> tuple[Delivery, str]:
        """POST a form to a public address, signed as Twilio does; what came of it, and its text."""
        signature = twilio_signature(url, parameters, self.config.auth_token)
        headers = {"X-Twilio-Signature": signature, "User-Agent": "TwilioProxy/1.1"}
        return await self._knock(url, dict(parameters), headers, about, xml=True)

    async def post_meta(self, url: str, body: bytes, about: str) -> Delivery:
        """POST a body to a public address, signed as Meta does; return what came of it."""
        headers = {
            "X-Hub-Signature-256": meta_signature(body, self.config.meta_app_secret),
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
        }
        delivery, _ = await self._knock(url, body, headers, about, xml=False)
        return delivery

    async def _knock(
        self,
        url: str,
        data: bytes | dict[str, str],
        headers: Mapping[str, str],
        about: str,
        *,
        xml: bool,
    ) -> tuple[Delivery, str]:
        started, status, trouble, text = time.monotonic(), 0, "", ""
        try:
            async with self.client.post(
                self.route_of(url),
                data=data,
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=PATIENCE),
                allow_redirects=False,
            ) as answer:
                status, text = answer.status, await answer.text()
                kind = answer.content_type
                if xml and status < 300 and text and kind not in ("text/xml", "application/xml"):
                    trouble = "12300 the answer is not XML"
        except TimeoutError:
            trouble = "11200 no answer in 15 seconds"
        except aiohttp.ClientError as error:
            trouble = f"11200 {type(error).__name__}"
        delivery = Delivery(
            id=uuid4().hex,
            url=url,
            about=about,
            status=status,
            milliseconds=round((time.monotonic() - started) * 1000),
            trouble=trouble,
        )
        self.ledger.keep(delivery)
        return delivery, text


WORLD = web.AppKey("world", World)
