"""Places and takedown requests over the API: the same services, the same minimised fields."""

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import pages_of
from accounts.models import User
from cases.models import Case
from privacy.minimise import minimised, minimised_all
from privacy.strict import StrictSerializer
from takedowns import reading, services
from takedowns.models import Platform, ReportedContent, Route, TakedownRequest


class OpensTakedowns(BasePermission):
    """Whose duties do not open the takedown pages gets "not found" here too."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if "takedowns" not in pages_of(_me(request)):
            raise Http404
        return True


class RequestSerializer(StrictSerializer):
    """A request as this person may see it: what they may not read is absent."""

    id = serializers.UUIDField(read_only=True)
    case_id = serializers.UUIDField(read_only=True)
    content_id = serializers.UUIDField(read_only=True)
    route = serializers.CharField(source="route.code", read_only=True)
    state = serializers.ChoiceField(TakedownRequest.State.choices, read_only=True)
    problem = serializers.CharField(read_only=True)
    reference = serializers.CharField(read_only=True)
    outcome = serializers.CharField(read_only=True)
    notice_sha256 = serializers.CharField(read_only=True)
    prepared_at = serializers.DateTimeField(read_only=True)
    sent_at = serializers.DateTimeField(read_only=True)
    outcome_at = serializers.DateTimeField(read_only=True)


class ClockedSerializer(RequestSerializer):
    """A request with the clock that runs on it and what is still missing, in the page's words."""

    due_at = serializers.DateTimeField(read_only=True)
    late = serializers.BooleanField(read_only=True)
    missing = serializers.ListField(child=serializers.CharField(), read_only=True)


class PlaceSerializer(StrictSerializer):
    """A place as this person may see it."""

    id = serializers.UUIDField(read_only=True)
    case_id = serializers.UUIDField(read_only=True)
    kind = serializers.CharField(source="locator_kind", read_only=True)
    locator = serializers.CharField(read_only=True)
    platform = serializers.CharField(source="platform.code", read_only=True)
    medium = serializers.CharField(read_only=True)
    origin = serializers.CharField(read_only=True)
    place = serializers.CharField(read_only=True)
    age_in_content = serializers.CharField(read_only=True)
    added_at = serializers.DateTimeField(read_only=True)


class NewPlaceSerializer(StrictSerializer):
    """What makes a place."""

    case = serializers.UUIDField()
    kind = serializers.ChoiceField(ReportedContent.Locator.choices)
    locator = serializers.CharField(max_length=2100)
    platform = serializers.SlugRelatedField(
        slug_field="code", queryset=Platform.objects.all(), required=False, allow_null=True
    )
    medium = serializers.CharField(max_length=10, default="unknown")
    origin = serializers.CharField(max_length=20, default="unknown")
    place = serializers.CharField(max_length=16, default="public")
    age_in_content = serializers.CharField(max_length=10, default="unknown")


class PrepareSerializer(StrictSerializer):
    """The route to ask on."""

    route = serializers.SlugRelatedField(slug_field="code", queryset=Route.objects.all())


class SentSerializer(StrictSerializer):
    """What a person who sent it by hand knows."""

    reference = serializers.CharField(max_length=120, default="", allow_blank=True)
    at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class TakedownOutcomeSerializer(StrictSerializer):
    """What came of it, and what proves it."""

    outcome = serializers.CharField(max_length=24)
    evidence = serializers.ChoiceField(
        [(code.value, code.label) for code in services.OUTCOME_EVIDENCE]
    )


class RequestViewSet(viewsets.GenericViewSet[TakedownRequest]):
    """Takedown requests this person may know of, next due first, and their verbs."""

    queryset = TakedownRequest.objects.none()
    serializer_class = ClockedSerializer
    permission_classes = (IsAuthenticated, OpensTakedowns)
    lookup_value_regex = "[0-9a-f-]{36}"

    def get_queryset(self) -> "QuerySet[reading.Clocked]":
        return reading.requests_of(_me(self.request))

    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response(_clocked(page, _me(request)))

    def retrieve(self, request: Request, pk: UUID | None = None) -> Response:
        return Response(_clocked([self.get_object()], _me(request))[0])

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def send(self, request: Request, pk: UUID | None = None) -> Response:
        """Have the route's connector send it, once."""
        return self._do(services.send_request)

    @extend_schema(request=SentSerializer)
    @action(detail=True, methods=["post"])
    def sent(self, request: Request, pk: UUID | None = None) -> Response:
        """Note that a person sent it by hand."""
        return self._do(services.mark_sent, SentSerializer)

    @extend_schema(request=TakedownOutcomeSerializer)
    @action(detail=True, methods=["post"])
    def outcome(self, request: Request, pk: UUID | None = None) -> Response:
        """Record what came of it."""
        return self._do(services.record_outcome, TakedownOutcomeSerializer)

    def _do(
        self,
        verb: Callable[..., TakedownRequest],
        told_as: type[serializers.Serializer[Any]] = serializers.Serializer,
    ) -> Response:
        row = self.get_object()
        verb(row, **_told(told_as, self.request), by=_me(self.request))
        return self.retrieve(self.request)


class PlaceViewSet(viewsets.GenericViewSet[ReportedContent]):
    """Places this person may know of; new ones, and the requests made of them."""

    queryset = ReportedContent.objects.none()
    serializer_class = PlaceSerializer
    permission_classes = (IsAuthenticated, OpensTakedowns)
    lookup_value_regex = "[0-9a-f-]{36}"

    def get_queryset(self) -> "QuerySet[ReportedContent]":
        rows: QuerySet[ReportedContent] = ReportedContent.objects.visible_to(_me(self.request))
        return rows.select_related("platform", "case").order_by("added_at", "pk")

    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset()) or []
        seen = minimised_all(page, _me(request))
        return self.get_paginated_response(PlaceSerializer(seen, many=True).data)

    def retrieve(self, request: Request, pk: UUID | None = None) -> Response:
        return Response(PlaceSerializer(minimised(self.get_object(), _me(request))).data)

    @extend_schema(request=NewPlaceSerializer, responses={201: PlaceSerializer})
    def create(self, request: Request) -> Response:
        """Note a place of a case; the same place twice is one row."""
        me, told = _me(request), _told(NewPlaceSerializer, request)
        case = get_object_or_404(Case.objects.visible_to(me), pk=told.pop("case"))
        made = services.report_content(case, **told, by=me)
        seen = PlaceSerializer(minimised(made, me)).data
        return Response(seen, status=status.HTTP_201_CREATED)

    @extend_schema(request=PrepareSerializer, responses={201: RequestSerializer})
    @action(detail=True, methods=["post"])
    def prepare(self, request: Request, pk: UUID | None = None) -> Response:
        """Open the request of this place on a route."""
        me, told = _me(request), _told(PrepareSerializer, request)
        made = services.prepare_request(self.get_object(), **told, by=me)
        seen = RequestSerializer(minimised(made, me)).data
        return Response(seen, status=status.HTTP_201_CREATED)


def _clocked(rows: list[Any], user: User) -> list[dict[str, Any]]:
    return [
        {
            **RequestSerializer(row.request).data,
            "due_at": row.due_at,
            "late": row.late,
            "missing": row.missing,
        }
        for row in reading.as_rows(rows, user)
    ]


def _told(kind: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """The checked body; a field nobody knows is refused."""
    told = kind(data=request.data)
    told.is_valid(raise_exception=True)
    return dict(told.validated_data)


def _me(request: Request) -> User:
    return cast(User, request.user)


router_entries: list[tuple[str, type]] = [
    ("takedowns", RequestViewSet),
    ("takedown-places", PlaceViewSet),
]
