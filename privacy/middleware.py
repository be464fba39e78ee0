"""One transaction around each request, in which the database knows who asks."""

from collections.abc import Callable
from typing import Any, ParamSpec
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from privacy import audit, crypto
from privacy.access import NotAllowed, acting

P = ParamSpec("P")


class Unrecorded(Exception):
    """Something was done that is not on record, or would be read when that is over."""


class ActorMiddleware:
    """Runs the view, and the rendering of its template, as the signed-in person or as nobody.

    Standing last, it encloses what ATOMIC_REQUESTS would leave out. A refusal keeps its audit row
    (the answer is "not found"); an error undoes everything. While the master key is away, pages
    answer 503 and intake goes on.

    What could not be put on record is not answered: nothing is sent before the transaction, and
    with it the record, is written. A stream, which would go on reading afterwards, is refused.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = request.user if request.user.is_authenticated else None
        with acting(user=person) as actor:
            response = self.get_response(request)
            if actor.unrecorded or response.streaming:
                raise Unrecorded
            if response.status_code >= 500:
                transaction.set_rollback(True)
            elif response.status_code in (403, 404) and person is not None and not actor.refused:
                _note_attempt(request)
        return response

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        _args: tuple[Any, ...],
        _kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        if getattr(view, "works_without_key", False):
            return None
        try:
            crypto.require_master_key()
        except crypto.KeyUnavailable as error:  # process_exception hears of views only
            return self.process_exception(request, error)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, NotAllowed):
            error.put_on_record()
            return render(request, "404.html", status=404)
        if isinstance(error, crypto.KeyUnavailable):
            return render(request, "503.html", status=503)
        return None


def _note_attempt(request: HttpRequest) -> None:
    """Write down which record, or page, a signed-in person asked for and was not given."""
    found = request.resolver_match
    if found:
        keys = [key for key in map(_key, found.kwargs.values()) if key]
        audit.record(
            "refused",
            subject=found.view_name.lower()[:40],
            subject_id=keys[0] if keys else None,
            reason="not_there",
        )


def _key(value: object) -> UUID | None:
    """A record's key from an address; None for any other part of it."""
    try:
        return UUID(str(value))
    except ValueError:
        return None


def works_without_key(view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Mark a view that seals and stores, or says nothing, while the master key is unreadable."""
    view.works_without_key = True  # type: ignore[attr-defined]
    return view
