"""One transaction around each request, in which the database knows who asks."""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from privacy.access import NotAllowed, acting
from privacy.crypto import KeyUnavailable


class ActorMiddleware:
    """Runs the view, and the rendering of its template, as the signed-in person or as nobody.

    Standing last, it encloses what ATOMIC_REQUESTS would leave out. A refusal keeps its audit row
    (the answer is "not found"); an error undoes everything. While the master key is away, pages
    answer 503 and intake goes on.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = request.user if request.user.is_authenticated else None
        with acting(user=person):
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, NotAllowed):
            return render(request, "404.html", status=404)
        if isinstance(error, KeyUnavailable):
            return render(request, "503.html", status=503)
        return None
