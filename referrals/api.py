"""Referrals and the directory over the API: the same services, the same minimised fields."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import pages_of
from accounts.models import User
from privacy.minimise import minimised, minimised_all
from privacy.strict import StrictSerializer
from reference.reading import labels
from reference.vocabulary import Kind
from referrals import services
from referrals.directory import ServiceQuery, find_services
from referrals.models import Service, SupportReferral


class ServiceSerializer(serializers.ModelSerializer[Service]):
    """A service of the directory; nothing in it is about a person we help."""

    organization = serializers.CharField(source="organization.name", read_only=True)

    class Meta:
        model = Service
        fields = (
            "id",
            "organization",
            "name",
            "kind",
            "description",
            "region",
            "languages",
            "asks_for",
            "assured_on",
        )
        read_only_fields = fields


class ReferralSerializer(StrictSerializer):
    """A referral as this person may see it: what they may not read is absent."""

    id = serializers.UUIDField(read_only=True)
    case_id = serializers.UUIDField(read_only=True)
    service_id = serializers.UUIDField(read_only=True)
    state = serializers.ChoiceField(SupportReferral.State.choices, read_only=True)
    fields_picked = serializers.ListField(
        source="fields", child=serializers.CharField(), read_only=True
    )
    decline_reason = serializers.CharField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    sent_at = serializers.DateTimeField(read_only=True)
    settled_at = serializers.DateTimeField(read_only=True)


class AgreementSerializer(StrictSerializer):
    given_by = serializers.ChoiceField(["child", "guardian"])
    how = serializers.ChoiceField(["message", "call", "in_person"])
    language = serializers.CharField(max_length=12)
    read_out = serializers.BooleanField(help_text="they were told exactly what leaves, to whom")

    def validate_read_out(self, value: bool) -> bool:
        if not value:
            raise ValidationError("tell them first, line by line")
        return value


class ReferralOutcomeSerializer(StrictSerializer):
    state = serializers.ChoiceField(
        ["accepted", "declined", "first_seen", "completed", "not_reached"]
    )
    decline_reason = serializers.CharField(max_length=24, required=False, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        known = {code for code, _name in labels(Kind.DECLINE_REASON, "en")}
        if attrs["state"] == "declined" and attrs["decline_reason"] not in known:
            raise ValidationError({"decline_reason": "a decline_reason code is needed"})
        return attrs


class CodeSerializer(StrictSerializer):
    """The partner's code: shown in this answer and never again."""

    code = serializers.CharField(read_only=True)


class ReferralViewSet(viewsets.GenericViewSet[SupportReferral]):
    """Referrals this person may know of, and the verbs."""

    queryset = SupportReferral.objects.none()
    serializer_class = ReferralSerializer
    lookup_value_regex = "[0-9a-f-]{36}"

    def get_queryset(self) -> QuerySet[SupportReferral]:
        user = _person(self.request)
        rows: QuerySet[SupportReferral] = SupportReferral.objects.visible_to(user)
        return rows.select_related("service", "case")

    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset()) or []
        seen = minimised_all(page, _person(request))
        return self.get_paginated_response(ReferralSerializer(seen, many=True).data)

    def retrieve(self, request: Request, pk: UUID | None = None) -> Response:
        return self._answer(self.get_object())

    @extend_schema(request=AgreementSerializer)
    @action(detail=True, methods=["post"])
    def agree(self, request: Request, pk: UUID | None = None) -> Response:
        """Record that the young person agreed to exactly what would leave."""
        told = AgreementSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        found = {name: told.validated_data[name] for name in ("given_by", "how", "language")}
        return self._do(services.record_agreement, **found)

    @extend_schema(request=None, responses=CodeSerializer)
    @action(detail=True, methods=["post"])
    def send(self, request: Request, pk: UUID | None = None) -> Response:
        """Send the link; the answer holds the code to say to the partner."""
        return self._with_code(services.send_referral)

    @extend_schema(request=None, responses=CodeSerializer)
    @action(detail=True, methods=["post"])
    def renew(self, request: Request, pk: UUID | None = None) -> Response:
        """A new link and code."""
        return self._with_code(services.renew_link)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: UUID | None = None) -> Response:
        """Take it back."""
        return self._do(services.withdraw)

    @extend_schema(request=ReferralOutcomeSerializer)
    @action(detail=True, methods=["post"])
    def outcome(self, request: Request, pk: UUID | None = None) -> Response:
        """Write what the partner told us another way."""
        told = ReferralOutcomeSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        return self._do(services.record_outcome, **told.validated_data)

    def _do(self, verb: Any, **told: Any) -> Response:
        referral = self.get_object()
        verb(referral, by=_person(self.request), **told)
        return self._answer(referral)

    def _with_code(self, verb: Any) -> Response:
        code = verb(self.get_object(), by=_person(self.request))
        return Response({"code": code}, status=status.HTTP_200_OK)

    def _answer(self, referral: SupportReferral) -> Response:
        seen = minimised(referral, _person(self.request))
        return Response(ReferralSerializer(seen).data)


class ServiceViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Service]
):
    """The directory."""

    queryset = Service.objects.none()
    serializer_class = ServiceSerializer
    lookup_value_regex = "[0-9a-f-]{36}"

    def get_queryset(self) -> QuerySet[Service]:
        _person(self.request)
        return find_services(ServiceQuery())


def _person(request: Request) -> User:
    user = request.user
    if not isinstance(user, User) or "referrals" not in pages_of(user):
        raise Http404
    return user


router_entries: list[tuple[str, type]] = [
    ("referrals", ReferralViewSet),
    ("services", ServiceViewSet),
]
