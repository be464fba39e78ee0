"""The world's own controls, for the practice page, the shell and the tests. Loopback only."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from practice.world import callbacks, hooks, mail, people, voice
from practice.world.calls import LINES
from practice.world.faults import Fault
from practice.world.ledger import Entry
from practice.world.state import WORLD
from practice.world.voice import Line

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
CHANGEABLE = {
    "public_base_url",
    "deliver_url",
    "mail_host",
    "mail_port",
    "helpline_mail",
    "voice_clock",
    "voice_fallback",
    "voice_status_path",
    "iwf_live",
    "status_delay",
}


@web.middleware
async def loopback_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Keep other machines, and other people's web pages, away from the controls."""
    host = request.host.rsplit(":", 1)[0].strip("[]")
    if request.path.startswith("/_world/") and (
        request.remote not in LOOPBACK or host not in LOOPBACK or "Origin" in request.headers
    ):
        raise web.HTTPForbidden
    return await handler(request)


async def about(request: web.Request) -> web.Response:
    """Say who plays whom, and whether Twilio's description is at hand."""
    world = request.app[WORLD]
    return web.json_response(
        {
            "http": world.config.port,
            "smtp": world.config.smtp_port,
            "described": world.description.complete,
            "connected": world.connected,
            "whatsapp_from": world.config.whatsapp_from,
            "sms_from": world.config.sms_from,
            "voice_from": world.config.voice_from,
            "helpline_mail": world.config.helpline_mail,
        }
    )


async def reset(request: web.Request) -> web.Response:
    """Forget everything."""
    request.app[WORLD].reset()
    request.app[LINES].clear()
    return web.json_response({})


async def settings(request: web.Request) -> web.Response:
    """Change where the helpline is, or another setting that may change while running."""
    config = request.app[WORLD].config
    for name, value in (await request.json()).items():
        if name not in CHANGEABLE:
            raise web.HTTPBadRequest(text=f"{name} cannot be changed")
        setattr(config, name, value)
    return web.json_response({})


async def add_fault(request: web.Request) -> web.Response:
    """Put a misbehaviour in force."""
    try:
        fault = Fault(**await request.json())
    except (TypeError, ValueError) as error:
        raise web.HTTPBadRequest(text=str(error)) from error
    request.app[WORLD].faults.active.append(fault)
    return web.json_response({})


async def end_faults(request: web.Request) -> web.Response:
    """Behave again."""
    request.app[WORLD].faults.active.clear()
    return web.json_response({})


async def messages(request: web.Request) -> web.Response:
    """List messages in order, filtered by `to`, `sender` or `with` (either of the two)."""
    found = request.app[WORLD].ledger.messages.values()
    query = request.query
    return _listed(
        m
        for m in found
        if query.get("to", m.to) == m.to
        and query.get("sender", m.sender) == m.sender
        and query.get("with", m.to) in (m.to, m.sender)
    )


async def say(request: web.Request) -> web.Response:
    """A person sends a message by WhatsApp or SMS, as Twilio carries it."""
    said = people.Said(**await request.json())
    message, deliveries = await people.say(request.app[WORLD], said)
    return web.json_response(asdict(message) | {"deliveries": [asdict(d) for d in deliveries]})


async def form(request: web.Request) -> web.Response:
    """Store a person's message and return the form Twilio would post, without posting it."""
    world, said = request.app[WORLD], people.Said(**await request.json())
    message = people.receive(world, said)
    return web.json_response(people.inbound_form(world, message, said))


async def say_by_meta(request: web.Request) -> web.Response:
    """People send by WhatsApp, as Meta carries it: all of it in one body."""
    said = [people.Said(**one) for one in await request.json()]
    sent, deliveries = await hooks.say(request.app[WORLD], said)
    rows = [asdict(message) for message in sent]
    return web.json_response({"messages": rows, "deliveries": [asdict(d) for d in deliveries]})


async def meta_body(request: web.Request) -> web.Response:
    """Store what people sent and return the body Meta would post, without posting it."""
    world = request.app[WORLD]
    said = [people.Said(**one) for one in await request.json()]
    both = [hooks.one(world, hooks.receive(world, one), one) for one in said]
    return web.Response(body=hooks.batch(world, both, []), content_type="application/json")


async def settle(request: web.Request) -> web.Response:
    """Set a message's status by hand and tell the helpline."""
    world, wanted = request.app[WORLD], await request.json()
    message = world.ledger.messages[request.match_info["id"]]
    await callbacks.settle(world, message, wanted["status"], wanted.get("error_code"))
    return web.json_response(asdict(message))


async def age(request: web.Request) -> web.Response:
    """Let hours pass since a person's messages: windows shut, and what is missing shows."""
    world, wanted = request.app[WORLD], await request.json()
    for carrier in ("twilio", "meta"):
        if (carrier, wanted["sender"]) in world.ledger.last_inbound:
            passed = timedelta(hours=wanted["hours"])
            world.ledger.last_inbound[carrier, wanted["sender"]] -= passed
    for message in world.ledger.messages.values():
        if message.sender == wanted["sender"]:
            sent = datetime.fromisoformat(message.at) - timedelta(hours=wanted["hours"])
            message.at = sent.isoformat()
    return web.json_response({})


async def mails(request: web.Request) -> web.Response:
    """List mails in order, filtered by `to`, `sender` or `with`."""
    query = request.query
    return _listed(
        m
        for m in request.app[WORLD].ledger.mails.values()
        if ("to" not in query or query["to"] in m.to)
        and query.get("sender", m.sender) == m.sender
        and ("with" not in query or query["with"] in (m.sender, *m.to))
    )


async def write(request: web.Request) -> web.Response:
    """A person writes a mail."""
    wanted = await request.json()
    raw = base64.b64decode(wanted.pop("raw_base64", ""))
    world = request.app[WORLD]
    letter = mail.Letter(**{"to": world.config.helpline_mail, "raw": raw} | wanted)
    return web.json_response(asdict(await mail.post(world, letter)))


async def calls(request: web.Request) -> web.Response:
    """List calls in order, filtered by `with`."""
    wanted = request.query.get("with")
    return _listed(
        c for c in request.app[WORLD].ledger.calls.values() if wanted in (None, c.caller, c.called)
    )


async def ring(request: web.Request) -> web.Response:
    """A person rings the helpline."""
    world = request.app[WORLD]
    line = voice.ring(world, (await request.json())["caller"], request.app[LINES])
    if world.connected:
        await line.start()
    return web.json_response(asdict(line.call))


async def call(request: web.Request) -> web.Response:
    """Show one call."""
    return web.json_response(asdict(_line(request).call))


async def act(request: web.Request) -> web.Response:
    """Do something on a call: press, silence, hang-up, dialled, answer, refuse."""
    line, wanted = _line(request), await request.json()
    match request.match_info["act"]:
        case "press":
            await line.press(wanted["digits"])
        case "silence":
            await line.silence()
        case "hang-up":
            await line.hang_up()
        case "dialled":
            await line.dialled(wanted["status"])
        case "answer":
            await line.start()
        case "refuse":
            await line.refuse(wanted.get("status", "no-answer"))
        case _:
            raise web.HTTPNotFound
    return web.json_response(asdict(line.call))


async def ledger(request: web.Request) -> web.Response:
    """Show every entry of every kind: Message, Mail, Call, IwfReport, IwfLink, Media, …"""
    return web.json_response(request.app[WORLD].ledger.everything())


async def iwf(request: web.Request) -> web.Response:
    """Show what the hotline took: reports and links."""
    kept = request.app[WORLD].ledger
    return web.json_response(
        {
            "reports": [asdict(report) for report in kept.reports.values()],
            "links": [asdict(link) for link in kept.links.values()],
        }
    )


def _line(request: web.Request) -> Line:
    line = request.app[LINES].get(request.match_info["id"])
    if line is None:
        raise web.HTTPNotFound
    return line


def _listed(entries: Iterable[Entry]) -> web.Response:
    rows: list[dict[str, Any]] = [asdict(entry) for entry in entries]
    return web.json_response(rows)


ROUTES = [
    web.get("/_world/", about),
    web.post("/_world/reset", reset),
    web.post("/_world/settings", settings),
    web.post("/_world/faults", add_fault),
    web.delete("/_world/faults", end_faults),
    web.get("/_world/messages", messages),
    web.post("/_world/whatsapp", say),
    web.post("/_world/whatsapp/form", form),
    web.post("/_world/meta", say_by_meta),
    web.post("/_world/meta/body", meta_body),
    web.post("/_world/messages/{id}/status", settle),
    web.post("/_world/age", age),
    web.get("/_world/mails", mails),
    web.post("/_world/mails", write),
    web.get("/_world/calls", calls),
    web.post("/_world/calls", ring),
    web.get("/_world/calls/{id}", call),
    web.post("/_world/calls/{id}/{act}", act),
    web.get("/_world/iwf", iwf),
    web.get("/_world/ledger", ledger),
]
