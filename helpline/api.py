"""How the REST API answers what a service refuses."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from rest_framework import status
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler

from privacy.access import NotAllowed
from privacy.crypto import KeyUnavailable
from privacy.services import NotPossible


class Pages(PageNumberPagination):
    """Pages of a list. It is asked by page only: any other name is refused, not passed over.

    Filtering or ordering by a field tells something of it. A view that takes a code says so in
    `asked_by`; all else one looks for is asked of search, which knows what the caller may read.
    """

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: Any = None
    ) -> list[Any] | None:
        """One page. Raises ValidationError for a parameter that is not the page's number."""
        known = {self.page_query_param, *getattr(view, "asked_by", ())}
        if others := set(request.query_params) - known:
            raise ValidationError({name: "unknown" for name in sorted(others)})
        return super().paginate_queryset(queryset, request, view)


def answer_refusal(error: Exception, context: dict[str, Any]) -> Response | None:
    """A refusal is "not found"; what is not possible now says why; a missing key waits."""
    if isinstance(error, NotAllowed):
        error.put_on_record()
    if isinstance(error, NotAllowed | Http404 | NotFound):
        return Response({"detail": "not found"}, status=status.HTTP_404_NOT_FOUND)
    if isinstance(error, NotPossible):
        return Response({"detail": str(error)}, status=status.HTTP_409_CONFLICT)
    if isinstance(error, KeyUnavailable):
        return Response({"detail": "wait"}, status=status.HTTP_503_SERVICE_UNAVAILABLE)
    return exception_handler(error, context)
