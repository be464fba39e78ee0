"""Twilio's front door: who may come in, and how a refusal looks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import wraps

import aiohttp
from aiohttp import web

from practice.world.faults import Fault
from practice.world.state import WORLD, World

ACCOUNT = "/2010-04-01/Accounts/{account}"
Handler = Callable[[web.Request], Awaitable[web.Response]]
Guarded = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Refused(Exception):
    """A request Twilio would not carry out: HTTP status, Twilio's error number, its words."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def guarded(*where: str) -> Callable[[Handler], Guarded]:
    """Check the account and its token, then misbehave if asked, then handle."""

    def decorate(handler: Handler) -> Guarded:
        @wraps(handler)
        async def guard(request: web.Request) -> web.StreamResponse:
            world = request.app[WORLD]
            try:
                _check_account(request, world)
                answer = await misbehave(request, world, where)
                answered = answer or await handler(request)
            except Refused as refused:
                world.refuse(where[0], f"{refused.code} {refused.message}")
                return error(refused)
            if slow := world.faults.take(where, "drip"):
                return await _drip(request, answered, slow.seconds)
            if slow := world.faults.take(where, "accept-then-hang"):
                await asyncio.sleep(slow.seconds)
            if world.faults.take(where, "accept-then-drop") and request.transport:
                request.transport.abort()
            return answered

        return guard

    return decorate


async def misbehave(
    request: web.Request, world: World, where: str | tuple[str, ...]
) -> web.Response | None:
    """Carry out the first fault in force here; return an answer if the fault is one."""
    fault = world.faults.take(where, "status", "error", "hang", "drop")
    if fault is None:
        return None
    if fault.what == "error":
        raise Refused(429 if fault.code in (20429, 63018) else 400, fault.code, "As asked")
    if fault.what == "hang":
        await asyncio.sleep(fault.seconds)
    if fault.what == "drop" and request.transport:
        request.transport.abort()
        return web.Response(status=500)
    return _status(fault) if fault.what == "status" else None


async def checked(request: web.Request, template: str) -> list[tuple[str, str]]:
    """Return a request's parameters once Twilio's description allows each of them."""
    world = request.app[WORLD]
    if request.method == "POST":
        pairs = [(name, str(value)) for name, value in (await request.post()).items()]
        if request.query:
            raise Refused(400, 20001, "Parameters of a POST belong in its form")
    else:
        pairs = list(request.query.items())
    problems = world.description.problems(template, request.method.lower(), pairs)
    if problems:
        raise Refused(400, 20001, "; ".join(problems))
    return pairs


def error(refused: Refused) -> web.Response:
    """Return a refusal as Twilio writes it."""
    return web.json_response(
        {
            "code": refused.code,
            "message": refused.message,
            "more_info": f"https://www.twilio.com/docs/errors/{refused.code}",
            "status": refused.status,
        },
        status=refused.status,
    )


async def _drip(request: web.Request, answer: web.Response, seconds: float) -> web.StreamResponse:
    """Send an answer so slowly that no pause in it is long, and the whole takes `seconds`."""
    body = answer.body if isinstance(answer.body, bytes) else b""
    slow = web.StreamResponse(status=answer.status, headers={"Content-Type": answer.content_type})
    slow.content_length = len(body)
    await slow.prepare(request)
    parts = max(1, int(seconds * 2))
    size = len(body) // parts + 1
    for start in range(0, len(body), size):
        await asyncio.sleep(seconds / parts)
        await slow.write(body[start : start + size])
    return slow


def _status(fault: Fault) -> web.Response:
    code = 20429 if fault.code == 429 else 20500
    answer = error(Refused(fault.code, code, "As asked"))
    if fault.retry_after is not None:
        answer.headers["Retry-After"] = str(fault.retry_after)
    return answer


def _check_account(request: web.Request, world: World) -> None:
    given = request.headers.get("Authorization", "")
    try:
        auth = aiohttp.BasicAuth.decode(given)
    except ValueError:
        raise Refused(401, 20003, "Authenticate") from None
    config = world.config
    if (auth.login, auth.password) != (config.account_sid, config.auth_token):
        raise Refused(401, 20003, "Authenticate")
    if request.match_info["account"] != config.account_sid:
        raise Refused(404, 20404, "The requested resource was not found")
