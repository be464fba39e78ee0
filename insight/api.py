"""The review list over the API: the same services, the same words for the same reviewers."""

from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import pages_of
from accounts.models import User
from insight import reviews
from privacy.models import Reveal, Reviewed
from privacy.reviews import review
from privacy.strict import StrictSerializer


class WaitingSerializer(StrictSerializer):
    """Something a colleague opened beyond their own work."""

    id = serializers.UUIDField(source="key")
    kind = serializers.CharField()
    word = serializers.CharField(help_text="how its review is addressed: glass or reveal")
    code = serializers.CharField()
    who = serializers.CharField()
    own = serializers.BooleanField()
    what = serializers.CharField()
    why = serializers.CharField()
    at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    words = serializers.CharField()
    is_late = serializers.BooleanField()


class VerdictSerializer(StrictSerializer):
    """What one thinks of it; of broken glass and covers in two lines."""

    verdict = serializers.ChoiceField(Reviewed.Verdict.choices)
    lines = serializers.ListField(
        child=serializers.CharField(max_length=300), max_length=2, default=list
    )


class ReviewViewSet(viewsets.GenericViewSet[Reveal]):
    """What waits for a review that the caller may give."""

    queryset = Reveal.objects.none()
    serializer_class = WaitingSerializer
    lookup_value_regex = "[0-9a-f-]{36}"
    asked_by = ("show",)

    @extend_schema(parameters=[OpenApiParameter("show", enum=["open", "overdue", "done"])])
    def list(self, request: Request) -> Response:
        """The list, open ones unless asked otherwise."""
        which = request.query_params.get("show", "open")
        found = reviews.shown(_person(request), which)
        page = self.paginate_queryset(found) or []
        return self.get_paginated_response(WaitingSerializer(page, many=True).data)

    @extend_schema(request=VerdictSerializer, responses={204: None})
    @action(detail=True, methods=["post"])
    def glass(self, request: Request, pk: UUID | None = None) -> Response:
        """Review broken glass or a danger cover."""
        return _review(request, "glass", pk)

    @extend_schema(request=VerdictSerializer, responses={204: None})
    @action(detail=True, methods=["post"])
    def reveal(self, request: Request, pk: UUID | None = None) -> Response:
        """Review a reveal."""
        return _review(request, "reveal", pk)


def _review(request: Request, word: str, key: UUID | None) -> Response:
    person = _person(request)
    deed = reviews.find(person, word, UUID(str(key)))
    if deed is None:
        raise Http404
    asked = VerdictSerializer(data=request.data)
    asked.is_valid(raise_exception=True)
    review(deed, by=person, **asked.validated_data)
    return Response(status=status.HTTP_204_NO_CONTENT)


def _person(request: Request) -> User:
    user = request.user
    if not isinstance(user, User) or "reviews" not in pages_of(user):
        raise Http404
    return user


router_entries: list[tuple[str, type]] = [("reviews", ReviewViewSet)]
