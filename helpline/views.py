"""The pages of the project itself: is it alive, and what to say when it cannot serve."""

import hmac
import json
import logging
import math
import sys
import time
from typing import Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from intake.delays import delays
from privacy.middleware import works_without_key

# The database is away or full, or somebody holds for too long what is asked for: all of it passes.
PASSING: Final = (OperationalError, InterfaceError)
RETRY_SECONDS: Final = 5
LONGEST_REPORT: Final = 16 * 1024  # octets
DIRECTIVES: Final = tuple(settings.CONTENT_SECURITY_POLICY["DIRECTIVES"])

REPORT_EVERY: Final = 60.0  # seconds: the same rule is told once in so long

_log = logging.getLogger(__name__)
_told: dict[str, float] = {}


@works_without_key
@login_not_required
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 if the database answers, else 503; tells a stranger nothing more.

    Monitoring that brings HEALTH_TOKEN is told how many seconds the oldest work waits.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if _is_monitoring(request):
            found = delays()
            return JsonResponse({"waiting_seconds": found.seconds(), "late": found.late})
    except DatabaseError:
        return HttpResponse("unavailable\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")


@csrf_exempt  # a browser sends these by itself, without a form
@works_without_key
@login_not_required
@require_POST
def policy_report(request: HttpRequest) -> HttpResponse:
    """A browser tells that a page broke its policy: which rule, in the log; nothing else of it.

    What was blocked and where may hold somebody's words, so it is not kept.
    """
    rule = _broken_rule(request.body[:LONGEST_REPORT])
    if time.monotonic() - _told.get(rule, -math.inf) > REPORT_EVERY:  # a stranger fills no log
        _told[rule] = time.monotonic()
        _log.error("a page broke its policy: " + rule)
    return HttpResponse(status=204)


def _broken_rule(body: bytes) -> str:
    """The directive a report names, if our policy has it."""
    try:
        told = json.loads(body)["csp-report"]["effective-directive"]
    except (ValueError, KeyError, TypeError):
        return "unreadable"
    # A browser names script-src-elem where the policy says script-src.
    return next((name for name in DIRECTIVES if str(told).startswith(name)), "another")


def failed(_request: HttpRequest) -> HttpResponse:
    """The answer to any error: come again soon (503) when it will pass by itself, else 500."""
    passing = isinstance(sys.exc_info()[1], PASSING)
    page = loader.get_template("503.html" if passing else "500.html").render()
    answer = HttpResponse(page, status=503 if passing else 500)
    if passing:
        answer["Retry-After"] = str(RETRY_SECONDS)
    return answer


def _is_monitoring(request: HttpRequest) -> bool:
    """Whether the request brings our token; without one configured, nobody's does."""
    told = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token = settings.HEALTH_TOKEN
    return bool(token) and hmac.compare_digest(told.encode(), token.encode())
