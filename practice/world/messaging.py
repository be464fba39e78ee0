"""Twilio's Messages: what we may ask of it, refused where Twilio would refuse."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from practice.world import descriptions, pictures
from practice.world.callbacks import send_callbacks
from practice.world.ledger import Message, now
from practice.world.state import WORLD, World, new_id
from practice.world.twilio import ACCOUNT, Refused, checked, guarded

WINDOW = timedelta(hours=24)  # WhatsApp's customer service window
RECIPIENT = re.compile(r"(whatsapp:)?(\+[1-9]\d{6,14}|(?<=whatsapp:)[A-Z]{2}\.\d{6,24})")
LONGEST_BODY = 1600
UNFINISHED = {"queued", "sending", "accepted", "scheduled"}


@guarded("messages", "sending")
async def create(request: web.Request) -> web.Response:
    """Take a message to send, as POST Messages.json does."""
    world = request.app[WORLD]
    form = dict(await checked(request, descriptions.MESSAGES))
    _refuse_unsendable(world, form)
    message = Message(
        id=new_id("SM"),
        direction="outbound-api",
        sender=form.get("From", world.config.whatsapp_from),
        to=form["To"],
        body=form.get("Body", ""),
        status="queued",
        content_sid=form.get("ContentSid", ""),
        content_variables=form.get("ContentVariables", ""),
        status_callback=form.get("StatusCallback", ""),
    )
    world.ledger.keep(message)
    world.later(send_callbacks(world, message, window_open=window_open(world, message)))
    return web.json_response(represent(world, message), status=201)


@guarded("messages")
async def listing(request: web.Request) -> web.Response:
    """List messages, newest first, by To, From and DateSent, page by page."""
    world = request.app[WORLD]
    query = dict(await checked(request, descriptions.MESSAGES))
    size, page = int(query.get("PageSize", "50")), int(query.get("Page", "0"))
    found = [m for m in reversed(world.ledger.messages.values()) if _here(m) and _matches(m, query)]
    start = page * size
    more = len(found) > start + size
    following = query | {"Page": str(page + 1), "PageSize": str(size)}
    return web.json_response(
        {
            "messages": [represent(world, m) for m in found[start : start + size]],
            "page": page,
            "page_size": size,
            "start": start,
            "end": max(start, min(start + size, len(found)) - 1),
            "uri": str(request.rel_url),
            "first_page_uri": f"{request.path}?{urlencode(query | {'Page': '0'})}",
            "next_page_uri": f"{request.path}?{urlencode(following)}" if more else None,
            "previous_page_uri": None,
        }
    )


@guarded("messages")
async def fetch(request: web.Request) -> web.Response:
    """Return one message."""
    world = request.app[WORLD]
    return web.json_response(represent(world, _message(request)))


@guarded("messages")
async def update(request: web.Request) -> web.Response:
    """Redact a message: only an empty Body is a change Twilio makes after sending."""
    world = request.app[WORLD]
    form = dict(await checked(request, descriptions.MESSAGE))
    message = _message(request)
    if form.get("Body") != "":
        raise Refused(400, 20001, "Body may only be emptied")
    _refuse_unfinished(message)
    message.body, message.updated = "", now()
    world.ledger.keep(message)
    return web.json_response(represent(world, message))


@guarded("messages")
async def delete(request: web.Request) -> web.Response:
    """Delete a message for good."""
    message = _message(request)
    _refuse_unfinished(message)
    request.app[WORLD].ledger.forget_message(message.id)
    return web.Response(status=204)


@guarded("messages")
async def media_listing(request: web.Request) -> web.Response:
    """List the pictures a message still has at the provider."""
    world = request.app[WORLD]
    await checked(request, descriptions.MEDIA_LIST)
    message = _message(request)
    kept = [world.ledger.media[sid] for sid in message.media]
    rows = [
        {"sid": m.id, "parent_sid": m.message, "content_type": m.content_type}
        for m in kept
        if not m.deleted
    ]
    return web.json_response({"media_list": rows, "next_page_uri": None})


async def media_fetch(request: web.Request) -> web.Response:
    """Count a look at a picture. Nobody may look: this number stays 0."""
    world = request.app[WORLD]
    media = world.ledger.media.get(request.match_info["media"])
    if media is None or media.deleted:
        raise web.HTTPNotFound
    media.fetched += 1
    world.ledger.keep(media)
    return web.Response(body=pictures.PICTURE, content_type=media.content_type)


@guarded("messages")
async def media_delete(request: web.Request) -> web.Response:
    """Delete one picture from the provider."""
    world = request.app[WORLD]
    media = world.ledger.media.get(request.match_info["media"])
    if media is None or media.deleted:
        raise Refused(404, 20404, "The requested resource was not found")
    media.deleted = True
    world.ledger.keep(media)
    return web.Response(status=204)


def window_open(world: World, message: Message) -> bool:
    """Say whether free words may be sent: WhatsApp allows them 24 h after the last inbound."""
    if not message.to.startswith("whatsapp:") or message.content_sid:
        return True
    last = world.ledger.last_inbound.get(("twilio", message.to))
    return last is not None and datetime.now(UTC) - last < WINDOW


def represent(world: World, message: Message) -> dict[str, Any]:
    """Return the message as Twilio's API shows it."""
    uri = f"/2010-04-01/Accounts/{world.config.account_sid}/Messages/{message.id}"
    sent = message.status not in UNFINISHED or message.direction == "inbound"
    return {
        "account_sid": world.config.account_sid,
        "api_version": "2010-04-01",
        "body": message.body,
        "date_created": _rfc2822(message.at),
        "date_sent": _rfc2822(message.at) if sent else None,
        "date_updated": _rfc2822(message.updated),
        "direction": message.direction,
        "error_code": message.error_code,
        "error_message": None,
        "from": message.sender,
        "messaging_service_sid": None,
        "num_media": str(len(message.media)),
        "num_segments": "1",
        "price": None,
        "price_unit": "USD",
        "sid": message.id,
        "status": message.status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": message.to,
        "uri": f"{uri}.json",
    }


def _refuse_unsendable(world: World, form: dict[str, str]) -> None:
    if "From" not in form and "MessagingServiceSid" not in form:
        raise Refused(400, 21603, "A From or MessagingServiceSid parameter is required")
    if not form.get("Body") and not form.get("ContentSid"):
        raise Refused(400, 21619, "A Body or ContentSid is required")
    if len(form.get("Body", "")) > LONGEST_BODY:
        raise Refused(400, 21617, "The Body exceeds 1600 characters")
    if RECIPIENT.fullmatch(form["To"]) is None:
        raise Refused(400, 21211, "The To is not a valid recipient")
    by_whatsapp = form["To"].startswith("whatsapp:")
    ours = world.config.whatsapp_from if by_whatsapp else world.config.sms_from
    if form.get("From") not in (None, ours):
        raise Refused(400, 63007 if by_whatsapp else 21606, "The From address is not ours")


def _refuse_unfinished(message: Message) -> None:
    if message.status in UNFINISHED:
        raise Refused(409, 20009, "The message is not settled yet")


def _message(request: web.Request) -> Message:
    found = request.app[WORLD].ledger.messages.get(request.match_info["sid"])
    if found is None or not _here(found):
        raise Refused(404, 20404, "The requested resource was not found")
    return found


def _here(message: Message) -> bool:
    return message.carrier == "twilio" and message.held


def _matches(message: Message, query: dict[str, str]) -> bool:
    day = message.at[:10]
    return (
        query.get("To", message.to) == message.to
        and query.get("From", message.sender) == message.sender
        and day == query.get("DateSent", day)[:10]
        and day >= query.get("DateSent>", day)[:10]
        and day <= query.get("DateSent<", day)[:10]
    )


def _rfc2822(instant: str) -> str:
    return format_datetime(datetime.fromisoformat(instant))


ROUTES = [
    web.post(f"{ACCOUNT}/Messages.json", create),
    web.get(f"{ACCOUNT}/Messages.json", listing),
    web.get(f"{ACCOUNT}/Messages/{{sid}}.json", fetch),
    web.post(f"{ACCOUNT}/Messages/{{sid}}.json", update),
    web.delete(f"{ACCOUNT}/Messages/{{sid}}.json", delete),
    web.get(f"{ACCOUNT}/Messages/{{sid}}/Media.json", media_listing),
    web.get(f"{ACCOUNT}/Messages/{{sid}}/Media/{{media}}", media_fetch),
    web.delete(f"{ACCOUNT}/Messages/{{sid}}/Media/{{media}}.json", media_delete),
]
