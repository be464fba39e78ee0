"""The web process as it is served, and beside it the plainest Django there can be."""

import uuid
from typing import Any

from django.core.handlers.asgi import ASGIHandler
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test.utils import override_settings
from django.urls import path

from helpline.asgi import application as product

BARE = "/bare/"


def bare(request: HttpRequest) -> HttpResponse:
    """One INSERT of what was sent, committed, and an answer: no signature, nothing sealed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bench_bare (id, body, at) VALUES (%s, %s, clock_timestamp())",
            [uuid.uuid4(), request.body],
        )
    return HttpResponse(b"<Response/>", content_type="text/xml")


urlpatterns = [path(BARE[1:], bare)]


class BareHandler(ASGIHandler):
    """Django's own handler with its own addresses and no middleware at all."""

    def __init__(self) -> None:
        with override_settings(MIDDLEWARE=[]):
            super().__init__()

    def create_request(self, scope: Any, body_file: Any) -> Any:
        """A request that is answered by this module's addresses."""
        request, error = super().create_request(scope, body_file)
        if request is not None:
            request.urlconf = __name__
        return request, error


_bare = BareHandler()


async def application(scope: Any, receive: Any, send: Any) -> None:
    """The product, except at BARE."""
    await (_bare if scope["path"] == BARE else product)(scope, receive, send)
