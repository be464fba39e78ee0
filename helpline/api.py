"""How the REST API answers what a service refuses."""

from typing import Any

from django.http import Http404
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.response import Response
from rest_framework.views import exception_handler

from privacy.access import NotAllowed
from privacy.crypto import KeyUnavailable
from privacy.services import NotPossible


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
