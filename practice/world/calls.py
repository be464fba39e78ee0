"""Twilio's Calls: the helpline rings somebody, or changes a call under way."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from practice.world import descriptions
from practice.world.ledger import Call
from practice.world.state import WORLD, World, new_id
from practice.world.twilio import ACCOUNT, Refused, checked, guarded
from practice.world.voice import Line

LINES: web.AppKey[dict[str, Line]] = web.AppKey("lines", dict[str, Line])


@guarded("calls")
async def create(request: web.Request) -> web.Response:
    """Ring a number. The person answers, or not, at the practice desk."""
    world = request.app[WORLD]
    form = dict(await checked(request, descriptions.CALLS))
    if "Url" not in form and "Twiml" not in form:
        raise Refused(400, 21205, "Url or Twiml is required")
    if form["From"] != world.config.voice_from:
        raise Refused(400, 21210, "From is not a number of this account")
    call = Call(
        id=new_id("CA"),
        direction="outbound-api",
        caller=form["From"],
        called=form["To"],
        url=form.get("Url", ""),
        status_url=form.get("StatusCallback", ""),
    )
    world.ledger.keep(call)
    line = Line(world, call, request.app[LINES])
    line.waiting_document = form.get("Twiml", "")
    line.ring_for(int(form.get("Timeout", "60")))
    return web.json_response(represent(world, call), status=201)


@guarded("calls")
async def fetch(request: web.Request) -> web.Response:
    """Return one call."""
    return web.json_response(represent(request.app[WORLD], _line(request).call))


@guarded("calls")
async def update(request: web.Request) -> web.Response:
    """Redirect a call under way, or end it."""
    world = request.app[WORLD]
    form = dict(await checked(request, descriptions.CALL))
    line = _line(request)
    if line.over:
        raise Refused(400, 21220, "The call is not in progress")
    if form.get("Status") in ("completed", "canceled"):
        await line.hang_up()
    elif "Twiml" in form:
        await line.play(form["Twiml"])
    elif "Url" in form:
        await line.redirect(form["Url"])
    return web.json_response(represent(world, line.call))


def represent(world: World, call: Call) -> dict[str, Any]:
    """Return the call as Twilio's API shows it."""
    return {
        "sid": call.id,
        "account_sid": world.config.account_sid,
        "from": call.caller,
        "to": call.called,
        "status": call.status,
        "direction": call.direction,
        "uri": f"/2010-04-01/Accounts/{world.config.account_sid}/Calls/{call.id}.json",
    }


def _line(request: web.Request) -> Line:
    line = request.app[LINES].get(request.match_info["sid"])
    if line is None:
        raise Refused(404, 20404, "The requested resource was not found")
    return line


ROUTES = [
    web.post(f"{ACCOUNT}/Calls.json", create),
    web.get(f"{ACCOUNT}/Calls/{{sid}}.json", fetch),
    web.post(f"{ACCOUNT}/Calls/{{sid}}.json", update),
]
