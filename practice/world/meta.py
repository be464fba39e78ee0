"""Meta's Graph API for WhatsApp: what we may ask of it, refused where Meta would refuse."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from aiohttp import web

from practice.world import pictures
from practice.world.callbacks import send_callbacks
from practice.world.hooks import PREFIX, new_message_id
from practice.world.ledger import Message
from practice.world.messaging import WINDOW
from practice.world.state import WORLD, World

ROOT = "/graph/{version}"
NUMBER = re.compile(r"[1-9]\d{6,14}")
OWN_ID = re.compile(r"[A-Z]{2}\.(ENT\.)?[0-9A-Za-z]{1,128}")
TEMPLATE = re.compile(r"[a-z0-9_]{1,512}")
LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")
LONGEST_BODY = 4096
LONGEST_KEY = 512
ALLOWED = {
    "messaging_product",
    "recipient_type",
    "to",
    "recipient",
    "type",
    "text",
    "template",
    "biz_opaque_callback_data",
}
BUSY = {4, 80007, 130429, 131048, 131056}
Handler = Callable[[web.Request], Awaitable[web.Response]]


class Refused(Exception):
    """A request Meta would not carry out: HTTP status, Meta's error number, its words."""

    def __init__(self, status: int, code: int, message: str, subcode: int | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.subcode = status, code, message, subcode


def guarded(handler: Handler) -> Handler:
    """Check the token, then misbehave if asked, then handle."""

    @wraps(handler)
    async def guard(request: web.Request) -> web.Response:
        world = request.app[WORLD]
        try:
            if request.headers.get("Authorization") != f"Bearer {world.config.meta_access_token}":
                raise Refused(401, 190, "Invalid OAuth access token")
            broken = await _misbehave(request, world)
            answered = broken or await handler(request)
        except Refused as refused:
            world.refuse("graph", f"{refused.code} {refused.message}")
            return _error(refused)
        if slow := world.faults.take("graph", "accept-then-hang"):
            await asyncio.sleep(slow.seconds)
        if world.faults.take("graph", "accept-then-drop") and request.transport:
            request.transport.abort()
        return answered

    return guard


@guarded
async def create(request: web.Request) -> web.Response:
    """Take a message to send."""
    world = request.app[WORLD]
    if request.match_info["number"] != world.config.meta_phone_number_id:
        raise Refused(400, 100, "Unsupported post request", 33)
    facts = await _object(request)
    to = _recipient(facts)
    body, template = _what(facts)
    message = Message(
        id=new_message_id(to),
        direction="outbound-api",
        sender=PREFIX + world.config.meta_phone_number_id,
        to=PREFIX + to,
        body=body,
        status="queued",
        content_sid=template,
        carrier="meta",
        our_key=str(facts.get("biz_opaque_callback_data", "")),
    )
    if not template and not _window_open(world, message.to):
        raise Refused(400, 131047, "More than 24 hours have passed since they last wrote")
    world.ledger.keep(message)
    world.later(send_callbacks(world, message, window_open=True))
    named = {"wa_id": to.removeprefix("+")} if to.startswith("+") else {"user_id": to}
    return web.json_response(
        {
            "messaging_product": "whatsapp",
            "contacts": [{"input": to, **named}],
            "messages": [{"id": message.id, "message_status": "accepted"}],
        }
    )


@guarded
async def media_about(request: web.Request) -> web.Response:
    """Say where a picture lies; asking counts as a look already."""
    world = request.app[WORLD]
    media = world.ledger.media.get(request.match_info["media"])
    if media is None or media.deleted:
        raise Refused(400, 100, "Unsupported get request", 33)
    media.fetched += 1
    world.ledger.keep(media)
    url = f"{world.address}/graph-media/{media.id}"
    return web.json_response({"id": media.id, "mime_type": media.content_type, "url": url})


async def media_fetch(request: web.Request) -> web.Response:
    """Count a look at a picture. Nobody may look: this number stays 0."""
    world = request.app[WORLD]
    media = world.ledger.media.get(request.match_info["media"])
    if media is None or media.deleted:
        raise web.HTTPNotFound
    media.fetched += 1
    world.ledger.keep(media)
    return web.Response(body=pictures.PICTURE, content_type=media.content_type)


@guarded
async def media_delete(request: web.Request) -> web.Response:
    """Delete a picture from the provider."""
    world = request.app[WORLD]
    media = world.ledger.media.get(request.match_info["media"])
    if media is None or media.deleted:
        raise Refused(400, 100, "Unsupported delete request", 33)
    media.deleted = True
    world.ledger.keep(media)
    return web.json_response({"success": True})


async def _object(request: web.Request) -> dict[str, Any]:
    try:
        facts = json.loads(await request.read())
    except ValueError:
        raise Refused(400, 100, "The body is not JSON") from None
    if not isinstance(facts, dict) or facts.get("messaging_product") != "whatsapp":
        raise Refused(400, 100, "(#100) The parameter messaging_product is required")
    if unknown := sorted(facts.keys() - ALLOWED):
        raise Refused(400, 100, f"(#100) Unexpected key {', '.join(unknown)}")
    if facts.get("recipient_type", "individual") != "individual":
        raise Refused(400, 100, "(#100) recipient_type must be individual")
    if len(str(facts.get("biz_opaque_callback_data", ""))) > LONGEST_KEY:
        raise Refused(400, 100, "(#100) biz_opaque_callback_data is too long")
    return facts


def _recipient(facts: dict[str, Any]) -> str:
    """Return the number (with +) or the business-scoped id; the number counts first."""
    if "to" in facts:
        if not NUMBER.fullmatch(str(facts["to"])):
            raise Refused(400, 131009, "(#131009) The to is not a valid number")
        return f"+{facts['to']}"
    if not OWN_ID.fullmatch(str(facts.get("recipient", ""))):
        raise Refused(400, 100, "(#100) The parameter to or recipient is required")
    return str(facts["recipient"])


def _what(facts: dict[str, Any]) -> tuple[str, str]:
    """Return free words, or a template's name with its language."""
    kind = facts.get("type")
    what = facts.get(str(kind))
    if kind not in ("text", "template") or not isinstance(what, dict):
        raise Refused(400, 100, "(#100) The type must be text or template, and given")
    if kind == "text":
        return _words(what), ""
    language = what.get("language")
    code = language.get("code") if isinstance(language, dict) else None
    known = TEMPLATE.fullmatch(str(what.get("name"))) and LANGUAGE.fullmatch(str(code))
    if not known or what.keys() - {"name", "language", "components"}:
        raise Refused(400, 132001, "(#132001) The template does not exist in the translation")
    return "", f"{what['name']} {code}"


def _words(what: dict[str, Any]) -> str:
    body = what.get("body")
    if what.keys() - {"body", "preview_url"} or not isinstance(body, str) or not body:
        raise Refused(400, 100, "(#100) The text has a body and nothing unknown")
    if len(body) > LONGEST_BODY:
        raise Refused(400, 100, "(#100) The body is too long")
    return body


def _window_open(world: World, to: str) -> bool:
    last = world.ledger.last_inbound.get(("meta", to))
    return last is not None and datetime.now(UTC) - last < WINDOW


async def _misbehave(request: web.Request, world: World) -> web.Response | None:
    fault = world.faults.take("graph", "status", "error", "hang", "drop")
    if fault is None:
        return None
    if fault.what == "error":
        raise Refused(429 if fault.code in BUSY else 400, fault.code, "As asked")
    if fault.what == "hang":
        await asyncio.sleep(fault.seconds)
    if fault.what == "drop" and request.transport:
        request.transport.abort()
        return web.Response(status=500)
    if fault.what != "status":
        return None
    answer = _error(Refused(fault.code, 4 if fault.code == 429 else 2, "As asked"))
    if fault.retry_after is not None:
        answer.headers["Retry-After"] = str(fault.retry_after)
    return answer


def _error(refused: Refused) -> web.Response:
    error: dict[str, Any] = {
        "message": refused.message,
        "type": "OAuthException",
        "code": refused.code,
        "fbtrace_id": "practice",
    }
    if refused.subcode is not None:
        error["error_subcode"] = refused.subcode
    return web.json_response({"error": error}, status=refused.status)


ROUTES = [
    web.post(f"{ROOT}/{{number}}/messages", create),
    web.get(f"{ROOT}/{{media}}", media_about),
    web.delete(f"{ROOT}/{{media}}", media_delete),
    web.get("/graph-media/{media}", media_fetch),
]
