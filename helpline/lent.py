"""Connections lent to a request go back to the pool when it ends, whichever way it ends."""

from collections.abc import Callable

from django.db import connections
from django.http import HttpRequest, HttpResponse


class LentConnectionsMiddleware:
    """Stands first, in the thread that runs a page, and returns what the page borrowed.

    Django does that when an answer was sent. When whoever asked goes away before, it never does:
    each such visit would cost the pool a connection for good, and a few visits all of it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; also what interrupts the answer ends here."""
        try:
            return self.get_response(request)
        finally:
            for connection in connections.all(initialized_only=True):
                if not connection.in_atomic_block:  # one opened around us is not ours to end
                    connection.close_if_unusable_or_obsolete()
