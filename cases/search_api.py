"""Search over the API: posted like the page's, by the same service."""

from typing import Any, Final

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import pages_of
from accounts.models import User
from cases.api import CaseSerializer
from cases.models import RISKS, Case
from cases.search import Wanted, search
from cases.search_forms import WHY_NOT
from intake.models import Channel
from privacy.services import NotPossible
from privacy.strict import StrictSerializer

_ANY: Final[dict[str, Any]] = {"required": False, "allow_blank": True}


class SearchSerializer(StrictSerializer):
    """What is looked for; all that is given must hold."""

    code = serializers.CharField(max_length=12, **_ANY)
    words = serializers.CharField(
        max_length=200, help_text="whole words of what the caller may read", **_ANY
    )
    identifier = serializers.CharField(
        max_length=2100, help_text="number, mail address, link, account or hash: exactly", **_ANY
    )
    status = serializers.ChoiceField(Case.Status.choices, **_ANY)
    risk = serializers.ChoiceField([(one.value, one.label) for one in RISKS], **_ANY)
    channel = serializers.ChoiceField(Channel.choices, **_ANY)
    language = serializers.CharField(max_length=12, **_ANY)
    harm = serializers.CharField(max_length=40, **_ANY)
    page = serializers.IntegerField(min_value=1, required=False, default=1)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Names that are not asked by are refused: they are no way to ask for something else."""
        if unknown := set(self.initial_data) - self.fields.keys():
            raise ValidationError({name: "unknown" for name in sorted(unknown)})
        return attrs


class SearchPageSerializer(StrictSerializer):
    """One page of what was found."""

    count = serializers.IntegerField(read_only=True)
    page = serializers.IntegerField(read_only=True)
    pages = serializers.IntegerField(read_only=True)
    results = CaseSerializer(many=True, read_only=True)


class SearchViewSet(viewsets.GenericViewSet[Case]):
    """Finds cases the caller may know of."""

    queryset = Case.objects.none()
    serializer_class = SearchSerializer

    @extend_schema(request=SearchSerializer, responses={200: SearchPageSerializer})
    def create(self, request: Request) -> Response:
        """What is asked that the caller may not read is "not found", as everything of it is."""
        user = request.user
        if not isinstance(user, User) or "desk" not in pages_of(user):
            raise Http404
        told = SearchSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        wanted = dict(told.validated_data)
        page = wanted.pop("page")
        try:
            found = search(Wanted(**wanted), number=page, by=user)
        except NotPossible as why:
            raise ValidationError({"detail": str(WHY_NOT[str(why)])}) from None
        shown = CaseSerializer(found.cases, many=True).data
        facts = {"count": found.total, "page": found.number, "pages": found.pages}
        return Response({**facts, "results": shown})


router_entries: list[tuple[str, type]] = [("search", SearchViewSet)]
