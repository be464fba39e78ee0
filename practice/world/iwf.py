"""The Internet Watch Foundation's two doors, strict about every field.

Facts: the public Aselo integration, which calls both doors for the helpline this is modelled on.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import aiohttp
from aiohttp import web

from practice.world.ledger import IwfLink, IwfReport, now
from practice.world.state import WORLD, World
from practice.world.twilio import Refused, error, misbehave

AGE_RANGES = ("<13", "13-15", "16-17")
Check = Callable[[Any], bool]


def _text(longest: int) -> Check:
    return lambda value: isinstance(value, str) and len(value) <= longest


def _number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _exactly(wanted: object) -> Check:
    return lambda value: type(value) is type(wanted) and value == wanted


def _or_null(check: Check) -> Check:
    return lambda value: value is None or check(value)


def _address(value: Any) -> bool:
    return _text(1000)(value) and value.startswith(("http://", "https://"))


REQUIRED: dict[str, Check] = {
    "Reporting_Type": _exactly("R"),
    "Media_Type_ID": _exactly(1),
    "Report_Channel_ID": _number,
    "Origin_ID": _exactly(5),
    "Submission_Type_ID": _exactly(1),
    "Reported_Category_ID": _exactly(2),
    "Reported_URL": _address,
    "Reporter_Anonymous": lambda value: value in ("Y", "N"),
}
OPTIONAL: dict[str, Check] = {
    "Reporter_First_Name": _or_null(_text(50)),
    "Reporter_Last_Name": _or_null(_text(50)),
    "Reporter_Email_ID": _or_null(_text(100)),
    "Reporter_Country_ID": _or_null(_number),
    "Reporter_Description": _or_null(_text(500)),
}


def problems(report: Any, *, live: bool) -> list[str]:
    """Return what is wrong with a URL report, by field; an empty list means it is taken."""
    if not isinstance(report, dict):
        return ["the report is not a JSON object"]
    checks = REQUIRED | OPTIONAL | {"Live_Report": _exactly("L" if live else "T")}
    found = [f"{name} is not a field" for name in report if name not in checks]
    found += [f"{name} is missing" for name in (*REQUIRED, "Live_Report") if name not in report]
    found += [
        f"{name} is not valid"
        for name, ok in checks.items()
        if name in report and not ok(report[name])
    ]
    return found


async def report(request: web.Request) -> web.Response:
    """Take a URL report and answer with its number."""
    world = request.app[WORLD]
    try:
        _check_login(request, world)
        answer = await misbehave(request, world, "iwf")
    except Refused as refused:
        world.refuse("iwf", refused.message)
        return error(refused)
    if answer is not None:
        return answer
    try:
        given = json.loads(await request.text())
    except ValueError:
        given = None
    wrong = problems(given, live=world.config.iwf_live)
    if request.content_type != "application/json":
        wrong.append("the report is not sent as application/json")
    if wrong:
        world.refuse("iwf", "; ".join(wrong))
        return _answer(400, "Failure", "; ".join(wrong))
    kept = IwfReport(id=str(700001 + len(world.ledger.reports)), fields=given)
    world.ledger.keep(kept)
    if world.faults.take("iwf", "accept-then-drop") and request.transport:
        request.transport.abort()
    return _answer(200, kept.id, "Success")


async def case(request: web.Request) -> web.Response:
    """Make a child's single-use link and answer with its token."""
    world = request.app[WORLD]
    try:
        answer = await misbehave(request, world, "iwf")
    except Refused as refused:
        return error(refused)
    if answer is not None:
        return answer
    form = {name: str(value) for name, value in (await request.post()).items()}
    wrong = _case_trouble(form, world)
    if wrong:
        world.refuse("iwf", wrong)
        return web.json_response({"result": "ERROR", "message": wrong})
    link = IwfLink(
        id=uuid4().hex,
        case_number=form["case_number"],
        age_range=form["user_age_range"],
    )
    world.ledger.keep(link)
    if world.faults.take("iwf", "accept-then-drop") and request.transport:
        request.transport.abort()
    return web.json_response({"result": "OK", "message": {"access_token": link.id}})


async def link_page(request: web.Request) -> web.Response:
    """Open a child's link; the second time it is spent."""
    world = request.app[WORLD]
    link = world.ledger.links.get(request.query.get("t", ""))
    if link is None:
        raise web.HTTPNotFound(text="This link is not known.")
    if link.used:
        raise web.HTTPGone(text="This link has been used.")
    link.used = now()
    world.ledger.keep(link)
    return web.Response(text="Practice: here the young person would pass pictures to an analyst.")


def _case_trouble(form: dict[str, str], world: World) -> str:
    if set(form) != {"secret_key", "case_number", "user_age_range"}:
        return "The fields are secret_key, case_number and user_age_range"
    if form["secret_key"] != world.config.iwf_secret_key:
        return "Invalid secret key"
    if form["user_age_range"] not in AGE_RANGES:
        return "Invalid user_age_range"
    if not form["case_number"] or len(form["case_number"]) > 64:
        return "Invalid case_number"
    if any(link.case_number == form["case_number"] for link in world.ledger.links.values()):
        return "case_number has been used"
    return ""


def _check_login(request: web.Request, world: World) -> None:
    try:
        auth = aiohttp.BasicAuth.decode(request.headers.get("Authorization", ""))
    except ValueError:
        raise Refused(401, 401, "Unauthorized") from None
    if (auth.login, auth.password) != (
        world.config.iwf_username,
        world.config.iwf_password,
    ):
        raise Refused(401, 401, "Unauthorized")


def _answer(status: int, data: str, words: str) -> web.Response:
    body = {"responseCode": status, "responseData": data, "responseDescription": words}
    return web.json_response({"IWFReportService1.0": body}, status=status)


ROUTES = [
    web.post("/iwf/report", report),
    web.post("/iwf/case", case),
    web.get("/iwf/link/", link_page),
]
